"""Readers of what banks answer to payment files: NACHA returns and changes, and pain.002. Pure."""
