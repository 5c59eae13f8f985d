{{ match_one_to_one('own_transfer', pool='int_own_transfer_legs') }}
