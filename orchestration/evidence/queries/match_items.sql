-- The members of the matches of the month, on both sides, each with the evidence for it.
select
    items.match_id,
    items.side,
    items.item_id,
    items.item_kind,
    items.item_on,
    items.currency,
    items.amount,
    items.reference,
    items.counterparty,
    items.memo,
    explanations.explanation,
    explanations.agreed,
    explanations.against,
    explanations.coincidences,
    items.file_hash,
    items.line_number
from marts.fct_reconciliation_items as items
left join marts.fct_match_explanations as explanations
    on items.item_id = explanations.item_id
where items.match_id in (select account_matches.match_id from account_matches)
order by items.match_id, items.side, items.item_on, items.amount, items.item_id
