{# What payroll pays from a bank account or gets back, as ledger entries to reconcile. #}
with journal_lines as (

    select * from {{ ref('int_payroll_journal_lines') }}
    where account_role = 'cash'

),

cash_accounts as (

    select * from {{ ref('int_cash_accounts') }}

)

select
    {{ surrogate_key(["'payroll'", 'journal_lines.journal_line_id']) }} as item_id,
    cash_accounts.account_id,
    journal_lines.payment_id,
    journal_lines.document_type,
    journal_lines.currency,
    journal_lines.reference,
    concat('Payroll ', journal_lines.pay_period_id) as memo,
    journal_lines.amount,
    journal_lines.posted_on
from journal_lines
inner join cash_accounts
    on journal_lines.gl_account = cash_accounts.cash_account
