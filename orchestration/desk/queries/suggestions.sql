select
    suggestion_id,
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    evidence_for,
    evidence_against,
    probability
from marts.fct_match_suggestions
order by probability desc, suggestion_id, bank_item_id, ledger_item_id
