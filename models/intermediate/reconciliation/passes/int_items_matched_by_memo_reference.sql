{{ match_one_to_one('memo_reference', with_references=true) }}
