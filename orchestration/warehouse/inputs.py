"""What a run of dbt reads beside what it builds: the project, the business date and the files of the lake.

Each input has a fingerprint. A run leaves those it read in the warehouse (macros/builds/run_inputs.sql), so
that a night builds only what reads something else than it did when it was built.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lake.datasets import DATASETS, source_of
from orchestration.lake.read import dataset_files, own_files, reading
from orchestration.settings import PROJECT_DIR, Settings

# Statuses of dbt that leave a node as it should be.
DONE = ("success", "pass", "warn", "no-op", "reused")
# Of a data test that TIEOUT_DATA_TESTS leaves out.
LEFT_OUT = "left out"
_PROJECT = "project"
_BUSINESS_DATE = "business date"
# What reads the business date calls one of these.
_DATE_MACROS = ("macro.tieout.business_date", "macro.tieout.given_business_date")
# What calls this one reads of the collected files only those of the dataset that it reads besides.
_LOADED_ROWS = "macro.tieout.loaded_rows"
_COLLECTED = "collected_files"
_EXCLUSIONS = "exclusions"
_FOLDERS = ("models", "seeds", "macros", "packages", "tests")
_SUFFIXES = {".sql", ".yml", ".csv", ".md"}


def project_files() -> Iterator[Path]:
    """Paths of all that dbt parses."""
    yield from (PROJECT_DIR / name for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"))
    for folder in _FOLDERS:
        yield from (path for path in (PROJECT_DIR / folder).rglob("*") if path.suffix in _SUFFIXES)


def run_inputs(
    settings: Settings, business_date: str, variables: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The fingerprint of each input, by its name.

    business_date: as given to the run, empty when it was not. variables: of the command line. A file of the
    lake is known by its name, size and time, so that one that was edited is another; the collected files of
    one source by what is recorded of them. Raises LakeDamagedError.
    """
    return {
        _PROJECT: _project(settings, variables or {}),
        _BUSINESS_DATE: business_date,
        **{_dataset(dataset): _digest(own_files(settings.lake, dataset)) for dataset in DATASETS},
        **{_files_of(source): digest for source, digest in _collected_files(settings.lake).items()},
    }


def stale_nodes(
    warehouse: Path, manifest: Mapping[str, Any], inputs: Mapping[str, str], domain: str
) -> set[str] | None:
    """Ids of a domain's nodes that the warehouse has from other inputs than these, or not as they must be.

    None when it does not know the project's nodes, so that all are to be built. A node that read another one
    before that was built again is pending there, and so stale. A test that warned is asked again.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            states = connection.execute(
                "select node_id, status, invocation_id, domain from ops.node_states"
            ).fetchall()
            known: dict[str, dict[str, str]] = {}
            for invocation, name, fingerprint in connection.execute("from ops.run_inputs").fetchall():
                known.setdefault(invocation, {})[name] = fingerprint
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    if {node for node, *_ in states} != _built(manifest):
        return None
    read = _inputs_read(manifest)
    stale = {
        node
        for node, status, invocation, _ in states
        if status not in DONE
        or status == "warn"
        or invocation not in known
        or any(inputs.get(name, "") != known[invocation].get(name, "") for name in read(node))
    }
    return _with_readers(manifest, stale).intersection(node for node, *_, of in states if of == domain)


def _with_readers(manifest: Mapping[str, Any], nodes: set[str]) -> set[str]:
    """The nodes, and all that read them, through others too."""
    found, added = set(nodes), set(nodes)
    while added:
        added = {reader for node in added for reader in manifest["child_map"].get(node, [])} - found
        found |= added
    return found


def _built(manifest: Mapping[str, Any]) -> set[str]:
    return {
        node
        for node, properties in manifest["nodes"].items()
        if properties["resource_type"] in ("seed", "model", "test")
    }


def _inputs_read(manifest: Mapping[str, Any]) -> Any:
    """A function from a node's id to the names of the inputs that it reads, through others too."""
    dated = _callers(manifest, _DATE_MACROS)

    @functools.cache
    def read(node_id: str) -> frozenset[str]:
        if node_id in manifest["sources"]:
            return frozenset({_dataset(manifest["sources"][node_id]["identifier"])})
        depends_on = manifest["nodes"][node_id]["depends_on"]
        own = {_PROJECT} | ({_BUSINESS_DATE} if dated.intersection(depends_on["macros"]) else set())
        found = frozenset(own).union(*map(read, depends_on.get("nodes", [])))
        if _LOADED_ROWS not in depends_on["macros"]:
            return found
        of_sources = {_files_of(source_of(dataset)) for dataset in DATASETS if _dataset(dataset) in found}
        own_files = of_sources - {_files_of(_COLLECTED), _files_of(_EXCLUSIONS)}
        return found - {_dataset(_COLLECTED)} | own_files

    return read


def _callers(manifest: Mapping[str, Any], called: tuple[str, ...]) -> set[str]:
    """The macros given, and those that call them, through others too."""
    found: set[str] = set()
    added = set(called)
    while added:
        found |= added
        added = {
            key
            for key, macro in manifest["macros"].items()
            if key not in found and added.intersection(macro["depends_on"]["macros"])
        }
    return found


def _dataset(name: str) -> str:
    return f"lake {name}"


def _files_of(source: str) -> str:
    return f"collected files of {source}"


def _collected_files(lake: Path) -> dict[str, str]:
    """What loaded_rows reads of the files of each source, as a digest."""
    files = dataset_files(lake, _COLLECTED)
    if not files:
        return {}
    with reading() as connection:
        rows = connection.execute(
            "select source, sha256(string_agg(attempt, '\n' order by attempt)) from ("
            " select source, concat(load_id, ' ', status, ' ', file_hash, ' ', path) as attempt"
            " from read_parquet(?, union_by_name = true)) group by source",
            [list(map(str, files))],
        )
        return dict(rows.fetchall())


def _project(settings: Settings, variables: Mapping[str, Any]) -> str:
    """What is built, with which variables and versions, and the secret that hashes people."""
    digest = hashlib.sha256()
    for part in (
        json.dumps(variables, sort_keys=True, default=str),
        *(version(package) for package in ("dbt-core", "dbt-duckdb", "duckdb")),
        settings.pseudonym_key,
        str(settings.lake),
        *((settings.target, str(settings.spark_warehouse)) if settings.is_on_spark else ()),
    ):
        digest.update(f"{part}\0".encode())
    for path in sorted(project_files()):
        digest.update(f"{path.relative_to(PROJECT_DIR)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _digest(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
