select
    item_id,
    item_kind,
    currency,
    counterparty,
    reference,
    memo,
    amount,
    item_on
from marts.fct_reconciliation_items
where item_id in (select unnest($ids))
