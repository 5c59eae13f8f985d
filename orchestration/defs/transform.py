"""The dbt project as assets: every seed and model an asset, every data test an asset check."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.project import (
    WAREHOUSE_POOL,
    LayerTranslator,
    build_arguments,
    dbt_project,
    prepared_manifest,
)


class NightConfig(dg.Config):
    """business_date: as-of date (YYYY-MM-DD); the last date the statements cover when left out."""

    business_date: str | None = None


@dbt_assets(
    manifest=prepared_manifest(),
    project=dbt_project,
    dagster_dbt_translator=LayerTranslator(),
    name="transform",
    pool=WAREHOUSE_POOL,
)
def transformed(context: dg.AssetExecutionContext, config: NightConfig, dbt: DbtCliResource) -> Iterator[Any]:
    """Build and test the selected seeds and models."""
    with _collecting_off():
        invocation = dbt.cli(build_arguments(config.business_date), context=context)
    yield from invocation.stream()


@contextmanager
def _collecting_off() -> Iterator[None]:
    """A dbt process started inside builds from the lake as the collect assets left it."""
    before = os.environ.get("TIEOUT_COLLECT")
    os.environ["TIEOUT_COLLECT"] = "off"
    try:
        yield
    finally:
        if before is None:
            del os.environ["TIEOUT_COLLECT"]
        else:
            os.environ["TIEOUT_COLLECT"] = before
