with totals as (

    select * from marts.fct_control_totals
    union all
    select * from marts.fct_payroll_controls

),

acceptances as (

    select
        events.subject_id,
        events.actor,
        events.reason,
        events.event_at
    from marts.fct_audit_trail as events
    inner join marts.fct_decisions as decisions
        on events.decision_id = decisions.decision_id
    where
        events.event_kind = 'decision'
        and decisions.decision = 'accept'
        and decisions.outcome = 'applied'
    qualify row_number() over (partition by events.subject_id order by events.event_at desc, events.event_id) = 1

)

select
    totals.area,
    totals.control_code,
    totals.control_total_id,
    totals.business_date,
    totals.scope,
    totals.measure,
    totals.currency,
    totals.explanation,
    totals.acceptance,
    totals.expected,
    totals.actual,
    totals.difference,
    totals.is_accepted,
    acceptances.actor as accepted_by,
    acceptances.reason as accepted_because,
    acceptances.event_at as accepted_at
from totals
left join acceptances
    on
        totals.control_total_id = acceptances.subject_id
        and totals.is_accepted
where totals.status = 'red'
qualify
    row_number() over (
        partition by totals.area, totals.control_code
        order by totals.is_accepted, totals.business_date desc, totals.scope, totals.measure
    ) <= 10
order by
    totals.control_code,
    totals.area,
    totals.is_accepted,
    totals.business_date desc,
    totals.scope,
    totals.measure
