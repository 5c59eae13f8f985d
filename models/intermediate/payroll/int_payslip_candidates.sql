with one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

leave_days as (

    select * from {{ ref('int_leave_days') }}

),

candidates as (

    select
        pay_period_id,
        employee_id
    from {{ ref('int_employment_spans') }}
    union
    select
        pay_period_id,
        employee_id
    from {{ ref('int_worked_days') }}
    where pay_period_id is not null
    union
    select
        pay_period_id,
        employee_id
    from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null and overtime_seconds > 0
    union
    select
        pay_period_id,
        employee_id
    from one_time_items
    union
    select
        pay_period_id,
        employee_id
    from leave_days
    where pay_period_id is not null

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

)

select
    candidates.pay_period_id || '/' || candidates.employee_id as payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    pay_periods.pay_group,
    employees.department,
    employees.work_state,
    pay_periods.currency,
    pay_periods.periods_per_year,
    pay_periods.tax_year,
    closes.pay_period_id is null as is_open,
    pay_periods.starts_on,
    pay_periods.ends_before_on,
    pay_periods.paid_on
from candidates
inner join pay_periods
    on candidates.pay_period_id = pay_periods.pay_period_id
left join employees
    on
        candidates.employee_id = employees.employee_id
        and {{ in_force('employees', days_later('pay_periods.ends_before_on', -1)) }}
left join closes
    on candidates.pay_period_id = closes.pay_period_id
