{{ config(materialized='view') }}

with journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

cash_accounts as (

    select * from {{ ref('int_account_ids') }}
    where named_by = 'ledger_account'

),

payroll_lines as (

    select * from {{ ref('int_payroll_cash_lines') }}

)

select
    {{ item_columns(
        'journal_lines',
        instead={
            'item_id': surrogate_key(["'ledger'", 'journal_lines.journal_line_id']),
            'account_id': 'cash_accounts.account_id',
            'side': "'ledger'",
            'item_kind': "'journal_line'",
            'is_reversal': 'false',
            'item_on': 'journal_lines.posted_on',
        },
        nulls=['charges_amount'],
    ) }}
from journal_lines
inner join cash_accounts
    on journal_lines.cash_account = cash_accounts.name_id
union all
select
    {{ item_columns(
        'payroll_lines',
        instead={
            'side': "'ledger'",
            'item_kind': "'journal_line'",
            'reference_key': normalized_reference('reference'),
            'reference_words': reference_words(['reference', 'memo']),
            'is_reversal': 'false',
            'item_on': 'payroll_lines.posted_on',
        },
        nulls=[
            'counterparty',
            'counterparty_key',
            'name_words',
            'original_currency',
            'file_hash',
            'line_number',
            'original_amount',
            'charges_amount',
        ],
    ) }}
from payroll_lines
