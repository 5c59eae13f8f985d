with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

policies as (

    select * from {{ ref('payroll_policies') }}

),

rounding as (

    select * from {{ ref('payroll_rounding') }}

),

values_in_force as (

    select
        pay_periods.pay_period_id,
        {%- for policy in [
            'overtime_after_hours', 'overtime_multiple', 'weeks_per_year', 'salary_hours_per_week',
            'garnishment_share', 'garnishment_free_hours', 'minimum_hourly_wage',
        ] %}
        max(case when policies.policy_code = '{{ policy }}' then policies.value end) as {{ policy }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from pay_periods
    inner join policies
        on {{ in_force('policies', 'pay_periods.paid_on') }}
    group by pay_periods.pay_period_id

),

rounding_in_force as (

    select
        pay_periods.pay_period_id,
        max(case when rounding.rounding_item = 'gross' then rounding.rounding_step end) as gross_step,
        {%- for item in ['gross', 'contribution', 'income_tax', 'deduction', 'garnishment_limit'] %}
        max(case when rounding.rounding_item = '{{ item }}' then rounding.rounding_method end) as {{ item }}_method
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from pay_periods
    inner join rounding
        on {{ in_force('rounding', 'pay_periods.paid_on') }}
    group by pay_periods.pay_period_id

)

select
    pay_periods.pay_period_id,
    rounding_in_force.gross_step,
    rounding_in_force.gross_method,
    rounding_in_force.contribution_method,
    rounding_in_force.income_tax_method,
    rounding_in_force.deduction_method,
    rounding_in_force.garnishment_limit_method,
    values_in_force.overtime_after_hours,
    values_in_force.overtime_multiple,
    values_in_force.weeks_per_year,
    values_in_force.salary_hours_per_week,
    values_in_force.garnishment_share,
    values_in_force.garnishment_free_hours,
    values_in_force.minimum_hourly_wage
from pay_periods
left join values_in_force
    on pay_periods.pay_period_id = values_in_force.pay_period_id
left join rounding_in_force
    on pay_periods.pay_period_id = rounding_in_force.pay_period_id
