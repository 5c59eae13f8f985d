{#- What a balance says nothing of. -#}
{%- set unknown = [
    'reference',
    'counterparty',
    'reference_key',
    'reference_words',
    'counterparty_key',
    'name_words',
    'original_currency',
    'original_amount',
    'charges_amount',
] -%}
with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

opening_balances as (

    select * from {{ ref('int_bank_opening_balances') }}
    where opening_balance <> 0

),

gaps as (

    select * from {{ ref('int_bank_balances') }}
    where gap_amount <> 0

),

ledger_items as (

    select * from {{ ref('int_ledger_items') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

items as (

    select
        {{ item_columns(
            'statement_lines',
            instead={
                'item_id': 'statement_lines.statement_line_id',
                'side': "'bank'",
                'item_kind': "'statement_line'",
                'is_reversal': 'statement_lines.is_reversal or statement_lines.return_reason is not null',
                'item_on': 'statement_lines.statement_on',
            },
        ) | indent(4) }}
    from statement_lines
    union all
    select
        {{ item_columns(
            'opening_balances',
            instead={
                'item_id': surrogate_key(["'opening_balance'", 'opening_balances.account_id']),
                'side': "'bank'",
                'item_kind': "'opening_balance'",
                'memo': "'Opening balance of the first statement'",
                'amount': 'opening_balances.opening_balance',
                'is_reversal': 'false',
                'item_on': 'opening_balances.opening_on',
            },
            nulls=unknown,
        ) | indent(4) }}
    from opening_balances
    union all
    select
        {{ item_columns(
            'gaps',
            instead={
                'item_id': surrogate_key(["'statement_gap'", 'gaps.account_id', 'gaps.date_on']),
                'side': "'bank'",
                'item_kind': "case when gaps.is_end then 'opening_balance' else 'statement_gap' end",
                'memo': "case when gaps.is_end then 'Balance carried over at the end of the account'"
                ~ " else 'Movement that no statement line explains' end",
                'amount': 'gaps.gap_amount',
                'is_reversal': 'false',
                'item_on': 'gaps.date_on',
            },
            nulls=unknown + ['file_hash', 'line_number'],
        ) | indent(4) }}
    from gaps
    union all
    select * from ledger_items

)

select
    {{ item_columns(
        'items',
        instead={
            'calendar_code': 'accounts.calendar_code',
            'business_day_number': 'business_dates.business_day_number',
            'amount': 'cast(items.amount as decimal(28, 5))',
            'counted_on': 'items.item_on',
        },
    ) }}
from items
inner join accounts
    on items.account_id = accounts.account_id
left join business_dates
    on
        accounts.calendar_code = business_dates.calendar_code
        and items.item_on = business_dates.date_on
