"""Dagster definitions by concern: collect, transform, night."""
