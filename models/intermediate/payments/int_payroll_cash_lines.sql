{# What payroll pays from a bank account or gets back, as ledger entries to reconcile. #}
with journal_lines as (

    select * from {{ ref('int_payroll_journal_lines') }}
    where account_role = 'cash'

),

cash_accounts as (

    select
        named.gl_account,
        account_ids.account_id
    from {{ ref('stg_ledger__accounts') }} as named
    inner join {{ ref('int_account_ids') }} as account_ids
        on
            named.account_key = account_ids.account_key
            and named.currency = account_ids.currency

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
    on journal_lines.gl_account = cash_accounts.gl_account
