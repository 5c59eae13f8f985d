{# What each decision is about, and whether it counts. Of an id that comes again with other contents the first stands,
   and of those of one load a signed one: whoever can write a file takes nobody's decision away. Persons are told apart
   by decider, which collection notes, in older lakes with blanks; what one has without it nobody can approve.
   What took some persons to make takes as many to unmake: each policy that was content with who stood behind it. #}
{% set taken_back_otherwise =
    "('match', 'unmatch', 'replace', 'reopen', 'reopen_period', 'void_payslip', 'withdraw')" -%}
{% set counts_at_once = "('exclude', 'include')" -%}
{# Nobody takes back that somebody approved these: a new decision follows them. #}
{% set approved_for_good = "('withdraw', 'unmatch', 'exclude', 'include')" -%}
with delivered as (

    select
        *,
        {{ load_time('load_id') }} as loaded_at
    from {{ ref('stg_decisions__decisions') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by decision_id
            order by load_id, case when signed_with is null then 1 else 0 end, file_hash, line_number
        ) as delivery_number,
        dense_rank() over (
            partition by decision_id
            order by decision, subjects, reason, decided_by, until_on, difference, unit, decided_at
        ) as content_number
    from delivered

),

counted as (

    select
        *,
        max(content_number) over (partition by decision_id) - 1 as other_content_count
    from numbered

),

{# A lake may hold decisions dated ahead: they come no later than they were delivered. #}
decisions as (

    select
        decision_id,
        decision,
        subjects,
        reason,
        decided_by,
        replace(coalesce(decider, upper(decided_by)), ' ', '') as decider,
        decider is not null as is_told_apart,
        load_id,
        file_hash,
        unit,
        not_red,
        signed_with,
        difference,
        other_content_count,
        until_on,
        cast(loaded_at as date) as loaded_on,
        least(decided_at, loaded_at) as decided_at
    from counted
    where delivery_number = 1

),

words as (

    select
        decision_id,
        {{ each_word('subjects') }} as subject
    from decisions

),

subjects as (

    select distinct
        decision_id,
        subject
    from words
    where subject <> ''

),

{# A decision speaks of another only once that one was there to be read, and where it is read at once, in a load
   before or in its own file. #}
spoken_of as (

    select
        speaking.decision_id as speaking_id,
        speaking.load_id,
        speaking.decision as said,
        speaking.decider as said_by,
        speaking.decided_by as said_by_name,
        decisions.decision_id,
        decisions.decision,
        decisions.decider
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

self_approvals as (

    select distinct speaking_id
    from spoken_of
    where
        said = 'approve'
        and said_by = decider

),

given_approvals as (

    select
        spoken_of.decision_id,
        spoken_of.decision,
        spoken_of.speaking_id as approval_id,
        spoken_of.load_id,
        spoken_of.said_by as decider,
        spoken_of.said_by_name as decided_by
    from spoken_of
    left join self_approvals
        on spoken_of.speaking_id = self_approvals.speaking_id
    where
        spoken_of.said = 'approve'
        and self_approvals.speaking_id is null

),

{# The policy of the day on which it was delivered: nobody writes a decision into the time before. What takes back
   the one is asked for what made the other. #}
all_policies as (

    select
        decisions.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons_needed,
        policies.holds_days,
        {{ persons_of_policy() }} as persons,
        {{ recency_of_policy('decisions.decision_id') }} as recency
    from decisions
    inner join {{ ref('decision_policies') }} as policies
        on
            decisions.loaded_on >= policies.effective_on
            and (
                decisions.decision = policies.decision
                or (decisions.decision in {{ counts_at_once }} and policies.decision in {{ counts_at_once }})
                or (decisions.decision = 'reopen' and policies.decision = 'close' and policies.area = 'bank')
                or (
                    decisions.decision = 'reopen_period'
                    and policies.decision = 'close'
                    and policies.area = 'payroll'
                )
            )

),

policies as (

    select * from all_policies
    where recency = 1

),

final_approvals as (

    select distinct approval_id
    from given_approvals
    where decision in {{ approved_for_good }}

),

withdrawals as (

    select
        spoken_of.speaking_id,
        spoken_of.load_id,
        spoken_of.decision_id
    from spoken_of
    left join final_approvals
        on spoken_of.decision_id = final_approvals.approval_id
    where
        spoken_of.said = 'withdraw'
        and spoken_of.decision not in {{ taken_back_otherwise }}
        and final_approvals.approval_id is null

),

{# Of matches that decisions made. #}
unmatches as (

    select
        unmatching.decision_id as speaking_id,
        unmatching.load_id,
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

{# What each decision would unmake: who withdraws an approval unmakes what it approved, and a match the earlier one of
   an item. #}
unmade as (

    select
        speaking_id,
        load_id,
        decision_id
    from withdrawals
    union distinct
    select
        withdrawals.speaking_id,
        withdrawals.load_id,
        given_approvals.decision_id
    from withdrawals
    inner join given_approvals
        on withdrawals.decision_id = given_approvals.approval_id
    union distinct
    select
        speaking_id,
        load_id,
        decision_id
    from unmatches
    union distinct
    select
        matching.decision_id as speaking_id,
        matching.load_id,
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

),

behind_unmade as (

    select
        unmade.speaking_id,
        decisions.decision_id,
        decisions.decider,
        decisions.decided_by
    from unmade
    inner join decisions
        on
            unmade.decision_id = decisions.decision_id
            and unmade.load_id >= decisions.load_id
    union distinct
    select
        unmade.speaking_id,
        given_approvals.decision_id,
        given_approvals.decider,
        given_approvals.decided_by
    from unmade
    inner join given_approvals
        on
            unmade.decision_id = given_approvals.decision_id
            and unmade.load_id >= given_approvals.load_id

),

policies_of_unmade as (

    select
        behind_unmade.speaking_id,
        behind_unmade.decision_id,
        policies.area,
        policies.persons,
        policies.persons_needed,
        coalesce(policies.above_amount, -1) as above_amount,
        {{ count_of_persons('policies', 'behind_unmade') }} >= policies.persons_needed as is_content
    from behind_unmade
    inner join policies
        on behind_unmade.decision_id = policies.decision_id
    group by
        behind_unmade.speaking_id,
        behind_unmade.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons,
        policies.persons_needed

),

with_limits as (

    select
        *,
        min(case when not is_content then above_amount end) over (
            partition by speaking_id, decision_id, area
        ) as amount_limit
    from policies_of_unmade

),

{# What applies above the amount up to which it counts made nothing. #}
asked_to_unmake as (

    select
        speaking_id,
        decision_id,
        persons,
        persons_needed
    from with_limits
    where
        is_content
        and coalesce(above_amount < amount_limit, true)

),

behind_unmaking as (

    select
        decision_id,
        decider,
        decided_by
    from decisions
    where decision in ('withdraw', 'unmatch')
    union distinct
    select
        decision_id,
        decider,
        decided_by
    from given_approvals
    where decision in ('withdraw', 'unmatch')

),

waiting_unmaking as (

    select asked_to_unmake.speaking_id
    from asked_to_unmake
    inner join behind_unmaking
        on asked_to_unmake.speaking_id = behind_unmaking.decision_id
    group by
        asked_to_unmake.speaking_id,
        asked_to_unmake.persons,
        asked_to_unmake.persons_needed
    having {{ count_of_persons('asked_to_unmake', 'behind_unmaking') }} < asked_to_unmake.persons_needed

),

withdrawn as (

    select
        withdrawals.decision_id,
        min(withdrawals.speaking_id) as withdrawn_by
    from withdrawals
    left join waiting_unmaking
        on withdrawals.speaking_id = waiting_unmaking.speaking_id
    where waiting_unmaking.speaking_id is null
    group by withdrawals.decision_id

),

undone as (

    select
        unmatches.decision_id,
        min(unmatches.load_id) as load_id
    from unmatches
    left join waiting_unmaking
        on unmatches.speaking_id = waiting_unmaking.speaking_id
    where waiting_unmaking.speaking_id is null
    group by unmatches.decision_id

),

approvals as (

    select given_approvals.*
    from given_approvals
    left join withdrawn
        on given_approvals.approval_id = withdrawn.decision_id
    where withdrawn.decision_id is null

),

approved as (

    select
        decision_id,
        max(decided_by) as approved_by
    from approvals
    group by decision_id

),

persons as (

    select
        decision_id,
        decider,
        decided_by
    from decisions
    union distinct
    select
        decision_id,
        decider,
        decided_by
    from approvals

),

asked as (

    select
        policies.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons,
        policies.persons_needed,
        policies.holds_days,
        {{ count_of_persons('policies', 'persons') }} as person_count
    from policies
    inner join persons
        on policies.decision_id = persons.decision_id
    group by
        policies.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons,
        policies.persons_needed,
        policies.holds_days

),

{# Up to which amount it counts with the persons it has: null is any, and below zero is none. #}
limits as (

    select
        decision_id,
        min(
            case when area = 'bank' and person_count < persons_needed then coalesce(above_amount, -1) end
        ) as bank_limit,
        min(
            case when area = 'payroll' and person_count < persons_needed then coalesce(above_amount, -1) end
        ) as payroll_limit,
        min(case when area = 'bank' then holds_days end) as bank_holds_days,
        min(case when area = 'payroll' then holds_days end) as payroll_holds_days
    from asked
    group by decision_id

),

{# Too few to unmake what others made, whatever its amount. What enough persons have undone before is no match that one
   takes from. #}
too_few as (

    select asked_to_unmake.speaking_id
    from asked_to_unmake
    inner join decisions
        on asked_to_unmake.speaking_id = decisions.decision_id
    inner join persons
        on asked_to_unmake.speaking_id = persons.decision_id
    left join undone
        on
            asked_to_unmake.decision_id = undone.decision_id
            and decisions.decision = 'match'
            and decisions.load_id >= undone.load_id
    where undone.decision_id is null
    group by
        asked_to_unmake.speaking_id,
        asked_to_unmake.persons,
        asked_to_unmake.persons_needed
    having {{ count_of_persons('asked_to_unmake', 'persons') }} < asked_to_unmake.persons_needed

),

waiting as (

    select distinct speaking_id from too_few

),

judged as (

    select
        decisions.*,
        approved.approved_by,
        withdrawn.withdrawn_by,
        limits.bank_limit,
        limits.payroll_limit,
        case
            when decisions.not_red <> ''
                then concat('Not red when it was delivered, so nobody can have seen it red: ', decisions.not_red)
            when self_approvals.speaking_id is not null
                then 'Nobody approves a decision of their own, in any spelling'
        end as refusal,
        {# Of a match, a write-off, an explanation and a snooze the amount decides, of an acceptance its control. #}
        case
            when decisions.decision = 'accept' then false
            when waiting.speaking_id is not null then true
            when decisions.decision in ('match', 'write_off', 'explain', 'snooze')
                then coalesce(limits.bank_limit < 0, false)
            else coalesce(limits.bank_limit, limits.payroll_limit) is not null
        end as is_waiting,
        least(
            decisions.until_on, {{ days_later('cast(decisions.decided_at as date)', 'limits.bank_holds_days') }}
        ) as bank_ends_on,
        least(
            decisions.until_on, {{ days_later('cast(decisions.decided_at as date)', 'limits.payroll_holds_days') }}
        ) as payroll_ends_on
    from decisions
    left join approved
        on decisions.decision_id = approved.decision_id
    left join withdrawn
        on decisions.decision_id = withdrawn.decision_id
    left join self_approvals
        on decisions.decision_id = self_approvals.speaking_id
    left join limits
        on decisions.decision_id = limits.decision_id
    left join waiting
        on decisions.decision_id = waiting.speaking_id

),

in_force as (

    select
        *,
        refusal is null and withdrawn_by is null and not is_waiting as is_in_force
    from judged

)

select
    in_force.decision_id,
    in_force.decision,
    subjects.subject,
    in_force.reason,
    in_force.decided_by,
    in_force.decider,
    in_force.approved_by,
    in_force.withdrawn_by,
    in_force.refusal,
    in_force.load_id,
    in_force.unit,
    in_force.signed_with,
    cast(
        row_number() over (
            partition by in_force.decision_id
            order by instr(concat(' ', in_force.subjects, ' '), concat(' ', subjects.subject, ' '))
        ) as integer
    ) as subject_number,
    cast(in_force.other_content_count as integer) as other_content_count,
    in_force.difference,
    cast(in_force.bank_limit as decimal(28, 5)) as bank_limit,
    cast(in_force.payroll_limit as decimal(28, 5)) as payroll_limit,
    in_force.is_waiting,
    in_force.is_in_force,
    row_number() over (
        partition by in_force.decision, subjects.subject
        order by
            case when in_force.is_in_force then 0 else 1 end, in_force.decided_at desc, in_force.decision_id desc
    ) = 1
    and in_force.is_in_force as is_latest,
    in_force.until_on,
    in_force.bank_ends_on,
    in_force.payroll_ends_on,
    in_force.decided_at
from in_force
inner join subjects
    on in_force.decision_id = subjects.decision_id
