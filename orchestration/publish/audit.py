"""The audit before anything is published: is the warehouse whole and tested, and are its reds accepted?"""

from __future__ import annotations

import datetime
from typing import NamedTuple

import duckdb

from orchestration.publish.errors import PublishRefusedError
from orchestration.warehouse.controls import acceptance, red_controls, red_payroll_controls, refusal

# Statuses of dbt that leave a node as it should be.
_DONE = ("success", "pass", "warn", "no-op", "reused")
_SHOWN = 20


class Audit(NamedTuple):
    """What an audit that passed found. accepted: the red controls, each accepted. note: which, or None."""

    as_of_on: datetime.date
    green: int
    accepted: int
    note: str | None


def audit(warehouse: duckdb.DuckDBPyConnection) -> Audit:
    """Audit the warehouse that is the connection's default database. Raises PublishRefusedError."""
    try:
        _refuse_unless_built(warehouse)
        (as_of_on,) = warehouse.execute("select max(as_of_on) from intermediate.int_as_of_date").fetchone()
        red = red_controls(warehouse) + red_payroll_controls(warehouse)
        (total,) = warehouse.execute(
            """
            select
                (select count(*) from marts.fct_control_totals)
                + (select count(*) from marts.fct_payroll_controls where control_code <> 'period_questions')
            """
        ).fetchone()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise PublishRefusedError(
            "nothing is published: the warehouse was not built by this version of Tieout. Run `dbt build`"
            " first"
        ) from error
    if as_of_on is None:
        raise PublishRefusedError(
            "nothing is published: there is no business date yet. Run `tieout collect` and `dbt build` first"
        )
    refused = refusal("nothing is published", red)
    if refused:
        raise PublishRefusedError(refused)
    return Audit(as_of_on, total - len(red), len(red), acceptance(red))


def _refuse_unless_built(warehouse: duckdb.DuckDBPyConnection) -> None:
    undone = warehouse.execute(
        """
        select status, resource_type, split_part(node_id, '.', 3)
        from ops.node_states
        where status not in (select unnest($1))
        order by all
        """,
        [list(_DONE)],
    ).fetchall()
    if not undone:
        return
    failed = [node for node in undone if node[0] != "pending"]
    lines = [f"  {status}  {resource_type} {name}" for status, resource_type, name in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        lines.append(f"  and {len(failed) - _SHOWN} more")
    pending = len(undone) - len(failed)
    if pending:
        lines.append(f"  {pending:,} did not run since what they depend on was built")
    raise PublishRefusedError(
        "\n".join(
            [
                f"nothing is published: {len(undone):,} models and tests are not as they must be.",
                *lines,
                "Mend what failed and run `dbt retry`, or `dbt build` to the end",
            ]
        )
    )
