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

{{ wages_in_period([ref('int_closed_payslip_lines')], 'closed_payslips') }}

select
    employee_id,
    jurisdiction,
    wage_base,
    tax_year,
    cast(sum(wages_amount) as decimal(28, 5)) as wages_amount
from in_period
group by employee_id, jurisdiction, wage_base, tax_year
