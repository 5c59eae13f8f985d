{{ match_reversals('ledger_reversal', side='ledger') }}
