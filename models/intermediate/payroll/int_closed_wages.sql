{# What closed periods paid, and what was paid before the first of them. #}
with open_years as (

    select distinct tax_year from {{ ref('int_payslip_candidates') }}
    where is_open

),

closed_payslips as (

    select
        payslips.*,
        open_years.tax_year
    from {{ ref('int_closed_payslips') }} as payslips
    inner join open_years
        on cast(extract(year from payslips.paid_on) as integer) = open_years.tax_year

),

{{ wages_in_period([ref('int_closed_payslip_lines')], 'closed_payslips') }},

to_date as (

    select
        employee_id,
        jurisdiction,
        wage_base,
        tax_year,
        wages_amount
    from in_period
    union all
    select
        balances.employee_id,
        balances.jurisdiction,
        balances.code as wage_base,
        balances.tax_year,
        balances.amount as wages_amount
    from {{ ref('int_opening_balances') }} as balances
    inner join open_years
        on balances.tax_year = open_years.tax_year
    where
        balances.balance_kind = 'wages'
        and not balances.is_total

)

select
    employee_id,
    jurisdiction,
    wage_base,
    tax_year,
    cast(sum(wages_amount) as decimal(28, 5)) as wages_amount
from to_date
group by employee_id, jurisdiction, wage_base, tax_year
