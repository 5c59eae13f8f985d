with decisions as (

    select * from {{ ref('int_decisions') }}

),

spoken_of as (

    select * from {{ ref('int_decisions_spoken_of') }}

),

approvals as (

    select * from spoken_of
    where
        said = 'approve'
        and not is_of_own

),

policies as (

    {{ policies_of_decisions() }}

),

{# Who withdraws an approval unmakes what it approved. #}
unmade as (

    select
        speaking_id,
        load_id,
        decision_id
    from spoken_of
    where said <> 'approve'
    union distinct
    select
        spoken_of.speaking_id,
        spoken_of.load_id,
        approvals.decision_id
    from spoken_of
    inner join approvals
        on spoken_of.decision_id = approvals.speaking_id
    where spoken_of.said = 'withdraw'

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
        approvals.decision_id,
        approvals.decider,
        approvals.decided_by
    from unmade
    inner join approvals
        on
            unmade.decision_id = approvals.decision_id
            and unmade.load_id >= approvals.load_id

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

)

{# What applies above the amount up to which it counts made nothing. #}
select distinct
    speaking_id,
    decision_id,
    persons,
    persons_needed
from with_limits
where
    is_content
    and coalesce(above_amount < amount_limit, true)
