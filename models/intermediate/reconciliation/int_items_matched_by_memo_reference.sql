{{ match_one_to_one(
    rule_code='memo_reference',
    passes=['int_items_matched_by_reference'],
    bank_key='memo_reference_key',
    ledger_key='reference_key'
) }}
