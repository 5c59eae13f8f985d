with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

rules as (

    select * from {{ ref('income_tax_rules') }}

)

select
    pay_periods.pay_period_id,
    rules.jurisdiction,
    rules.filing_status,
    rules.method,
    rules.source,
    rules.deduction_amount,
    rules.allowance_amount,
    rules.is_step_2_checked
from pay_periods
inner join rules
    on {{ in_force('rules', 'pay_periods.paid_on') }}
