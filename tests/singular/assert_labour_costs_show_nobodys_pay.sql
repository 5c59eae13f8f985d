{{ config(group='payroll') }}
{{ config(meta={'dagster': {'ref': {'name': 'fct_labour_costs'}}}) }}
-- On each payday that stands behind a figure shown, so many people are paid that no figure, and no difference of
-- figures, is one person's; and the weeks add up to the payslips as the months do.
with shown as (

    select * from {{ ref('int_labour_paydays') }}
    where not is_withheld

),

costs as (

    select
        department,
        currency,
        sum(case when period_grain = 'week' then cost_amount else 0 end) as week_amount,
        sum(case when period_grain = 'month' then cost_amount else 0 end) as month_amount,
        max(case when is_withheld then 1 else 0 end) as is_withheld
    from {{ ref('fct_labour_costs') }}
    group by department, currency

),

paid as (

    select
        shown_department,
        currency,
        sum(gross_amount + employer_tax_amount) as amount
    from shown
    group by shown_department, currency

)

select
    shown_department,
    currency,
    cast(paid_on as string) as finding
from shown
group by shown_department, currency, pay_year, paid_on
having count(distinct case when gross_amount <> 0 then employee_id end) < {{ var('labour_least_people') }}
union all
select
    costs.department as shown_department,
    costs.currency,
    'weeks, months and payslips differ' as finding
from costs
left join paid
    on
        costs.department = paid.shown_department
        and costs.currency = paid.currency
where
    costs.is_withheld = 0
    and (
        costs.week_amount is distinct from paid.amount
        or costs.month_amount is distinct from paid.amount
    )
