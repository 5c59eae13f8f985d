{# What is left is told by more than a reference: from here on the counterparty's key is that of whoever is named. The
   owner of the accounts is nobody's counterparty. #}
with owner_names as (

    select distinct owner_name
    from {{ ref('int_bank_statements_linked') }}
    where owner_name is not null

),

{{ lettered('owner_names', ['owner_name']) }},

owners as (

    select distinct replace({{ name_words('owner_name_letters') }}, ' ', '') as owner_key
    from lettered

)

select
    items.item_id,
    items.account_id,
    items.calendar_code,
    items.side,
    items.item_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.reference_words,
    case
        when owners.owner_key is null then coalesce(counterparty_names.counterparty_key, items.counterparty_key)
    end as counterparty_key,
    case when owners.owner_key is null then items.name_words end as name_words,
    items.original_currency,
    items.business_day_number,
    items.amount,
    items.original_amount,
    items.charges_amount,
    items.is_reversal,
    items.is_held,
    items.item_on,
    items.counted_on
from {{ ref('int_items_pool') }} as items
left join {{ ref('int_items_matched_by_reference') }} as claimed
    on
        items.item_id = claimed.item_id
        and claimed.posting = 'automatic'
left join {{ ref('int_counterparty_names') }} as counterparty_names
    on
        items.name_words = counterparty_names.name_words
        and (items.counterparty_key is not null) = counterparty_names.is_field
left join owners
    on replace(items.name_words, ' ', '') = owners.owner_key
where claimed.item_id is null
