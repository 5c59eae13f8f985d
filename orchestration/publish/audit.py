"""The audit before anything is published: is the warehouse whole and tested, and are its reds accepted?

Domains are audited apart, so that a question of payroll keeps nobody from the books.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import duckdb

from orchestration.publish.errors import PublishRefusedError
from orchestration.warehouse.controls import acceptance, green_count, red_controls, refusal
from orchestration.warehouse.inputs import DONE, LEFT_OUT

BANK, PAYROLL, OPERATIONS = DOMAINS = ("bank", "payroll", "operations")
_SHOWN = 20
# As a refusal begins.
_NAMES = {BANK: "the bank is", PAYROLL: "payroll is", OPERATIONS: "operations are"}


@dataclass(frozen=True)
class Audit:
    """What an audit found of one domain. red: accepted, all of them, unless refused.

    note: the controls that were red and accepted, and the data tests that were left out, or None.
    refused: why the domain is not published, or None.
    is_built: whether all of it is built and tested, so that only a red control can refuse.
    """

    as_of_on: datetime.date
    green: int
    red: int
    note: str | None
    refused: str | None
    is_built: bool


def audit(warehouse: duckdb.DuckDBPyConnection) -> dict[str, Audit]:
    """Audit the domains of the warehouse that is the connection's default database.

    Raises PublishRefusedError where none can be judged: a warehouse of another version, or without a date.
    """
    try:
        (as_of_on,) = warehouse.execute("select max(as_of_on) from intermediate.int_as_of_date").fetchone()
        found = {domain: _audit_domain(warehouse, domain, as_of_on) for domain in DOMAINS}
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise PublishRefusedError(
            "nothing is published: the warehouse was not built by this version of Tieout. Run `dbt build`"
            " first"
        ) from error
    if as_of_on is None:
        raise PublishRefusedError(
            "nothing is published: there is no business date yet. Run `tieout collect` and `dbt build` first"
        )
    return found


def _audit_domain(warehouse: duckdb.DuckDBPyConnection, domain: str, as_of_on: datetime.date) -> Audit:
    undone, left_out = _undone(warehouse, domain), _left_out(warehouse, domain)
    if undone or domain == OPERATIONS:
        return Audit(as_of_on, 0, 0, left_out, undone, not undone)
    red = red_controls(warehouse, domain)
    refused = refusal(f"{_NAMES[domain]} not published", red)
    note = "; ".join(filter(None, [acceptance(red), left_out])) or None
    return Audit(as_of_on, green_count(warehouse, domain), len(red), note, refused, True)


def _left_out(warehouse: duckdb.DuckDBPyConnection, domain: str) -> str | None:
    (count,) = warehouse.execute(
        "select count(*) from ops.node_states where status = $1 and domain = $2", [LEFT_OUT, domain]
    ).fetchone()
    return f"{count:,} data tests of {domain} were left out" if count else None


def _undone(warehouse: duckdb.DuckDBPyConnection, domain: str) -> str | None:
    undone = warehouse.execute(
        """
        select status, resource_type, split_part(node_id, '.', 3) || coalesce(' (' || broken_rules || ')', '')
        from ops.node_states
        where status not in (select unnest($1)) and domain = $2
        order by all
        """,
        [[*DONE, LEFT_OUT], domain],
    ).fetchall()
    if not undone:
        return None
    failed = [node for node in undone if node[0] != "pending"]
    lines = [f"  {status}  {resource_type} {name}" for status, resource_type, name in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        lines.append(f"  and {len(failed) - _SHOWN} more")
    pending = len(undone) - len(failed)
    if pending:
        lines.append(f"  {pending:,} did not run since what they depend on was built")
    return "\n".join(
        [
            f"{_NAMES[domain]} not published: {len(undone):,} models and tests are not as they must be.",
            *lines,
            "Mend what failed and run `dbt retry`, or `dbt build` to the end",
        ]
    )
