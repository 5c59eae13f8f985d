"""A project that knows nothing of this one installs the batching package and does what its README says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from dbt_runs import DBT

from orchestration.settings import PROJECT_DIR

PACKAGE = PROJECT_DIR / "packages" / "batching"
PROJECT = """
name: shop
profile: shop
flags: {send_anonymous_usage_stats: false, require_generic_test_arguments_property: true}
"""
PROFILES = "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 1}}}\n"


def written(language: str) -> list[str]:
    """The blocks of the README in a language, in order."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    return [re.sub("^   ", "", block, flags=re.MULTILINE) for block in blocks]


@pytest.mark.long
def test_a_shop_fills_its_gaps(tmp_path: Path) -> None:
    package, shop = tmp_path / "elsewhere" / "batching", tmp_path / "shop"
    shutil.copytree(PACKAGE, package)
    (shop / "models").mkdir(parents=True)
    packages, hooks, tests = written("yaml")
    plan, orders = written("sql")
    (shop / "packages.yml").write_text(re.sub("local: .*", f"local: {package}", packages))
    (shop / "dbt_project.yml").write_text(PROJECT + hooks)
    (shop / "profiles.yml").write_text(PROFILES)
    (shop / "models" / "order_batches.sql").write_text(plan)
    (shop / "models" / "orders.sql").write_text(orders)
    (shop / "models" / "orders.yml").write_text(tests)
    days = {1: 2, 2: 3, 3: 1}

    def dbt(*arguments: str) -> tuple[bool, str]:
        """Deliver the orders of the days and run dbt."""
        rows = [
            f"select {day}{n} as order_id, 1.5 as amount, date '2026-03-0{day}' as ordered_on"
            for day, count in days.items()
            for n in range(count)
        ]
        (shop / "models" / "raw_orders.sql").write_text("\nunion all\n".join(rows))
        done = subprocess.run([DBT, *arguments], cwd=shop, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stdout

    def ran(said: str) -> list[str]:
        return re.findall(r"batch \d+ of \d+ · (\S+)", said)

    assert dbt("deps")[0]
    succeeded, said = dbt("build")
    assert succeeded, said
    assert ran(said) == ["2026-03-01", "2026-03-02", "2026-03-03"]
    days[1] += 1
    days[4] = 1
    assert ran(dbt("build")[1]) == ["2026-03-01", "2026-03-04"]
    with duckdb.connect(str(shop / "shop.duckdb")) as warehouse:
        warehouse.execute("delete from main.orders where ordered_on = date '2026-03-02'")
    succeeded, said = dbt("build")
    assert not succeeded and "batches_add_up" in said and ran(said) == []
    succeeded, said = dbt("build", "--vars", '{batch_force: ["2026-03-02"]}')
    assert succeeded and ran(said) == ["2026-03-02"]
    with duckdb.connect(str(shop / "shop.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("select count(*), sum(cents) from main.orders").fetchone() == (8, 1200)
