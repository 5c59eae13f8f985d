{# Who left, and a run that pays what closed periods owe, have a payslip only where something is owed
   (is_only_if_owed). #}
with one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

leave_days as (

    select * from {{ ref('int_leave_days') }}

),

expected as (

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

),

open_periods as (

    select pay_periods.*
    from pay_periods
    left join closes
        on pay_periods.pay_period_id = closes.pay_period_id
    where closes.pay_period_id is null

),

{# The first open payday behind the last day of an employee. #}
paydays_of_leavers as (

    select
        open_periods.pay_period_id,
        employees.employee_id,
        row_number() over (
            partition by employees.employee_id order by open_periods.paid_on, open_periods.pay_period_id
        ) as place
    from employees
    inner join open_periods
        on
            employees.pay_group = open_periods.pay_group
            and employees.left_on < open_periods.starts_on
    where
        employees.effective_before_on is null
        and open_periods.has_days

),

owed as (

    select
        pay_period_id,
        employee_id
    from paydays_of_leavers
    where place = 1
    union
    select
        open_periods.pay_period_id,
        employees.employee_id
    from open_periods
    inner join employees
        on
            open_periods.pay_group = employees.pay_group
            and {{ in_force('employees', 'open_periods.ends_before_on') }}
    where open_periods.kind in ('correction', 'final')

),

candidates as (

    select
        pay_period_id,
        employee_id,
        min(only_if_owed) = 1 as is_only_if_owed
    from (
        select
            pay_period_id,
            employee_id,
            0 as only_if_owed
        from expected
        union all
        select
            pay_period_id,
            employee_id,
            1 as only_if_owed
        from owed
    ) as everybody
    group by pay_period_id, employee_id

)

select
    candidates.pay_period_id || '/' || candidates.employee_id as payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    pay_periods.pay_group,
    pay_periods.kind,
    pay_periods.items,
    employees.department,
    employees.work_state,
    coalesce(reciprocity.home_state, employees.work_state) as income_tax_state,
    employees.home_state,
    pay_periods.currency,
    pay_periods.periods_per_year,
    pay_periods.tax_year,
    pay_periods.has_days,
    candidates.is_only_if_owed,
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
left join {{ ref('state_reciprocity') }} as reciprocity
    on
        employees.work_state = reciprocity.work_state
        and employees.home_state = reciprocity.home_state
        and {{ in_force('reciprocity', 'pay_periods.paid_on') }}
