"""The base of every error that Tieout raises on purpose. Each error itself is in the room that raises it."""

from __future__ import annotations


class TieoutError(Exception):
    """Something is not as it must be. The message is for a person: what, and what to do."""
