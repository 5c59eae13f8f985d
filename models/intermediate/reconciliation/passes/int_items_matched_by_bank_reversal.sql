{{ match_reversals('bank_reversal', side='bank') }}
