select
    control_code,
    payroll_control_id as control_total_id,
    business_date,
    scope,
    measure,
    null as currency,
    explanation,
    expected,
    actual,
    difference,
    false as is_accepted
from marts.fct_payroll_controls
where status = 'red'
qualify row_number() over (partition by control_code order by business_date desc, scope, measure) <= 10
order by control_code, business_date desc, scope, measure
