select
    items.item_id,
    items.account_id,
    items.side,
    items.item_kind,
    items.status,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.file_hash,
    items.line_number,
    items.amount,
    items.age,
    items.is_break,
    items.item_on,
    explanations.explanation,
    duplicates.first_item_id is not null as is_repetition
from marts.fct_reconciliation_items as items
left join marts.fct_match_explanations as explanations
    on items.item_id = explanations.item_id
left join marts.fct_duplicate_items as duplicates
    on items.item_id = duplicates.item_id
where items.status <> 'matched'
order by items.item_on, items.item_id
