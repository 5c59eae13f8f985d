{{ config(materialized='batched') }}

{# Facts of the close alone, so that a batch that ran once is the same for ever: keys and words are read from the texts
   as they were closed. What only passes read is left out, since nothing that a closed match took goes to a pass. #}
with closes as (

    select close_id
    from {{ ref('int_closes_valid') }}
    where {{ batching.in_batch('closed_on', ref('int_closed_match_batches')) }}

),

{# A match that a later close recorded as undone has a second row there. #}
matches as (

    select matches.*
    from {{ ref('stg_closes__matches') }} as matches
    inner join closes
        on matches.close_id = closes.close_id
    where matches.undone_on is null

),

items as (

    select
        items.*,
        matches.match_id,
        matches.rule_code,
        matches.difference_kind,
        matches.cleared_on
    from {{ ref('int_closed_items') }} as items
    inner join matches
        on items.item_id = matches.item_id

),

{{ lettered('items', ['counterparty', 'memo']) }},

worded as (

    select
        *,
        {{ normalized_reference('reference') }} as reference_key_of_text,
        {{ reference_words(['reference', 'memo']) }} as words_of_texts,
        {{ name_words('counterparty_letters') }} as counterparty_words,
        {{ name_words('memo_letters', is_text=true) }} as memo_name_words
    from lettered

),

{# Balances and differences have no texts of their own, and the journal of payroll names nobody. #}
told as (

    select
        *,
        item_kind in ('statement_line', 'journal_line') as is_worded,
        item_kind in ('statement_line', 'journal_line') and source_hash is not null as is_named
    from worded

)

select
    item_id,
    origin_item_id,
    account_id,
    match_id,
    side,
    item_kind,
    rule_code,
    difference_kind,
    currency,
    reference,
    counterparty,
    memo,
    case when is_worded then reference_key_of_text else reference_key end as reference_key,
    case when is_worded and side = 'ledger' then words_of_texts end as reference_words,
    case when is_named then replace(counterparty_words, ' ', '') else counterparty_key end as counterparty_key,
    case when is_named then coalesce(counterparty_words, memo_name_words) end as name_words,
    original_currency,
    source_hash as file_hash,
    source_line as line_number,
    close_id,
    amount,
    original_amount,
    item_on,
    counted_on,
    cleared_on
from told
