{# What each payslip costs and the hours of its period, up to the as-of date, under the name that it may be shown by.
   Money counts on the payday, like in the journal. A department is shown by its own name in a year where at each of its
   paydays at least var labour_least_people of its people are paid, else as "other departments"; and if those are too few
   at one of their paydays, their figures are withheld all year. So figures that are shown, and sums and differences of
   them, are of whole paydays of that many people: a month less its other weeks tells no more than the week. #}
{%- set people -%} count(distinct case when gross_amount <> 0 then employee_id end) {%- endset -%}
with as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

payslips as (

    select
        payslips.*,
        cast(extract(year from payslips.paid_on) as integer) as pay_year
    from {{ ref('fct_payslips') }} as payslips
    cross join as_of_date
    where
        payslips.status = 'calculated'
        and payslips.paid_on <= coalesce(as_of_date.as_of_on, payslips.paid_on)

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

),

department_paydays as (

    select
        department,
        currency,
        pay_year,
        paid_on,
        {{ people }} as person_count
    from payslips
    group by department, currency, pay_year, paid_on

),

named as (

    select
        department,
        currency,
        pay_year,
        case
            when min(person_count) >= {{ var('labour_least_people') }} then department
            else 'other departments'
        end as shown_department
    from department_paydays
    group by department, currency, pay_year

),

named_payslips as (

    select
        payslips.*,
        named.shown_department
    from payslips
    inner join named
        on
            payslips.department = named.department
            and payslips.currency = named.currency
            and payslips.pay_year = named.pay_year

),

shown_paydays as (

    select
        shown_department,
        currency,
        pay_year,
        paid_on,
        {{ people }} as person_count
    from named_payslips
    group by shown_department, currency, pay_year, paid_on

),

shown as (

    select
        shown_department,
        currency,
        pay_year,
        min(person_count) < {{ var('labour_least_people') }} as is_withheld
    from shown_paydays
    group by shown_department, currency, pay_year

)

select
    payslips.payslip_id,
    payslips.employee_id,
    payslips.currency,
    payslips.shown_department,
    payslips.pay_year,
    cast(coalesce(hours.hours, 0) as decimal(18, 5)) as hours,
    cast(coalesce(hours.overtime_hours, 0) as decimal(18, 5)) as overtime_hours,
    cast(coalesce(hours.leave_hours, 0) as decimal(18, 5)) as leave_hours,
    payslips.gross_amount,
    payslips.employer_tax_amount,
    shown.is_withheld,
    payslips.paid_on
from named_payslips as payslips
inner join shown
    on
        payslips.shown_department = shown.shown_department
        and payslips.currency = shown.currency
        and payslips.pay_year = shown.pay_year
left join hours
    on
        payslips.employee_id = hours.employee_id
        and payslips.pay_period_id = hours.pay_period_id
