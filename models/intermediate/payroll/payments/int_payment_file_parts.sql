{# What a file cannot carry waits, and holds up nobody else. The payments that are due and the prenotes beside them,
   cut into files: by amount, then by number, because banks limit both. A part of the running total that is the limit
   less the largest payment wide cannot exceed the limit. #}
with payments_due as (

    select * from {{ ref('int_payments_due') }}

),

paying_accounts as (

    select * from {{ ref('paying_accounts') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

details as (

    select * from {{ ref('int_bank_details_current') }}
    where account_number is not null

),

periods as (

    select distinct pay_period_id
    from payments_due
    where attempt = 1

),

{# Only NACHA has prenotes, and a period's first file alone carries them. #}
first_paid_periods as (

    select
        pay_periods.pay_period_id,
        pay_periods.pay_group,
        pay_periods.currency,
        pay_periods.paid_on
    from {{ ref('int_pay_periods') }} as pay_periods
    inner join periods
        on pay_periods.pay_period_id = periods.pay_period_id
    inner join paying_accounts
        on pay_periods.currency = paying_accounts.currency
    where paying_accounts.scheme = 'nacha'

),

known_accounts as (

    select prenote_id from {{ ref('stg_payments__sent_prenotes') }}
    union
    select {{ prenote_id('splits') }} as prenote_id
    from {{ ref('int_payslip_splits') }} as splits
    where splits.is_closed

),

{# What HR knows for people of the pay group, now or for later. #}
accounts as (

    select
        {{ prenote_id('details') }} as prenote_id,
        first_paid_periods.pay_period_id,
        first_paid_periods.currency,
        first_paid_periods.paid_on,
        employees.employee_id,
        employees.name,
        details.routing_number,
        details.account_number,
        details.account_kind,
        details.priority,
        row_number() over (
            partition by {{ prenote_id('details') }}
            order by
                first_paid_periods.paid_on asc,
                first_paid_periods.pay_period_id asc,
                employees.effective_on desc,
                details.priority asc
        ) as place
    from first_paid_periods
    inner join employees
        on
            first_paid_periods.pay_group = employees.pay_group
            and coalesce(first_paid_periods.paid_on < employees.effective_before_on, true)
            and coalesce(first_paid_periods.paid_on <= employees.left_on, true)
    inner join details
        on
            employees.employee_id = details.employee_id
            and coalesce(first_paid_periods.paid_on < details.effective_before_on, true)

),

{# Those that no payslip was paid to and no prenote was sent to. #}
prenotes_due as (

    select accounts.*
    from accounts
    left join known_accounts
        on accounts.prenote_id = known_accounts.prenote_id
    where
        accounts.place = 1
        and known_accounts.prenote_id is null
        and {{ has_nacha_account('accounts') }}
        and {{ is_name_writable('accounts.name') }}

),

payments_writable as (

    select * from payments_due
    where
        {{ is_name_writable('payments_due.name') }}
        and case
            when payments_due.currency = 'USD' then {{ has_nacha_account('payments_due') }}
            else payments_due.iban is not null
        end

),

payments as (

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
    from payments_writable
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
    from prenotes_due

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
