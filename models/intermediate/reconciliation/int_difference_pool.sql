with open_items as (

    {{ open_items('difference_decided') }}

),

new_differences as (

    select
        *,
        false as is_held
    from {{ ref('int_match_differences') }}

)

{% for relation, condition in [
    ('open_items', "side = 'ledger'"),
    (ref('int_items_available'), "item_kind = 'match_difference'"),
    ('new_differences', 'true'),
] -%}
select
    item_id,
    account_id,
    calendar_code,
    side,
    item_kind,
    currency,
    reference,
    counterparty,
    memo,
    reference_key,
    reference_words,
    counterparty_key,
    name_words,
    original_currency,
    business_day_number,
    amount,
    original_amount,
    charges_amount,
    is_reversal,
    is_held,
    item_on,
    counted_on
from {{ relation }}
where {{ condition }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
