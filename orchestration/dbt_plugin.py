"""dbt-duckdb plugin: a connection that opens first collects what has landed, so `dbt build` works by itself.

TIEOUT_COLLECT=off turns collecting off, for commands that must see the lake as it is. The connection also
gets the function behind the macro employee_key, so that its secret stands in no file.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Any
from urllib.parse import quote

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.settings import Settings

_state = {"collected": False}


class Plugin(BasePlugin):
    """Collects once per process. Its errors, such as a missing landing folder, end the dbt command."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Called by dbt-duckdb before the first connection is used. Makes the warehouse's folder too."""
        settings = Settings.from_environment()
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        if _state["collected"] or os.environ.get("TIEOUT_COLLECT", "").strip().lower() == "off":
            return
        _state["collected"] = True
        from orchestration.collect import collect

        log = logging.getLogger("orchestration.collect")
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        level, propagate = log.level, log.propagate
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False  # dbt's own handlers would print each line again
        try:
            summary = collect(settings)
        finally:
            log.removeHandler(handler)
            log.setLevel(level)
            log.propagate = propagate
        if not summary.is_nothing_new:
            print(summary, flush=True)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Called by dbt-duckdb when the connection opens. What it makes lives in memory and ends with it."""
        secret = quote(Settings.from_environment().pseudonym_key)  # as the filter urlencode in profiles.yml
        conn.execute("attach if not exists ':memory:' as pseudonyms")
        conn.execute(
            "create or replace macro pseudonyms.main.employee_key(employee_id)"
            f" as sha256(concat('{secret}', '/', employee_id))"
        )
