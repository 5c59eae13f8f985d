"""What made the figures: the code, the tools and the policy."""

from __future__ import annotations

import subprocess
from importlib.metadata import version

import duckdb

from orchestration.evidence.folders import sha256
from orchestration.report.answers import Answer
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.warehouse.inputs import run_inputs

_TOOLS = ("duckdb", "dbt-core", "dbt-duckdb")
_POLICY = PROJECT_DIR / "seeds" / "reference"


def versions(settings: Settings, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Name and value of each."""
    return [
        ("Code", _code()),
        ("Built by", _built_by(settings, connection)),
        *((package, version(package)) for package in _TOOLS),
    ]


def policy() -> Answer:
    """The SHA-256 of each seed that a controller may change."""
    rows = [{"seed": file.name, "sha256": sha256(file)} for file in sorted(_POLICY.glob("*.csv"))]
    return Answer("policy", "", (), rows, columns=("seed", "sha256"))


def _code() -> str:
    """The commit, with -dirty where files differ from it, or the package's version where there is no git."""
    command = ["git", "-C", str(PROJECT_DIR), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        described = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return f"tieout {version('tieout')}"
    return f"tieout {version('tieout')}, commit {described}"


def _built_by(settings: Settings, connection: duckdb.DuckDBPyConnection) -> str:
    """Whether the code and the policy that are here now are those that the warehouse was built by."""
    try:
        built_by = connection.execute(
            """
            select distinct inputs.fingerprint
            from ops.node_states as nodes
            left join ops.run_inputs as inputs
                on nodes.invocation_id = inputs.invocation_id and inputs.name = 'project'
            where nodes.domain = 'bank'
            """
        ).fetchall()
    except duckdb.CatalogException:
        return "cannot be told: a published copy does not hold it"
    if built_by == [(run_inputs(settings, "")["project"],)]:
        return "this code, with this policy"
    return "another state of the code, the policy or the settings than is here now: build again to be sure"
