{# What closed periods paid, and what was paid before the first of them. Of a year of which a form was given, close by
   close: what was known then tells its corrections. #}
with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

newest_years as (

    select max(tax_year) as tax_year from candidates

),

years as (

    select distinct candidates.tax_year
    from candidates
    cross join newest_years
    where candidates.is_open or candidates.tax_year >= newest_years.tax_year - 1

),

closed_payslips as (

    select
        payslips.*,
        years.tax_year
    from {{ ref('int_closed_payslips') }} as payslips
    inner join years
        on cast(extract(year from payslips.paid_on) as integer) = years.tax_year

),

{{ wages_in_period([ref('int_closed_payslip_lines')], 'closed_payslips') }},

forms_given as (

    {{ forms_given() }}

),

years_given as (

    select distinct tax_year from forms_given

),

to_date as (

    select
        in_period.employee_id,
        in_period.jurisdiction,
        in_period.wage_base,
        case when years_given.tax_year is not null then closes.close_id end as known_with,
        voided.voided_with,
        in_period.tax_year,
        cast(extract(quarter from in_period.paid_on) as integer) as tax_quarter,
        in_period.wages_amount
    from in_period
    left join {{ ref('int_pay_periods_closed') }} as closes
        on in_period.pay_period_id = closes.pay_period_id
    left join years_given
        on in_period.tax_year = years_given.tax_year
    left join {{ ref('int_voided_payslips') }} as voided
        on in_period.payslip_id = voided.payslip_id
    union all
    select
        balances.employee_id,
        balances.jurisdiction,
        balances.code as wage_base,
        cast(null as string) as known_with,
        cast(null as string) as voided_with,
        balances.tax_year,
        0 as tax_quarter,
        balances.amount as wages_amount
    from {{ ref('int_opening_balances') }} as balances
    inner join years
        on balances.tax_year = years.tax_year
    where
        balances.balance_kind = 'wages'
        and not balances.is_total

)

select
    employee_id,
    jurisdiction,
    wage_base,
    known_with,
    voided_with,
    tax_year,
    tax_quarter,
    cast(sum(wages_amount) as decimal(28, 5)) as wages_amount
from to_date
group by employee_id, jurisdiction, wage_base, known_with, voided_with, tax_year, tax_quarter
