{{ match_with_difference('reference_difference') }}
