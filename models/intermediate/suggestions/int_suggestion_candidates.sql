with blocks as (

    select * from {{ ref('int_suggestion_blocks') }}
    where is_used

),

keys as (

    select * from {{ ref('int_suggestion_keys') }}

),

items as (

    select * from {{ ref('int_suggestion_items') }}

),

pairs as (

    select distinct
        bank_keys.item_id as bank_item_id,
        ledger_keys.item_id as ledger_item_id
    from blocks
    {% for side in ['bank', 'ledger'] -%}
    inner join keys as {{ side }}_keys
        on
            blocks.account_id = {{ side }}_keys.account_id
            and blocks.currency = {{ side }}_keys.currency
            and blocks.block_key = {{ side }}_keys.block_key
            and blocks.day_bucket = {{ side }}_keys.day_bucket
            and blocks.amount_bucket = {{ side }}_keys.amount_bucket
            and {{ side }}_keys.side = '{{ side }}'
    {% endfor %}

)

select
    pairs.bank_item_id,
    pairs.ledger_item_id,
    bank.account_id,
    bank.currency,
    bank.day_number - ledger.day_number as days_after_ledger,
    bank.amount - ledger.amount as amount_difference,
    abs(ln(cast(abs(bank.amount) as double)) - ln(cast(abs(ledger.amount) as double))) as amount_log_ratio
from pairs
inner join items as bank
    on pairs.bank_item_id = bank.item_id
inner join items as ledger
    on pairs.ledger_item_id = ledger.item_id
where
    sign(bank.amount) = sign(ledger.amount)
    and (
        bank.reference_key = ledger.reference_key
        or (
            abs(bank.day_number - ledger.day_number) <= {{ var('suggestion_days') }}
            and (
                bank.digits = ledger.digits
                or greatest(abs(bank.amount), abs(ledger.amount))
                <= least(abs(bank.amount), abs(ledger.amount)) * {{ var('suggestion_amount_ratio') }}
            )
        )
    )
