"""Readers of bank statement formats, told apart by content. Pure: a binary stream in, rows out."""
