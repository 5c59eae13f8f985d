"""The lake: append-only Parquet, one folder per dataset, and the only way into it."""
