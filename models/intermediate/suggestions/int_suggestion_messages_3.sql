{{ match_messages('int_suggestion_messages_2') }}
