{% set counts_at_once = "('exclude', 'include')" -%}
{% set taken_back_otherwise =
    "('match', 'unmatch', 'replace', 'reopen', 'reopen_period', 'void_payslip', 'withdraw')" -%}
{# Nobody takes back that somebody approved these: a new decision follows them. #}
{% set approved_for_good = "('withdraw', 'unmatch', 'exclude', 'include')" -%}
with decisions as (

    select * from {{ ref('int_decisions') }}

),

subjects as (

    {{ subjects_of_decisions() }}

),

{# A decision speaks of another only once that one was there to be read, and where it is read at once, in a load
   before or in its own file. #}
named as (

    select
        speaking.decision_id as speaking_id,
        speaking.decision as said,
        speaking.load_id,
        speaking.decider,
        speaking.decided_by,
        decisions.decision_id,
        decisions.decision,
        max(case when speaking.decision = 'approve' and speaking.decider = decisions.decider then 1 else 0 end) over (
            partition by speaking.decision_id
        ) = 1 as is_of_own
    from subjects
    inner join decisions as speaking
        on subjects.decision_id = speaking.decision_id
    inner join decisions
        on
            subjects.subject = decisions.decision_id
            and speaking.load_id >= decisions.load_id
    where
        (
            speaking.decision = 'withdraw'
            and (
                decisions.decision not in {{ counts_at_once }}
                or speaking.load_id > decisions.load_id
                or speaking.file_hash = decisions.file_hash
            )
        )
        or (speaking.decision = 'approve' and decisions.is_told_apart)

),

final_approvals as (

    select distinct speaking_id
    from named
    where
        said = 'approve'
        and not is_of_own
        and decision in {{ approved_for_good }}

),

unmatches as (

    select
        unmatching.decision_id as speaking_id,
        unmatching.load_id,
        unmatching.decider,
        unmatching.decided_by,
        made.decision_id
    from subjects
    inner join decisions as unmatching
        on
            subjects.decision_id = unmatching.decision_id
            and unmatching.decision = 'unmatch'
    inner join decisions as made
        on
            subjects.subject = {{ decided_match_id('made.decision_id') }}
            and made.decision = 'match'
            and unmatching.load_id >= made.load_id

),

{# A match takes its items from those before. #}
matches as (

    select distinct
        matching.decision_id as speaking_id,
        matching.load_id,
        matching.decider,
        matching.decided_by,
        made.decision_id
    from subjects
    inner join decisions as matching
        on
            subjects.decision_id = matching.decision_id
            and matching.decision = 'match'
    inner join subjects as made_subjects
        on subjects.subject = made_subjects.subject
    inner join decisions as made
        on
            made_subjects.decision_id = made.decision_id
            and made.decision = 'match'
            and (
                matching.decided_at > made.decided_at
                or (matching.decided_at = made.decided_at and matching.decision_id > made.decision_id)
            )

)

select
    named.speaking_id,
    named.said,
    named.load_id,
    named.decider,
    named.decided_by,
    named.decision_id,
    named.decision,
    named.is_of_own
from named
left join final_approvals
    on named.decision_id = final_approvals.speaking_id
where
    named.said = 'approve'
    or (named.decision not in {{ taken_back_otherwise }} and final_approvals.speaking_id is null)
union all
select
    speaking_id,
    'unmatch' as said,
    load_id,
    decider,
    decided_by,
    decision_id,
    'match' as decision,
    false as is_of_own
from unmatches
union all
select
    speaking_id,
    'match' as said,
    load_id,
    decider,
    decided_by,
    decision_id,
    'match' as decision,
    false as is_of_own
from matches
