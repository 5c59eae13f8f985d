{{ match_one_to_one('counterparty') }}
