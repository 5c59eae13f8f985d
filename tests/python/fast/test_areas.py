"""The walls between the areas of the warehouse, as the manifest has them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from dbt_runs import run_dbt

from orchestration.defs.project import prepared_manifest
from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.inputs import _inputs_read

# Which areas an area reads; each stands below all that it reads, so two areas never read one another.
READS = {
    "collect": "",
    "calendar": "",
    "decisions": "",
    "closes": "decisions",
    "ledger": "collect",
    "bank": "collect decisions closes ledger",
    "accounts": "collect closes ledger bank",
    "payments": "bank",
    "payroll": "collect calendar decisions accounts payments",
    "reconciliation": "collect calendar decisions closes ledger bank accounts payments",
    "suggestions": "reconciliation",
    "reports": "collect decisions closes bank accounts payments reconciliation",
    "documents": "collect ledger accounts reconciliation",
    "controls": (
        "collect decisions closes ledger bank accounts payments payroll reconciliation reports documents"
    ),
    "operations": "collect calendar ledger bank accounts payroll reconciliation reports controls",
}
# What a variable may put in the place of a model that another area reads: suggestion_pool.
READ_BY_VARIABLE = {"int_items_pool"}
SELECTORS = ("bank", "payroll", "controls", "operations")

# A table as a query outside dbt names it.
_OF_A_SCHEMA = re.compile(r"\b(?:marts|payroll|documents|operations|intermediate|staging|reference)\.(\w+)")

Node = dict[str, Any]


@cache
def nodes() -> dict[str, Node]:
    return json.loads(prepared_manifest().read_text())["nodes"]


@cache
def exposures() -> dict[str, Node]:
    return json.loads(prepared_manifest().read_text())["exposures"]


@cache
def models() -> dict[str, Node]:
    return {name: node for name, node in nodes().items() if node["resource_type"] == "model"}


def area(node: Node) -> str | None:
    return node["group"]


def parents(node: Node) -> list[str]:
    return [name for name in node["depends_on"].get("nodes", []) if name in nodes()]


def ancestors(name: str) -> set[str]:
    found: set[str] = set()
    left = [name]
    while left:
        new = set(parents(nodes()[left.pop()])) - found
        found |= new
        left += new
    return found


def calling(macro: str) -> set[str]:
    return {
        name for name, node in models().items() if f"macro.tieout.{macro}" in node["depends_on"]["macros"]
    }


def test_a_folder_is_an_area() -> None:
    for node in models().values():
        assert Path(node["original_file_path"]).parts[2] == area(node)
    assert {area(node) for node in models().values()} == set(READS)


def test_areas_read_one_another_in_one_direction() -> None:
    read = {name: set() for name in READS}
    for node in models().values():
        read[area(node)] |= {area(models()[name]) for name in parents(node) if name in models()}
    for name in READS:
        assert read[name] - {name} == set(READS[name].split()), name
    above: set[str] = set()
    for name, areas in READS.items():
        assert set(areas.split()) <= above, name
        above.add(name)


def test_what_others_read_is_protected_and_nothing_else() -> None:
    readers = defaultdict(set)
    for node in nodes().values():
        if node["resource_type"] in ("model", "test"):
            for name in set(parents(node)) & set(models()):
                readers[name].add(area(node))
    for exposure in exposures().values():
        for name in exposure["depends_on"]["nodes"]:
            readers[name].add("outside")
    for name, node in models().items():
        is_read = bool(readers[name] - {area(node), None}) or node["name"] in READ_BY_VARIABLE
        is_mart = node["fqn"][1] == "marts"
        assert node["access"] == ("public" if is_mart else "protected" if is_read else "private"), name


def test_an_exposure_names_what_its_room_reads() -> None:
    names = {node["name"]: node for node in nodes().values() if node["resource_type"] in ("model", "seed")}
    marts = {name for name, node in names.items() if node["fqn"][1] == "marts"}
    for exposure in exposures().values():
        told = {nodes()[name]["name"] for name in exposure["depends_on"]["nodes"]}
        room = exposure["meta"].get("room")
        files = (
            [file for file in (PROJECT_DIR / room).rglob("*") if file.suffix in (".py", ".sql")]
            if room
            else []
        )
        read = {name for file in files for name in _OF_A_SCHEMA.findall(file.read_text()) if name in names}
        assert told == (read if room else marts), exposure["name"]


def test_spark_makes_a_table_of_what_is_read_outside() -> None:
    read = {name for exposure in exposures().values() for name in exposure["depends_on"]["nodes"]}
    views = {name for name in read if nodes()[name]["config"]["materialized"] == "view"}
    assert views == calling("read_outside")


def test_the_lineage_site_opens_on_every_mart_and_area() -> None:
    page = (PROJECT_DIR / "models" / "overview.md").read_text()
    marts = {name for name, node in models().items() if node["fqn"][1] == "marts"}
    assert set(re.findall(r"#!/model/([\w.]+)", page)) == marts
    # Another address for each, since the site opens a graph only when it is loaded.
    graphs = re.findall(r"\[(\w+)\]\(\?(\w+)#!/overview\?g_v=1&g_i=group:(\w+)\)", page)
    assert [name for name, *_ in graphs] == [group for *_, group in graphs] and set(graphs[0]) == {"collect"}
    assert {group for *_, group in graphs} == {area(node) for node in models().values()}
    steps = re.findall(
        r"\[(\w+)\]\((\?\w+#!/overview\?g_v=1&g_i=group:\w+,tieout\.intermediate\.(\w+)\.(\w+))\)", page
    )
    for name, address, group, step in steps:
        selected = f"group:{group},tieout.intermediate.{group}.{step}"
        assert (name, address) == (step, f"?{group}_{step}#!/overview?g_v=1&g_i={selected}")
    folders = [node["fqn"][1:-1] for node in models().values()]
    parted = {tuple(rest) for layer, *rest in folders if layer == "intermediate" and len(rest) == 2}
    assert {(group, step) for *_, group, step in steps} == parted
    assert max(Counter(map(tuple, folders)).values()) <= 20


def test_nothing_of_the_bank_waits_for_payroll() -> None:
    for name, node in models().items():
        if area(node) not in ("payroll", "controls", "operations") or node["name"] == "fct_control_totals":
            assert not [a for a in ancestors(name) if a in models() and area(models()[a]) == "payroll"], name


def test_payslips_wait_for_nothing_of_the_bank() -> None:
    for model in (
        "fct_payslips",
        "fct_payroll_journal_lines",
        "int_payment_files_due",
        "int_period_questions",
    ):
        read = {area(models()[a]) for a in ancestors(f"model.tieout.{model}") if a in models()}
        assert read <= {"payroll", "payments", "calendar", "decisions", "collect"}, model


def test_a_file_of_the_bank_is_no_input_of_what_payroll_stages() -> None:
    read = _inputs_read(json.loads(prepared_manifest().read_text()))
    staged = {node["name"]: read(name) for name, node in models().items() if "stg_payroll__" in name}
    assert "collected files of hr_leave" in staged["stg_payroll__leave"]
    of_the_bank = ("lake bank_statement", "collected files of bank_statements", "lake collected_files")
    for model, inputs in staged.items():
        assert not [name for name in inputs if name.startswith(of_the_bank)], model


@pytest.fixture(scope="module")
def selected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The ids of what each selector builds and tests."""
    folder = tmp_path_factory.mktemp("selectors")
    found = {}
    for name in SELECTORS:
        listed = run_dbt(
            *("ls", "--quiet", "--selector", name, "--output", "json", "--output-keys", "unique_id"),
            zone=folder,
            landing=folder,
        )
        found[name] = {
            json.loads(line)["unique_id"] for line in listed.stdout.splitlines() if line[:1] == "{"
        }
    return found


