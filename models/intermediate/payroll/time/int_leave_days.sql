with leave_taken as (

    {{ newest_rows('stg_payroll__leave', ['employee_id', 'leave_on', 'pay_item_code']) }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

pay_rates as (

    select * from {{ ref('int_pay_rates_current') }}

)

select
    leave_taken.employee_id,
    employees.pay_group,
    pay_periods.pay_period_id,
    leave_taken.pay_item_code,
    employees.job_code,
    pay_rates.rate_kind,
    leave_taken.hours,
    pay_rates.rate,
    leave_taken.leave_on
from leave_taken
inner join employees
    on
        leave_taken.employee_id = employees.employee_id
        and {{ in_force('employees', 'leave_taken.leave_on') }}
left join pay_periods
    on
        employees.pay_group = pay_periods.pay_group
        and leave_taken.leave_on >= pay_periods.starts_on
        and leave_taken.leave_on < pay_periods.ends_before_on
left join pay_rates
    on
        leave_taken.employee_id = pay_rates.employee_id
        and employees.job_code = pay_rates.job_code
        and {{ in_force('pay_rates', 'leave_taken.leave_on') }}
