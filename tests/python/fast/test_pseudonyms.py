"""Employees who are not the demo company's need a key of one's own, and keep it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pyarrow.csv
import pyarrow.parquet
import pytest

from orchestration.collect import collect
from orchestration.lake.pseudonyms import (
    DEMO_EMPLOYEE_FILES,
    DEMO_KEY,
    PseudonymKeyError,
    hmac_pads,
    pseudonym_key,
    remember_key,
)
from orchestration.settings import PROJECT_DIR, Settings

DEMO = PROJECT_DIR / "landing" / "hr"


@pytest.fixture
def keyless(settings: Settings) -> Settings:
    """A zone without a key, with a folder for HR."""
    (settings.landing / "hr").mkdir()
    return replace(settings, pseudonym_key=None)


def deliver(settings: Settings, name: str = "employees.csv", replaced: tuple[str, str] = ("", "")) -> None:
    """The demo's employees, one text of them replaced by another."""
    text = (DEMO / "employees.csv").read_text()
    (settings.landing / "hr" / name).write_text(text.replace(*replaced) if replaced[0] else text)


def test_the_demo_is_known_by_its_files_on_both_engines() -> None:
    files = {hashlib.sha256(file.read_bytes()).hexdigest() for file in DEMO.glob("employees*")}
    assert files == DEMO_EMPLOYEE_FILES
    macro = (PROJECT_DIR / "macros" / "payroll" / "employee_key.sql").read_text()
    assert all(f"'{file}'" in macro for file in files) and f"'{DEMO_KEY}'" in macro


def test_the_demo_needs_no_key(keyless: Settings) -> None:
    deliver(keyless)
    assert collect(keyless).rows["hr_employees"] == 24
    assert pseudonym_key(keyless) == DEMO_KEY
    remember_key(keyless)
    assert not (keyless.lake / "_pseudonym_key").exists()


def test_books_without_employees_need_no_key(keyless: Settings) -> None:
    (keyless.landing / "ledger" / "accounts.csv").write_text(
        "gl_account,name,type,currency,bank_account\n1000,Bank,asset,EUR,DE1\n"
    )
    assert collect(keyless).loaded == 1


@pytest.mark.parametrize(
    ("name", "replaced"),
    [
        ("employees.csv", ("Odalys", "Odette")),
        ("employees_2026-02-16.csv", ("Assembly", "Sales")),
        ("EMPLOYEES_new.CSV", ("\n", "\r\n")),
    ],
)
def test_anybody_else_needs_one_before_anything_is_written(
    keyless: Settings, name: str, replaced: tuple[str, str]
) -> None:
    deliver(keyless)
    deliver(keyless, name, replaced)
    with pytest.raises(PseudonymKeyError, match="TIEOUT_PSEUDONYM_KEY is not set"):
        collect(keyless)
    assert not keyless.lake.exists()
    assert collect(replace(keyless, pseudonym_key="own")).rows["hr_employees"] > 0
    with pytest.raises(PseudonymKeyError):
        pseudonym_key(keyless)


def test_the_demos_people_as_parquet_or_from_an_api_are_not_the_demo(keyless: Settings) -> None:
    deliver(keyless)
    with pytest.raises(PseudonymKeyError):
        collect(replace(keyless, hr_url="https://hr.example.com"))
    employees = pyarrow.csv.read_csv(DEMO / "employees.csv")
    pyarrow.parquet.write_table(employees, keyless.landing / "hr" / "employees.parquet")
    with pytest.raises(PseudonymKeyError):
        collect(keyless)


def test_what_is_no_employee_is_not_asked_about(keyless: Settings) -> None:
    deliver(keyless)
    (keyless.landing / "hr" / "employees.txt").write_text("notes")
    (keyless.landing / "hr" / "employees_gone.csv").symlink_to(keyless.landing / "nothing.csv")
    assert collect(keyless).rows["hr_employees"] == 24


def test_another_key_is_told_and_the_fingerprint_is_not_the_key(keyless: Settings) -> None:
    first = replace(keyless, pseudonym_key="canary-7731")
    deliver(first)
    collect(first)
    remember_key(first)
    assert pseudonym_key(first) == "canary-7731"
    kept = keyless.lake / "_pseudonym_key"
    assert "canary" not in kept.read_text()
    for other in (replace(first, pseudonym_key="canary-7732"), keyless):
        with pytest.raises(PseudonymKeyError, match="is not the key that the lake") as caught:
            collect(other)
        assert "canary" not in str(caught.value)
        remember_key(other)
    assert pseudonym_key(first) == "canary-7731"
    kept.unlink()  # as the message says, where the key has to change
    assert pseudonym_key(replace(first, pseudonym_key="canary-7732")) == "canary-7732"


@pytest.mark.parametrize("key", ["k", "x" * 64, "x" * 65, "ключ é 'quoted' %20" * 9])
@pytest.mark.parametrize("message", ["E1001", "", "Ärztin 7"])
def test_the_pads_make_an_hmac(key: str, message: str) -> None:
    inner, outer = map(bytes.fromhex, hmac_pads(key))
    by_hand = hashlib.sha256(outer + hashlib.sha256(inner + message.encode()).digest()).hexdigest()
    assert by_hand == hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
