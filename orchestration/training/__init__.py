"""Training of the match weights: a job of its own, apart from the night.

It reads the candidate pairs of built warehouses and which of them belong together, and learns what each
level of each feature weighs, how far the one-to-one probability is right, and how much better that is than
the weights in use."""

from __future__ import annotations

from orchestration.training.learn import Measures, Outcome, learn, measure, train
from orchestration.training.pairs import TrainingError, load_pairs
from orchestration.training.weights import FEATURES, SEED, Weight, read_weights, write_weights

__all__ = [
    "FEATURES",
    "SEED",
    "Measures",
    "Outcome",
    "TrainingError",
    "Weight",
    "learn",
    "load_pairs",
    "measure",
    "read_weights",
    "train",
    "write_weights",
]
