{{ match_one_to_one('amount', is_by_amount=true) }}
