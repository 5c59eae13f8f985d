with keys as (

    select * from {{ ref('int_suggestion_keys') }}

),

items as (

    select * from {{ ref('int_suggestion_items') }}

),

sized as (

    select
        account_id,
        currency,
        block_key,
        day_bucket,
        amount_bucket,
        count(case when side = 'bank' then 1 end) * count(case when side = 'ledger' then 1 end) as pair_count
    from keys
    group by account_id, currency, block_key, day_bucket, amount_bucket

),

{# A key that would make too many pairs tells too little. #}
blocks as (

    select
        *,
        row_number() over (order by account_id, currency, block_key, day_bucket, amount_bucket) as block_number
    from sized
    where
        pair_count > 0
        and pair_count <= case
            when block_key = 'near' or block_key like 'digits %' then {{ var('suggestion_loose_block_pairs') }}
            else {{ var('suggestion_block_pairs') }}
        end

),

{# By the block's number alone, so that no plan joins the items of a block that is not used. #}
{% for side in ['bank', 'ledger'] -%}
{{ side }}_members as (

    select
        blocks.block_number,
        keys.item_id
    from blocks
    inner join keys
        on
            blocks.account_id = keys.account_id
            and blocks.currency = keys.currency
            and blocks.block_key = keys.block_key
            and blocks.day_bucket = keys.day_bucket
            and blocks.amount_bucket = keys.amount_bucket
    where keys.side = '{{ side }}'

),

{% endfor -%}
pairs as (

    select distinct
        bank_members.item_id as bank_item_id,
        ledger_members.item_id as ledger_item_id
    from bank_members
    inner join ledger_members
        on bank_members.block_number = ledger_members.block_number

)

select
    pairs.bank_item_id,
    pairs.ledger_item_id,
    bank.account_id,
    bank.currency,
    bank.pool_items,
    bank.day_number - ledger.day_number as days_after_ledger,
    bank.amount - ledger.amount as amount_difference,
    abs(ln(cast(abs(bank.amount) as double)) - ln(cast(abs(ledger.amount) as double))) as amount_log_ratio,
    bank.digits = ledger.digits
    and bank.amount <> ledger.amount
    and {{ two_digits_exchanged('(bank.amount - ledger.amount)') }} as has_digits_exchanged
from pairs
inner join items as bank
    on pairs.bank_item_id = bank.item_id
inner join items as ledger
    on pairs.ledger_item_id = ledger.item_id
where
    {{ same_sign('bank.amount', 'ledger.amount') }}
    and (
        bank.reference_key = ledger.reference_key
        or (
            abs(bank.day_number - ledger.day_number) <= {{ var('suggestion_days') }}
            and (
                bank.digits = ledger.digits and {{ two_digits_exchanged('(bank.amount - ledger.amount)') }}
                or greatest(abs(bank.amount), abs(ledger.amount))
                <= least(abs(bank.amount), abs(ledger.amount)) * {{ var('suggestion_amount_ratio') }}
            )
        )
    )
