with journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

cash_accounts as (

    select * from {{ ref('int_cash_accounts') }}

)

select
    {{ surrogate_key(["'ledger'", 'journal_lines.journal_line_id']) }} as item_id,
    cash_accounts.account_id,
    'journal_line' as item_kind,
    journal_lines.currency,
    journal_lines.reference,
    journal_lines.counterparty,
    journal_lines.memo,
    journal_lines.reference_key,
    journal_lines.reference_words,
    journal_lines.counterparty_key,
    journal_lines.name_words,
    journal_lines.original_currency,
    journal_lines.file_hash,
    journal_lines.line_number,
    journal_lines.amount,
    journal_lines.original_amount,
    cast(null as decimal(28, 5)) as charges_amount,
    false as is_reversal,
    journal_lines.posted_on as item_on
from journal_lines
inner join cash_accounts
    on journal_lines.cash_account = cash_accounts.cash_account
union all
select
    item_id,
    account_id,
    'journal_line' as item_kind,
    currency,
    reference,
    cast(null as string) as counterparty,
    memo,
    {{ normalized_reference('reference') }} as reference_key,
    {{ reference_words(['reference', 'memo']) }} as reference_words,
    cast(null as string) as counterparty_key,
    cast(null as string) as name_words,
    cast(null as string) as original_currency,
    cast(null as string) as file_hash,
    cast(null as bigint) as line_number,
    amount,
    cast(null as decimal(28, 5)) as original_amount,
    cast(null as decimal(28, 5)) as charges_amount,
    false as is_reversal,
    posted_on as item_on
from {{ ref('int_payroll_cash_lines') }}
