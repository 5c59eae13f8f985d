{# A match that a person decided on takes its items before any rule does. It stands while all its items exist, belong to
   one account and are in no match of a closed date, and until a later decision takes one of them. As of a closed date
   nothing new is matched. #}
with subjects as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'match'
        and is_in_force

),

unit_sizes as (

    select * from {{ ref('currency_sizes') }}

),

items as (

    select * from {{ ref('int_items_counted') }}

),

undone as (

    select * from {{ ref('int_matches_undone') }}

),

closed_matches as (

    select closed_matches.item_id
    from {{ ref('int_closed_matches') }} as closed_matches
    left join undone
        on closed_matches.match_id = undone.match_id
    where undone.match_id is null

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

{# A match above what its persons may decide, by the larger of its sides, takes nothing from one that counts. #}
decisions_within as (

    select subjects.decision_id
    from subjects
    left join items
        on subjects.subject = items.item_id
    left join unit_sizes
        on items.currency = unit_sizes.currency
    group by subjects.decision_id
    having
        max(subjects.bank_limit) is null
        or max(subjects.bank_limit) >= {{ larger_side('items', 'unit_sizes.unit_size') }}

),

subjects_within as (

    select
        subjects.decision_id,
        subjects.subject,
        row_number() over (
            partition by subjects.subject
            order by subjects.decided_at desc, subjects.decision_id desc
        ) = 1 as is_latest
    from subjects
    inner join decisions_within
        on subjects.decision_id = decisions_within.decision_id

),

decided as (

    select
        subjects.decision_id,
        count(*) as subject_count,
        count(items.item_id) as item_count,
        count(closed_matches.item_id) as closed_count,
        sum(case when subjects.is_latest then 0 else 1 end) as superseded_count,
        count(distinct items.account_id) as account_count,
        count(distinct items.currency) as currency_count,
        sum(case when items.side = 'bank' then items.amount else -items.amount end) as difference,
        max(items.counted_on) as completed_on
    from subjects_within as subjects
    left join items
        on subjects.subject = items.item_id
    left join closed_matches
        on subjects.subject = closed_matches.item_id
    group by subjects.decision_id

),

standing as (

    select
        decided.*,
        {{ decided_match_id('decided.decision_id') }} as match_id
    from decided
    where
        decided.subject_count > 1
        and decided.item_count = decided.subject_count
        and decided.closed_count = 0
        and decided.superseded_count = 0
        and decided.account_count = 1
        and decided.currency_count = 1

)

select
    subjects.subject as item_id,
    standing.match_id,
    'decision' as rule_code,
    case when standing.difference <> 0 then 'decided' end as difference_kind,
    greatest(standing.completed_on, coalesce(first_open_date.first_open_on, standing.completed_on)) as cleared_on
from standing
inner join subjects_within as subjects
    on standing.decision_id = subjects.decision_id
cross join first_open_date
cross join as_of_date
left join undone
    on standing.match_id = undone.match_id
where
    undone.match_id is null
    and coalesce(as_of_date.as_of_on >= first_open_date.first_open_on, true)
