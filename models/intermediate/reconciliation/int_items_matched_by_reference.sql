{{ match_one_to_one(
    rule_code='reference',
    passes=[],
    bank_key='reference_key',
    ledger_key='reference_key'
) }}
