with claims as (

    {% for pass in match_passes() -%}
    select
        item_id,
        match_id,
        rule_code,
        difference_kind,
        cleared_on
    from {{ ref('int_items_matched_by_' ~ pass) }}
    where posting = 'automatic'
    union all
    {% endfor -%}
    select
        item_id,
        match_id,
        rule_code,
        difference_kind,
        cleared_on
    from {{ ref('int_items_matched_by_decision') }}

),

undone as (

    select * from {{ ref('int_matches_undone') }}

),

changes as (

    select * from {{ ref('int_item_changes') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

closed_matches as (

    select * from {{ ref('int_closed_matches') }}

),

{# A decision's or a rule's match takes an item with whatever changed of it since it was closed. #}
claims_with_changes as (

    select
        item_id,
        match_id,
        rule_code,
        difference_kind,
        cleared_on
    from claims
    union all
    select
        changes.item_id,
        claims.match_id,
        claims.rule_code,
        claims.difference_kind,
        greatest(claims.cleared_on, changes.counted_on) as cleared_on
    from claims
    inner join changes
        on claims.item_id = changes.origin_item_id

),

{# The items that changed after a close, beside their changes. #}
changed_items as (

    select
        *,
        sum(amount) over (partition by origin_item_id) as net_amount
    from {{ ref('int_items_available') }}
    where origin_item_id in (select changes.origin_item_id from changes)

),

{# An open item that a later delivery took back altogether. #}
withdrawn as (

    select
        item_id,
        {{ surrogate_key(["'withdrawn'", 'origin_item_id']) }} as match_id,
        'withdrawn' as rule_code,
        cast(null as string) as difference_kind,
        max(counted_on) over (partition by origin_item_id) as cleared_on
    from changed_items
    where
        net_amount = 0
        and amount <> 0

),

new_matches as (

    select * from claims_with_changes
    union all
    select * from withdrawn

),

dated as (

    select
        new_matches.item_id,
        new_matches.match_id,
        new_matches.rule_code,
        new_matches.difference_kind,
        greatest(new_matches.cleared_on, coalesce(first_open_date.first_open_on, new_matches.cleared_on)) as cleared_on,
        undone.match_id is null as is_standing
    from new_matches
    cross join first_open_date
    left join undone
        on new_matches.match_id = undone.match_id

)

select
    item_id,
    match_id,
    rule_code,
    difference_kind,
    false as is_closed,
    is_standing,
    cleared_on,
    case when not is_standing then cleared_on end as undone_on
from dated
union all
select
    closed_matches.item_id,
    closed_matches.match_id,
    closed_matches.rule_code,
    closed_matches.difference_kind,
    true as is_closed,
    undone.match_id is null as is_standing,
    closed_matches.cleared_on,
    case when undone.match_id is not null then coalesce(closed_matches.undone_on, first_open_date.first_open_on) end
        as undone_on
from closed_matches
cross join first_open_date
left join undone
    on closed_matches.match_id = undone.match_id
