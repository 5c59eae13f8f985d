with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

brackets as (

    select * from {{ ref('income_tax_brackets') }}

)

select
    pay_periods.pay_period_id,
    brackets.jurisdiction,
    brackets.filing_status,
    brackets.over_amount,
    lead(brackets.over_amount) over (
        partition by
            pay_periods.pay_period_id, brackets.jurisdiction, brackets.filing_status, brackets.is_step_2_checked
        order by brackets.over_amount
    ) as up_to_amount,
    brackets.base_amount,
    brackets.rate,
    brackets.is_step_2_checked
from pay_periods
inner join brackets
    on {{ in_force('brackets', 'pay_periods.paid_on') }}
