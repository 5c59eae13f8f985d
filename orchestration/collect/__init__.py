"""Collect: from landing/ and the ledger's database into the append-only lake."""
