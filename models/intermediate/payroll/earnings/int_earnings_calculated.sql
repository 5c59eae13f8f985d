with earnings as (

    select * from {{ ref('int_earnings_exact') }}

),

candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

placed as (

    select
        earnings.*,
        candidates.pay_period_id,
        policies.gross_step,
        policies.gross_method,
        sum(earnings.exact_amount) over (
            partition by earnings.payslip_id
            order by pay_items.line_order, earnings.line_key
            rows between unbounded preceding and current row
        ) as exact_sum
    from earnings
    inner join candidates
        on earnings.payslip_id = candidates.payslip_id
    inner join pay_items
        on earnings.pay_item_code = pay_items.pay_item_code
    inner join policies
        on candidates.pay_period_id = policies.pay_period_id

),

in_cents as (

    select
        *,
        {{ rounded('exact_amount', 'gross_method') }} as line_amount,
        {{ rounded('exact_sum', 'gross_method') }} as sum_amount,
        {{ rounded('(exact_sum - exact_amount)', 'gross_method') }} as sum_before_amount
    from placed

)

select
    payslip_id,
    pay_item_code,
    line_key,
    corrects_pay_period_id,
    explanation,
    hours,
    rate,
    basis_amount,
    exact_amount,
    cast(
        case when gross_step = 'line' then line_amount else sum_amount - sum_before_amount end as decimal(28, 5)
    ) as amount
from in_cents
