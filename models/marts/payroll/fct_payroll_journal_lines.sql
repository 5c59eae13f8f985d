{# Double entry: a closed period by department and pay item, what a void payslip takes back of it, each payment in a
   file, and each payment that came back. A
   debit is positive. Every leg of an amount is one row, so each entry balances by itself. #}
with closed_lines as (

    select * from {{ ref('int_closed_payslip_lines') }}
    where line_kind <> 'leave'

),

payslips as (

    select * from {{ ref('fct_payslips') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

paying_accounts as (

    select * from {{ ref('paying_accounts') }}

),

wages as (

    select
        concat('payroll/', closed_lines.pay_period_id) as entry_id,
        closed_lines.pay_period_id,
        closed_lines.pay_item_code as line_code,
        closed_lines.currency,
        payslips.department,
        'payroll' as document_type,
        cast(null as string) as payment_id,
        cast(null as string) as reference,
        max(pay_items.debit_role) as debit_role,
        max(pay_items.credit_role) as credit_role,
        sum(
            case when closed_lines.line_kind in ('earning', 'employer_tax') then 1 else -1 end * closed_lines.amount
        ) as amount,
        payslips.paid_on as posted_on
    from closed_lines
    inner join payslips
        on closed_lines.payslip_id = payslips.payslip_id
    inner join pay_items
        on closed_lines.pay_item_code = pay_items.pay_item_code
    group by
        closed_lines.pay_period_id,
        closed_lines.pay_item_code,
        closed_lines.currency,
        payslips.department,
        payslips.paid_on

),

voids as (

    select
        'void/' || closed_lines.payslip_id as entry_id,
        closed_lines.pay_period_id,
        closed_lines.pay_item_code as line_code,
        closed_lines.currency,
        payslips.department,
        'payroll_void' as document_type,
        cast(null as string) as payment_id,
        cast(null as string) as reference,
        max(pay_items.debit_role) as debit_role,
        max(pay_items.credit_role) as credit_role,
        sum(
            case when closed_lines.line_kind in ('earning', 'employer_tax') then -1 else 1 end * closed_lines.amount
        ) as amount,
        payslips.voided_on as posted_on
    from closed_lines
    inner join payslips
        on closed_lines.payslip_id = payslips.payslip_id
    inner join pay_items
        on closed_lines.pay_item_code = pay_items.pay_item_code
    where payslips.voided_on is not null
    group by
        closed_lines.payslip_id,
        closed_lines.pay_period_id,
        closed_lines.pay_item_code,
        closed_lines.currency,
        payslips.department,
        payslips.voided_on

),

payment_entries as (

    select
        entry_id,
        pay_period_id,
        payment_id as line_code,
        currency,
        cast(null as string) as department,
        document_type,
        payment_id,
        reference,
        debit_role,
        credit_role,
        amount,
        posted_on
    from {{ ref('int_payment_entries') }}

),

entries as (

    select * from wages
    union all
    select * from voids
    union all
    select * from payment_entries

),

legs as (

    select
        entries.*,
        'debit' as leg,
        entries.debit_role as account_role,
        entries.amount as leg_amount
    from entries
    union all
    select
        entries.*,
        'credit' as leg,
        entries.credit_role as account_role,
        -entries.amount as leg_amount
    from entries

),

accounts as (

    select
        currency,
        account_role,
        gl_account
    from {{ ref('payroll_accounts') }}
    union all
    select
        currency,
        'cash' as account_role,
        gl_account
    from paying_accounts

)

select
    {{ surrogate_key(['legs.entry_id', 'legs.department', 'legs.line_code', 'legs.leg']) }} as journal_line_id,
    legs.entry_id,
    legs.pay_period_id,
    legs.payment_id,
    accounts.gl_account,
    legs.account_role,
    legs.document_type,
    legs.department,
    legs.line_code,
    legs.currency,
    legs.reference,
    cast(legs.leg_amount as decimal(28, 5)) as amount,
    legs.posted_on
from legs
left join accounts
    on
        legs.currency = accounts.currency
        and legs.account_role = accounts.account_role
