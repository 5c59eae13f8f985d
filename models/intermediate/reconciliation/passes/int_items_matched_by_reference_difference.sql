{{ match_with_difference('reference_difference', with_references=true) }}
