with employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

spans as (

    select
        employees.employee_id,
        pay_periods.pay_period_id,
        employees.work_state,
        employees.home_state,
        employees.job_code,
        pay_periods.periods_per_year,
        {{ weekdays_between('pay_periods.starts_on', 'pay_periods.ends_before_on') }} as period_weekdays,
        greatest(employees.effective_on, employees.hired_on, pay_periods.starts_on) as from_on,
        least(
            coalesce(employees.effective_before_on, pay_periods.ends_before_on),
            coalesce({{ days_later('employees.left_on', 1) }}, pay_periods.ends_before_on),
            pay_periods.ends_before_on
        ) as before_on
    from employees
    inner join pay_periods
        on
            employees.pay_group = pay_periods.pay_group
            and employees.effective_on < pay_periods.ends_before_on
            and employees.hired_on < pay_periods.ends_before_on
            and coalesce(employees.effective_before_on, pay_periods.ends_before_on) > pay_periods.starts_on
            and coalesce(employees.left_on, pay_periods.starts_on) >= pay_periods.starts_on

)

select
    employee_id,
    pay_period_id,
    work_state,
    home_state,
    job_code,
    periods_per_year,
    period_weekdays,
    {{ weekdays_between('from_on', 'before_on') }} as weekdays,
    from_on,
    before_on
from spans
where from_on < before_on
