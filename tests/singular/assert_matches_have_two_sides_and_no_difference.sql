-- The rules of today match equal totals only, and always one side against the other.
select
    match_id,
    rule_code,
    bank_item_count,
    ledger_item_count,
    difference
from {{ ref('fct_matches') }}
where
    bank_item_count = 0
    or ledger_item_count = 0
    or difference is null
    or difference <> 0
