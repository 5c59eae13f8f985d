-- The controls of the account, of its files, and of all lines in its currency, for the month.
with acceptances as (

    select *
    from account_decisions
    where decision = 'accept'
    qualify row_number() over (partition by subject_id order by event_at desc, decision_id desc) = 1

)

select
    controls.control_number,
    controls.control_name,
    totals.control_code,
    totals.control_total_id,
    totals.business_date,
    totals.scope,
    totals.measure,
    totals.currency,
    totals.status,
    totals.expected,
    totals.actual,
    totals.difference,
    totals.explanation,
    totals.is_accepted,
    case when totals.is_accepted then acceptances.decision_id end as accepted_in,
    case when totals.is_accepted then acceptances.actor end as accepted_by,
    case when totals.is_accepted then acceptances.event_at end as accepted_at,
    case when totals.is_accepted then acceptances.reason end as accepted_because
from account_controls as totals
inner join marts.dim_controls as controls
    on totals.control_code = controls.control_code
left join acceptances
    on totals.control_total_id = acceptances.subject_id
order by
    controls.control_number,
    totals.business_date,
    totals.scope,
    totals.measure,
    totals.currency nulls first,
    totals.control_total_id
