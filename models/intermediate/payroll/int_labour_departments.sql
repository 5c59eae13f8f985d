{# Under which name a department's figures may be shown in a year: its own where at each of its paydays at least var
   labour_least_people of its people are paid, else "other departments"; and if that is too few at one of its paydays,
   its figures are withheld all year. So figures that are shown, and sums and differences of them, are of whole paydays
   of that many people: a month less its other weeks tells no more than the week. #}
{%- set people -%} count(distinct case when gross_amount <> 0 then employee_id end) {%- endset -%}
with paydays as (

    select * from {{ ref('int_labour_paydays') }}

),

department_paydays as (

    select
        department,
        currency,
        pay_year,
        paid_on,
        {{ people }} as person_count
    from paydays
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

shown_paydays as (

    select
        named.shown_department,
        paydays.currency,
        paydays.pay_year,
        paydays.paid_on,
        {{ people }} as person_count
    from paydays
    inner join named
        on
            paydays.department = named.department
            and paydays.currency = named.currency
            and paydays.pay_year = named.pay_year
    group by named.shown_department, paydays.currency, paydays.pay_year, paydays.paid_on

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
    named.department,
    named.currency,
    named.shown_department,
    named.pay_year,
    shown.is_withheld
from named
inner join shown
    on
        named.shown_department = shown.shown_department
        and named.currency = shown.currency
        and named.pay_year = shown.pay_year
