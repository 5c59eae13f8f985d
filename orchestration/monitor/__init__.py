"""Monitor: what of the last night is not as it must be, and telling people of it, once."""
