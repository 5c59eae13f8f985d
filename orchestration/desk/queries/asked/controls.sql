select
    control_total_id,
    control_code,
    scope
from marts.fct_control_totals
where control_total_id in (select unnest($ids))
union all
select
    control_total_id,
    control_code,
    scope
from marts.fct_payroll_controls
where control_total_id in (select unnest($ids))
