with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

tax_rates as (

    select * from {{ ref('tax_rates') }}

)

select
    pay_periods.pay_period_id,
    tax_rates.pay_item_code,
    tax_rates.jurisdiction,
    tax_rates.wage_base,
    tax_rates.source,
    tax_rates.over_amount,
    tax_rates.up_to_amount,
    tax_rates.rate,
    tax_rates.is_due_when_exempt
from pay_periods
inner join tax_rates
    on {{ in_force('tax_rates', 'pay_periods.paid_on') }}
