select
    suggestion_id,
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    evidence_for,
    evidence_against,
    days_after_ledger,
    probability,
    runner_up_probability,
    match_weight,
    amount_difference
from {{ ref('int_match_suggestions') }}
