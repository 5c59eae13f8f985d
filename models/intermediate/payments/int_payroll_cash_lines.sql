{# The cash legs of payments, as ledger entries to reconcile. Their ids are those of their lines in the payroll journal,
   which books the other legs, so neither needs the other. #}
with cash_legs as (

    select
        *,
        cast(null as string) as department,
        case when debit_role = 'cash' then 'debit' else 'credit' end as leg
    from {{ ref('int_payment_entries') }}

),

paying_accounts as (

    select * from {{ ref('paying_accounts') }}

),

cash_accounts as (

    select * from {{ ref('int_account_ids') }}
    where named_by = 'ledger_account'

),

lines as (

    select
        *,
        {{ surrogate_key(['entry_id', 'department', 'payment_id', 'leg']) }} as journal_line_id
    from cash_legs

)

select
    {{ surrogate_key(["'payroll'", 'lines.journal_line_id']) }} as item_id,
    cash_accounts.account_id,
    lines.payment_id,
    lines.document_type,
    lines.currency,
    lines.reference,
    concat('Payroll ', lines.pay_period_id) as memo,
    cast(case when lines.leg = 'debit' then lines.amount else -lines.amount end as decimal(28, 5)) as amount,
    lines.posted_on
from lines
inner join paying_accounts
    on lines.currency = paying_accounts.currency
inner join cash_accounts
    on paying_accounts.gl_account = cash_accounts.name_id