def test_a_selector_holds_all_that_it_reads(selected: dict[str, set[str]]) -> None:
    for name, ids in selected.items():
        for node in (nodes()[i] for i in ids if i in nodes()):
            assert set(parents(node)) <= ids, (name, node["name"])
    assert set(models()) <= set.union(*selected.values())


def test_the_bank_is_selected_without_payroll_and_payroll_without_the_reconciliation(
    selected: dict[str, set[str]],
) -> None:
    def areas(name: str) -> set[str]:
        return {area(models()[i]) for i in selected[name] if i in models()}

    assert areas("bank") == set(READS) - {"payroll", "operations"}
    assert not {"reconciliation", "suggestions", "reports", "controls", "operations"} & areas("payroll")


def test_every_batched_model_and_plan_is_told_of() -> None:
    batched = {name for name, node in models().items() if node["config"]["materialized"] == "batched"}
    plans = {
        name for name, node in models().items() if "macro.batching.batch_plan" in node["depends_on"]["macros"]
    }
    controlled = {
        parent
        for node in models().values()
        if "macro.tieout.batch_remainders" in node["depends_on"]["macros"]
        for parent in parents(node)
    }
    assert len(batched) == 9
    assert batched <= set(parents(models()["model.tieout.fct_batch_runs"]))
    assert batched | plans == set(parents(models()["model.tieout.fct_batch_gaps"]))
    assert plans <= controlled
