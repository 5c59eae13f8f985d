{{ match_group('reference_group') }}
