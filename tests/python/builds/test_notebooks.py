"""What an analyst runs: the notebooks and the Python of docs/for_analysts.md. Needs the extra `analysts`."""

from __future__ import annotations

import importlib.util
import re
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from orchestration.settings import PROJECT_DIR

for package in ("marimo", "pandas", "polars"):
    pytest.importorskip(package, reason="no analysts' packages (pip install '.[analysts]')")

pytestmark = pytest.mark.long


@pytest.fixture
def published(demo_zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published copy that has what the demo's warehouse has; the demo itself is not published while red."""
    current = tmp_path / "published" / "current"
    (current / "payroll").mkdir(parents=True)
    for copy in ("tieout.duckdb", "payroll/tieout_payroll.duckdb"):
        (current / copy).symlink_to(demo_zone / "warehouse" / "tieout.duckdb")
    monkeypatch.setenv("TIEOUT_PUBLISHED", str(tmp_path / "published"))
    monkeypatch.setenv("TIEOUT_LANDING", str(PROJECT_DIR / "landing"))
    monkeypatch.chdir(tmp_path)
    return current / "tieout.duckdb"


def run(notebook: str, **chosen: Any) -> dict[str, Any]:
    """What the cells of a notebook define, with these values in the place of what its page asks for."""
    spec = importlib.util.spec_from_file_location(notebook, PROJECT_DIR / "notebooks" / f"{notebook}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, defined = module.app.run(defs={name: SimpleNamespace(value=value) for name, value in chosen.items()})
    return dict(defined)


def asked(database: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_number_is_followed_to_its_line_on_every_account(published: Path) -> None:
    texts = []
    for (account,) in asked(published, "select account_id from marts.dim_accounts"):
        found = run("follow_a_number", account=account)
        texts += [found["text"]] if "text" in found else []
    assert any("1854092" in text for text in texts)  # the amount, as BAI2 writes it


def test_an_account_is_reconciled_as_of_any_date(published: Path) -> None:
    dates = "select account_id, as_of_on from marts.fct_bank_reconciliations using sample 12 (reservoir, 1)"
    for account, as_of in asked(published, dates):
        found = run("reconcile_an_account", account=account, as_of=as_of)
        assert len(found["open_items"]) == found["row"]["open_item_count"], (account, as_of)


def test_a_pay_period_costs_what_its_payslips_do(published: Path) -> None:
    for (period,) in asked(published, "select distinct pay_period_id from payroll.fct_payslips"):
        assert run("cost_of_a_pay_period", period=period)["by_department"]["cost"].sum() > 0


def test_each_notebook_is_a_page_that_loads_nothing(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["notebooks", str(tmp_path / "pages")])
    runpy.run_path(str(PROJECT_DIR / "notebooks"), run_name="__main__")
    pages = {file.stem: file.read_text() for file in (tmp_path / "pages").iterdir()}
    assert pages.keys() == {file.stem for file in (PROJECT_DIR / "notebooks").glob("[!_]*.py")}
    for name, page in pages.items():
        assert "<script" not in page and "<marimo" not in page and not re.search(r"https?:", page), name
    # The sum of the open lines, and the line as the bank wrote it.
    assert "-27,408.56" in pages["follow_a_number"] and "1854092" in pages["follow_a_number"]


def test_what_is_not_published_is_asked_of_the_warehouse(
    published: Path, demo_zone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run("cost_of_a_pay_period")["by_item"]
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(demo_zone / "warehouse" / "tieout.duckdb"))
    monkeypatch.setenv("TIEOUT_PUBLISHED", str(published.parents[2] / "nothing"))
    assert run("cost_of_a_pay_period")["by_item"].equals(whole)
    assert len(run("reconcile_an_account")["open_items"]) > 0


def test_the_python_for_analysts_keeps_decimals(published: Path) -> None:
    page = (PROJECT_DIR / "docs" / "for_analysts.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    ((exact,),) = asked(
        published,
        "select sum(balance_per_bank) from marts.fct_bank_reconciliations"
        " where currency = 'EUR' and as_of_on = (select max(as_of_on) from marts.fct_bank_reconciliations)",
    )
    for block in blocks:
        values: dict[str, Any] = {}
        exec(block, values)
        assert values["cash"] == exact and not isinstance(values["cash"], float)
