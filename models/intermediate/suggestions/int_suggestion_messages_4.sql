{{ match_messages(ref('int_suggestion_scores')) }}
