{# What each decision is about, and whether it counts. Of an id that comes again with other contents the first stands,
   and of those of one load a signed one: whoever can write a file takes nobody's decision away. Persons are told apart
   by decider, which collection notes, in older lakes with blanks; what one has without it nobody can approve. #}
{% set taken_back_otherwise =
    "('match', 'unmatch', 'replace', 'reopen', 'reopen_period', 'void_payslip', 'withdraw')" -%}
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

{# A decision speaks of another only once that one was there to be read. #}
spoken_of as (

    select
        speaking.decision_id as speaking_id,
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
        speaking.decision = 'withdraw'
        or (speaking.decision = 'approve' and decisions.is_told_apart)

),

withdrawn as (

    select
        decision_id,
        min(speaking_id) as withdrawn_by
    from spoken_of
    where
        said = 'withdraw'
        and decision not in {{ taken_back_otherwise }}
    group by decision_id

),

self_approvals as (

    select distinct speaking_id
    from spoken_of
    where
        said = 'approve'
        and said_by = decider

),

approvals as (

    select
        spoken_of.decision_id,
        spoken_of.said_by as decider,
        spoken_of.said_by_name as decided_by
    from spoken_of
    left join withdrawn
        on spoken_of.speaking_id = withdrawn.decision_id
    left join self_approvals
        on spoken_of.speaking_id = self_approvals.speaking_id
    where
        spoken_of.said = 'approve'
        and withdrawn.decision_id is null
        and self_approvals.speaking_id is null

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

{# The policy of the day on which it was delivered: nobody writes a decision into the time before. #}
policies as (

    select
        decisions.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons_needed,
        policies.holds_days,
        concat(';', upper({{ regexp_replace_all('trim(policies.persons)', ' *; *', ';') }}), ';') as persons,
        row_number() over (
            partition by decisions.decision_id, policies.area, policies.above_amount, policies.persons
            order by policies.effective_on desc
        ) as recency
    from decisions
    inner join {{ ref('decision_policies') }} as policies
        on
            decisions.decision = policies.decision
            and decisions.loaded_on >= policies.effective_on

),

asked as (

    select
        policies.decision_id,
        policies.area,
        policies.above_amount,
        policies.persons,
        policies.persons_needed,
        policies.holds_days,
        count(
            distinct case
                when
                    policies.persons = ';*;'
                    or instr(policies.persons, concat(';', upper(persons.decided_by), ';')) > 0
                    then persons.decider
            end
        ) as person_count
    from policies
    inner join persons
        on policies.decision_id = persons.decision_id
    where policies.recency = 1
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
