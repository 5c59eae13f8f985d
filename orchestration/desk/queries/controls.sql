select
    totals.control_total_id,
    totals.control_code,
    totals.area,
    totals.scope,
    totals.measure,
    totals.currency,
    totals.explanation,
    totals.acceptance,
    totals.expected,
    totals.actual,
    coalesce(totals.actual, 0) - coalesce(totals.expected, 0) as difference,
    totals.is_accepted,
    totals.business_date,
    controls.control_name,
    controls.blocks,
    controls.next_step
from marts.fct_control_totals as totals
left join marts.dim_controls as controls
    on totals.control_code = controls.control_code
where totals.status = 'red'
order by totals.is_accepted, controls.control_number, totals.business_date, totals.scope, totals.measure
