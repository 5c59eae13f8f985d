{# Weeks and months of each department as it may be shown, with its earlier one. #}
with paydays as (

    select * from {{ ref('int_labour_paydays') }}

),

dated as (

    {% for grain in ['week', 'month'] -%}
    select
        shown_department as department,
        is_withheld,
        employee_id,
        currency,
        hours,
        overtime_hours,
        leave_hours,
        gross_amount,
        employer_tax_amount,
        '{{ grain }}' as period_grain,
        cast({{ dbt.date_trunc(grain, 'paid_on') }} as date) as period_start_on
    from paydays
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

summed as (

    select
        department,
        period_grain,
        currency,
        max(case when is_withheld then 1 else 0 end) = 1 as is_withheld,
        count(distinct employee_id) as person_count,
        sum(hours) as hours,
        sum(overtime_hours) as overtime_hours,
        sum(leave_hours) as leave_hours,
        sum(gross_amount) as gross_amount,
        sum(employer_tax_amount) as employer_tax_amount,
        sum(gross_amount + employer_tax_amount) as cost_amount,
        period_start_on
    from dated
    group by department, period_grain, currency, period_start_on

),

shown as (

    select
        department,
        period_grain,
        currency,
        is_withheld,
        {%- for column in [
            'person_count',
            'hours',
            'overtime_hours',
            'leave_hours',
            'gross_amount',
            'employer_tax_amount',
            'cost_amount',
        ] %}
        case when not is_withheld then {{ column }} end as {{ column }},
        {%- endfor %}
        period_start_on
    from summed

),

compared as (

    select
        *,
        lag(cost_amount) over in_order as previous_cost_amount,
        lag(overtime_hours) over in_order as previous_overtime_hours,
        stddev_samp(cast(cost_amount as double)) over (
            partition by department, period_grain, currency
            order by period_start_on
            rows between unbounded preceding and current row
        ) as cost_spread
    from shown
    window in_order as (partition by department, period_grain, currency order by period_start_on)

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
from compared
