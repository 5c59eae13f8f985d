with labour as (

    select * from {{ ref('int_labour_periods') }}

)

select
    {{ surrogate_key(['period_grain', 'period_start_on', 'department', 'currency']) }} as labour_cost_id,
    department,
    period_grain,
    currency,
    cast(person_count as integer) as person_count,
    cast(hours as decimal(18, 5)) as hours,
    cast(overtime_hours as decimal(18, 5)) as overtime_hours,
    cast(previous_overtime_hours as decimal(18, 5)) as previous_overtime_hours,
    cast(overtime_hours - previous_overtime_hours as decimal(18, 5)) as overtime_hours_trend,
    cast(leave_hours as decimal(18, 5)) as leave_hours,
    cast(gross_amount as decimal(28, 5)) as gross_amount,
    cast(employer_tax_amount as decimal(28, 5)) as employer_tax_amount,
    cast(cost_amount as decimal(28, 5)) as cost_amount,
    cast(previous_cost_amount as decimal(28, 5)) as previous_cost_amount,
    cast(cost_amount - previous_cost_amount as decimal(28, 5)) as cost_trend,
    cast(round(cost_spread, 2) as decimal(28, 5)) as cost_spread,
    is_withheld,
    period_start_on
from labour
