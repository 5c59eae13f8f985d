{{ match_one_to_one('reference') }}
