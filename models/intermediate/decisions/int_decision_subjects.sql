{# What each decision is about, and whether it counts. #}
with decisions as (

    select * from {{ ref('int_decisions') }}

),

subjects as (

    {{ subjects_of_decisions() }}

),

spoken_of as (

    select * from {{ ref('int_decisions_spoken_of') }}

),

asked_to_unmake as (

    select * from {{ ref('int_decisions_unmade') }}

),

self_approvals as (

    select distinct speaking_id
    from spoken_of
    where is_of_own

),

given_approvals as (

    select * from spoken_of
    where
        said = 'approve'
        and not is_of_own

),

policies as (

    {{ policies_of_decisions() }}

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

{# Withdrawals and ends of matches by as many as they take. #}
unmaking as (

    select spoken_of.*
    from spoken_of
    left join waiting_unmaking
        on spoken_of.speaking_id = waiting_unmaking.speaking_id
    where
        spoken_of.said in ('withdraw', 'unmatch')
        and waiting_unmaking.speaking_id is null

),

withdrawn as (

    select
        decision_id,
        min(speaking_id) as withdrawn_by
    from unmaking
    where said = 'withdraw'
    group by decision_id

),

undone as (

    select
        decision_id,
        min(load_id) as load_id
    from unmaking
    where said = 'unmatch'
    group by decision_id

),

approvals as (

    select given_approvals.*
    from given_approvals
    left join withdrawn
        on given_approvals.speaking_id = withdrawn.decision_id
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
    in_force.is_told_apart,
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
