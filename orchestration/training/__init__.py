"""Training of the match weights: a job of its own, apart from the night.

It reads the candidate pairs of a built warehouse, has Splink estimate by expectation maximisation how
often each level of each feature comes among pairs that belong together (m) and among the others (u), and
writes the seed that int_suggestion_scores looks weights up in. Labels are not needed and not read.
"""

from __future__ import annotations

from orchestration.training.weights import FEATURES, SEED, TrainingError, train, write_weights

__all__ = ["FEATURES", "SEED", "TrainingError", "train", "write_weights"]
