{# A person may decide on the difference of a match before a close has frozen it: it is there only once the rules have
   matched, and its decision takes only what they left. Its match leaves no difference. #}
with subjects as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'match'
        and is_in_force

),

differences as (

    select item_id from {{ ref('int_match_differences') }}

),

unit_sizes as (

    select * from {{ ref('currency_sizes') }}

),

undone as (

    select match_id from {{ ref('int_matches_undone') }}

),

pool as (

    select
        item_id,
        account_id,
        currency,
        side,
        amount,
        counted_on
    from {{ ref('int_difference_pool') }}
    union all
    select
        item_id,
        account_id,
        currency,
        side,
        amount,
        counted_on
    from ({{ open_items('difference_decided') }}) as open_items
    where side = 'bank'

),

complete as (

    select
        subjects.decision_id,
        {{ decided_match_id('subjects.decision_id') }} as match_id,
        max(pool.counted_on) as cleared_on
    from subjects
    left join pool
        on subjects.subject = pool.item_id
    left join differences
        on subjects.subject = differences.item_id
    left join unit_sizes
        on pool.currency = unit_sizes.currency
    group by subjects.decision_id
    having
        count(differences.item_id) > 0
        and count(pool.item_id) = count(*)
        and sum(case when subjects.is_latest then 0 else 1 end) = 0
        and count(distinct pool.account_id) = 1
        and count(distinct pool.currency) = 1
        and sum(case when pool.side = 'bank' then pool.amount else -pool.amount end) = 0
        and coalesce(max(subjects.bank_limit) >= {{ larger_side('pool', 'unit_sizes.unit_size') }}, true)

)

select
    subjects.subject as item_id,
    complete.match_id,
    'decision' as rule_code,
    'automatic' as posting,
    cast(null as string) as difference_kind,
    complete.cleared_on
from complete
inner join subjects
    on complete.decision_id = subjects.decision_id
left join undone
    on complete.match_id = undone.match_id
where undone.match_id is null
