{# What each payslip costs and the hours of its period, up to the as-of date. Money counts on the payday, like in the
   journal. #}
with payslips as (

    select * from {{ ref('fct_payslips') }}
    where status = 'calculated'

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

hours as (

    select
        employee_id,
        pay_period_id,
        sum(worked_hours) as hours,
        sum(overtime_hours) as overtime_hours,
        sum(leave_hours) as leave_hours
    from {{ ref('fct_timesheets') }}
    group by employee_id, pay_period_id

)

select
    payslips.payslip_id,
    payslips.employee_id,
    payslips.department,
    payslips.currency,
    cast(extract(year from payslips.paid_on) as integer) as pay_year,
    cast(coalesce(hours.hours, 0) as decimal(18, 5)) as hours,
    cast(coalesce(hours.overtime_hours, 0) as decimal(18, 5)) as overtime_hours,
    cast(coalesce(hours.leave_hours, 0) as decimal(18, 5)) as leave_hours,
    payslips.gross_amount,
    payslips.employer_tax_amount,
    payslips.paid_on
from payslips
cross join as_of_date
left join hours
    on
        payslips.employee_id = hours.employee_id
        and payslips.pay_period_id = hours.pay_period_id
where payslips.paid_on <= coalesce(as_of_date.as_of_on, payslips.paid_on)
