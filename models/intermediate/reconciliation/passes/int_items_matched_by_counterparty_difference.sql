{{ match_with_difference('counterparty_difference') }}
