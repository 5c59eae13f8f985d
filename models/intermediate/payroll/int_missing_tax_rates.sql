with candidates as (

    select distinct
        pay_period_id,
        work_state,
        paid_on
    from {{ ref('int_payslip_candidates_open') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}
    where rate_jurisdiction is not null

),

tax_rates as (

    select distinct
        pay_period_id,
        jurisdiction,
        pay_item_code
    from {{ ref('int_pay_period_tax_rates') }}

),

needed as (

    select
        candidates.pay_period_id,
        candidates.work_state,
        candidates.paid_on,
        pay_items.pay_item_code,
        case when pay_items.rate_jurisdiction = 'state' then candidates.work_state else 'US' end as jurisdiction
    from candidates
    cross join pay_items

)

select
    needed.pay_period_id,
    needed.work_state,
    needed.pay_item_code,
    needed.jurisdiction,
    needed.paid_on
from needed
left join tax_rates
    on
        needed.pay_period_id = tax_rates.pay_period_id
        and needed.jurisdiction = tax_rates.jurisdiction
        and needed.pay_item_code = tax_rates.pay_item_code
where tax_rates.pay_item_code is null and needed.work_state is not null
