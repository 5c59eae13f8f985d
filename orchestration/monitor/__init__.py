"""Monitor: runs of dbt as facts of the lake, and alerts on what the warehouse shows."""
