-- Balance per bank, adjusted for every open item and gap, must equal balance per books. A row here means the
-- project lost or invented an item; a real disagreement between bank and books shows as a named open item.
select
    account_id,
    as_of_on,
    balance_per_bank,
    balance_per_books,
    difference
from {{ ref('fct_bank_reconciliations') }}
where
    difference is null
    or difference <> 0
