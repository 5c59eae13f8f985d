{{ match_messages() }}
