{{ config(materialized='batched') }}

{# Facts of the close alone, so that a batch that ran once is the same for ever: keys and words are read from the texts as
   they were closed. What only passes read is left out, since nothing that a closed match took goes to a pass. #}
with closes as (

    select close_id
    from {{ ref('int_closes_valid') }}
    where {{ in_batch('closed_on', ref('int_closed_match_batches')) }}

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

{# Balances and differences have no texts of their own, and the journal of payroll names nobody. #}
worded as (

    select
        *,
        item_kind in ('statement_line', 'journal_line') as is_worded,
        item_kind in ('statement_line', 'journal_line') and source_hash is not null as is_named
    from lettered

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
    case when is_worded then {{ normalized_reference('reference') }} else reference_key end as reference_key,
    case when is_worded and side = 'ledger' then {{ reference_words(['reference', 'memo']) }} end as reference_words,
    case
        when is_named then replace({{ name_words('counterparty_letters') }}, ' ', '')
        else counterparty_key
    end as counterparty_key,
    case
        when is_named
            then coalesce({{ name_words('counterparty_letters') }}, {{ name_words('memo_letters', is_text=true) }})
    end as name_words,
    original_currency,
    source_hash as file_hash,
    source_line as line_number,
    close_id,
    amount,
    original_amount,
    item_on,
    counted_on,
    cleared_on
from worded
