with shift_days as (

    select
        employee_id,
        job_code,
        worked_on,
        cast(sum(worked_seconds) as bigint) as worked_seconds
    from {{ ref('int_shift_days') }}
    group by employee_id, job_code, worked_on

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_groups as (

    select * from {{ ref('int_pay_groups_current') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

pay_rates as (

    select * from {{ ref('int_pay_rates_current') }}

)

select
    shift_days.employee_id,
    employees.pay_group,
    pay_periods.pay_period_id,
    shift_days.job_code,
    pay_rates.rate_kind,
    pay_rates.rate,
    shift_days.worked_seconds,
    pay_rates.is_overtime_eligible,
    shift_days.worked_on,
    {{ days_later(
        'shift_days.worked_on',
        '-mod(' ~ day_of_week('shift_days.worked_on') ~ ' - pay_groups.workweek_starts_on + 8, 7)'
    ) }} as workweek_starts_on
from shift_days
inner join employees
    on
        shift_days.employee_id = employees.employee_id
        and {{ in_force('employees', 'shift_days.worked_on') }}
inner join pay_groups
    on employees.pay_group = pay_groups.pay_group
left join pay_periods
    on
        employees.pay_group = pay_periods.pay_group
        and shift_days.worked_on >= pay_periods.starts_on
        and shift_days.worked_on < pay_periods.ends_before_on
left join pay_rates
    on
        shift_days.employee_id = pay_rates.employee_id
        and shift_days.job_code = pay_rates.job_code
        and {{ in_force('pay_rates', 'shift_days.worked_on') }}
