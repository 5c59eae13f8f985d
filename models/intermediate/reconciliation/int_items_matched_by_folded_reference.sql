{{ match_one_to_one('folded_reference') }}
