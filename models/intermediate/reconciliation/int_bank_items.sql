with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

opening_balances as (

    select * from {{ ref('int_bank_opening_balances') }}

),

balances as (

    select * from {{ ref('int_bank_balances') }}
    where gap_amount <> 0

),

line_items as (

    select
        statement_line_id as item_id,
        account_id,
        'statement_line' as item_kind,
        currency,
        reference,
        counterparty,
        memo,
        reference_key,
        reference_words,
        counterparty_key,
        name_words,
        original_currency,
        file_hash,
        line_number,
        amount,
        original_amount,
        charges_amount,
        is_reversal or return_reason is not null as is_reversal,
        statement_on as item_on
    from statement_lines

),

opening_items as (

    select
        {{ surrogate_key(["'opening_balance'", 'account_id']) }} as item_id,
        account_id,
        'opening_balance' as item_kind,
        currency,
        cast(null as string) as reference,
        cast(null as string) as counterparty,
        'Opening balance of the first statement' as memo,
        cast(null as string) as reference_key,
        cast(null as string) as reference_words,
        cast(null as string) as counterparty_key,
        cast(null as string) as name_words,
        cast(null as string) as original_currency,
        file_hash,
        line_number,
        opening_balance as amount,
        cast(null as decimal(28, 5)) as original_amount,
        cast(null as decimal(28, 5)) as charges_amount,
        false as is_reversal,
        opening_on as item_on
    from opening_balances
    where opening_balance <> 0

),

gap_items as (

    select
        {{ surrogate_key(["'statement_gap'", 'account_id', 'date_on']) }} as item_id,
        account_id,
        case when is_end then 'opening_balance' else 'statement_gap' end as item_kind,
        currency,
        cast(null as string) as reference,
        cast(null as string) as counterparty,
        case
            when is_end then 'Balance carried over at the end of the account'
            else 'Movement that no statement line explains'
        end as memo,
        cast(null as string) as reference_key,
        cast(null as string) as reference_words,
        cast(null as string) as counterparty_key,
        cast(null as string) as name_words,
        cast(null as string) as original_currency,
        cast(null as string) as file_hash,
        cast(null as bigint) as line_number,
        gap_amount as amount,
        cast(null as decimal(28, 5)) as original_amount,
        cast(null as decimal(28, 5)) as charges_amount,
        false as is_reversal,
        date_on as item_on
    from balances

)

select * from line_items
union all
select * from opening_items
union all
select * from gap_items
