{# The payments that are due and the prenotes beside them, cut into files: by amount, then by number, because banks
   limit both. A part of the running total that is the limit less the largest payment wide cannot exceed the limit. #}
with payments as (

    select
        payment_id,
        payslip_id,
        pay_period_id,
        employee_id,
        currency,
        name,
        routing_number,
        account_number,
        account_kind,
        bic,
        iban,
        priority,
        attempt,
        amount,
        false as is_prenote,
        paid_on
    from {{ ref('int_payments_due') }}
    union all
    select
        prenote_id as payment_id,
        cast(null as string) as payslip_id,
        pay_period_id,
        employee_id,
        currency,
        name,
        routing_number,
        account_number,
        account_kind,
        cast(null as string) as bic,
        cast(null as string) as iban,
        priority,
        1 as attempt,
        cast(0 as decimal(28, 5)) as amount,
        true as is_prenote,
        paid_on
    from {{ ref('int_prenotes_due') }}

),

paying_accounts as (

    select * from {{ ref('paying_accounts') }}

),

summed as (

    select
        payments.*,
        paying_accounts.scheme,
        paying_accounts.gl_account,
        paying_accounts.max_payments,
        paying_accounts.max_amount,
        max(payments.amount) over (partition by payments.pay_period_id, payments.currency) as largest_amount,
        sum(payments.amount) over (
            partition by payments.pay_period_id, payments.currency
            order by payments.payment_id
            rows between unbounded preceding and current row
        ) - payments.amount as amount_before
    from payments
    inner join paying_accounts
        on payments.currency = paying_accounts.currency

),

cut_by_amount as (

    select
        *,
        case
            when largest_amount >= max_amount then null
            else cast(floor(amount_before / (max_amount - largest_amount)) as integer)
        end as amount_part
    from summed

),

cut_by_number as (

    select
        *,
        cast(
            floor(
                (
                    row_number() over (
                        partition by pay_period_id, currency, amount_part order by payment_id
                    ) - 1
                ) / max_payments
            ) as integer
        ) as number_part
    from cut_by_amount

)

select
    payment_id,
    payslip_id,
    pay_period_id,
    employee_id,
    currency,
    scheme,
    gl_account,
    name,
    routing_number,
    account_number,
    account_kind,
    bic,
    iban,
    priority,
    attempt,
    cast(
        dense_rank() over (partition by pay_period_id order by currency, amount_part, number_part) as integer
    ) as file_number,
    amount,
    is_prenote,
    amount_part is null as is_above_limit,
    paid_on
from cut_by_number
