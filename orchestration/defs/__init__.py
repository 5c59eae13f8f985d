"""What Dagster shows and runs, by concern. Nothing outside defs, definitions and cli knows Dagster."""
