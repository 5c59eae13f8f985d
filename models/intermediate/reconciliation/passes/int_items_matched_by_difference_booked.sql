{{ match_one_to_one('difference_booked', pool='int_difference_pool') }}
