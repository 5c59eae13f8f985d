{# What closed periods paid, and what was paid before the first of them. #}
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

to_date as (

    select
        employee_id,
        jurisdiction,
        wage_base,
        tax_year,
        cast(extract(quarter from paid_on) as integer) as tax_quarter,
        wages_amount
    from in_period
    union all
    select
        balances.employee_id,
        balances.jurisdiction,
        balances.code as wage_base,
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
    tax_year,
    tax_quarter,
    cast(sum(wages_amount) as decimal(28, 5)) as wages_amount
from to_date
group by employee_id, jurisdiction, wage_base, tax_year, tax_quarter
