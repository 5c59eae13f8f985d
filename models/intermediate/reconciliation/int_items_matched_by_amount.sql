{{ match_one_to_one(
    rule_code='amount',
    passes=[
        'int_items_matched_by_reference',
        'int_items_matched_by_memo_reference',
        'int_items_matched_by_reference_group',
    ],
    bank_key="''",
    ledger_key="''"
) }}
