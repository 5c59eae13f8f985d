"""The desk: pages on which a controller works off the morning. Each act is a row of a decision file."""

from orchestration.desk.app import desk

__all__ = ["desk"]
