{#- Of what is closed as well: a party is one of its own whether or not its items are open. -#}
{%- set books = 'int_items_counted' if var('suggestion_pool') == 'int_items_open' else var('suggestion_pool') -%}
select
    counterparty_key as party_key,
    min(name_words) as party_name,
    cast(count(*) as integer) as party_items
from {{ ref(books) }}
where
    side = 'ledger'
    and item_kind = 'journal_line'
    and counterparty_key is not null
group by counterparty_key
