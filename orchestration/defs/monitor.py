"""What the night found odd, as asset checks: they warn, and stop nothing."""

import dagster as dg

from orchestration.defs.project import WAREHOUSE_POOL
from orchestration.lake.lock import open_when_free
from orchestration.outside import shown
from orchestration.settings import Settings

_SHOWN = 20


def _warning(mart: str, name: str, description: str, query: str) -> dg.AssetChecksDefinition:
    """A check that passes when the query has no row. query: one sentence per row, the most telling first."""

    @dg.asset_check(
        asset=dg.AssetKey(["operations", mart]), name=name, description=description, pool=WAREHOUSE_POOL
    )
    def check() -> dg.AssetCheckResult:
        settings = Settings.from_environment()
        with open_when_free(settings.warehouse, settings.lock_timeout_seconds) as warehouse:
            found = [sentence for (sentence,) in warehouse.execute(query).fetchall()]
        return dg.AssetCheckResult(
            passed=not found,
            severity=dg.AssetCheckSeverity.WARN,
            description="\n".join(map(shown, found[:_SHOWN])) or None,
            metadata={"found": len(found)},
        )

    return check


warnings = [
    _warning(
        "fct_anomalies",
        "nothing_is_odd",
        "No metric of the business date is far from what was usual, known events aside.",
        """
        select subject || ': ' || explanation from operations.fct_anomalies
        where status = 'anomaly' and business_date = (select max(as_of_on) from intermediate.int_as_of_date)
        order by abs(score) desc
        """,
    ),
    _warning(
        "fct_source_freshness",
        "sources_are_on_time",
        "Every bank account, the ledger, the time clocks and HR have delivered what was due.",
        """
        select subject_name || ' is ' || status || ': last delivered '
            || coalesce(cast(last_delivered_on as varchar), 'never') || ', due ' || cast(due_on as varchar)
        from operations.fct_source_freshness
        where status <> 'on time'
        order by business_days_late desc nulls first, subject_name
        """,
    ),
]
