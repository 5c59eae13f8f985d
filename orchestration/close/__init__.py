"""Closing: what a business date or a pay period came to becomes facts of the lake, once it may."""
