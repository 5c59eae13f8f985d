{{ match_group('memo_group') }}
