{# What the latest decision says about an item that it leaves open. #}
with decisions as (

    select * from {{ ref('int_decision_subjects') }}
    where is_in_force

),

items as (

    select
        items.item_id,
        {{ in_large_units('items.amount', 'unit_sizes.unit_size') }} as item_value
    from {{ ref('int_items') }} as items
    left join {{ ref('currency_sizes') }} as unit_sizes
        on items.currency = unit_sizes.currency

),

{# What all the items of a decision come to is what the policy's limit is about. #}
decisions_within as (

    select decisions.decision_id
    from decisions
    left join items
        on decisions.subject = items.item_id
    group by decisions.decision_id
    having
        max(decisions.bank_limit) is null
        or max(decisions.bank_limit) >= coalesce(sum(items.item_value), 0)

),

undone_items as (

    select
        item_id,
        match_id
    from {{ ref('int_items_matched') }}
    where not is_standing

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

remarks as (

    select
        decisions.subject as item_id,
        case decisions.decision
            when 'write_off' then 'written_off'
            when 'duplicate' then 'marked_duplicate'
            when 'explain' then 'explained'
            when 'snooze' then 'snoozed'
        end as status,
        decisions.decision_id,
        decisions.reason,
        decisions.decided_by,
        decisions.until_on,
        decisions.decided_at
    from decisions
    inner join decisions_within
        on decisions.decision_id = decisions_within.decision_id
    cross join as_of_date
    where
        decisions.decision in ('write_off', 'duplicate', 'explain')
        or (decisions.decision = 'snooze' and decisions.until_on > as_of_date.as_of_on)
    union all
    select
        undone_items.item_id,
        'unmatched' as status,
        decisions.decision_id,
        decisions.reason,
        decisions.decided_by,
        decisions.until_on,
        decisions.decided_at
    from decisions
    inner join undone_items
        on decisions.subject = undone_items.match_id
    where decisions.decision = 'unmatch'

),

numbered as (

    select
        *,
        row_number() over (partition by item_id order by decided_at desc, decision_id desc) as recency
    from remarks

)

select
    item_id,
    decision_id,
    status,
    concat(
        decided_by, ' on ', cast(cast(decided_at as date) as string), ': ', reason,
        case when until_on is not null then concat(' (until ', cast(until_on as string), ')') else '' end
    ) as remark,
    until_on
from numbered
where recency = 1
