{{ match_one_to_one(
    rule_code='reference',
    passes=[],
    bank_key='reference_key',
    books_key='reference_key'
) }}
