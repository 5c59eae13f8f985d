"""Signed decision files: what is taken of whom, with real keys."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from orchestration.cli import main
from orchestration.collect import collect
from orchestration.collect.signatures import SigningError, new_key, sign
from orchestration.settings import Settings, SettingsError

HEADER = "decision_id,decision,subjects,reason,decided_by,decided_at"


@pytest.fixture
def signing(settings: Settings) -> Settings:
    """A zone in which Ann Keller and Bela Nagy sign, whose private keys stand in ann and bela."""
    folder = settings.landing.parent
    people = {"Ann Keller": folder / "ann", "Bela Nagy": folder / "bela"}
    rows = [f"{person},{new_key(file)}" for person, file in people.items()]
    signers = folder / "signers.csv"
    signers.write_text("\n".join(["person,public_key", *rows]) + "\n")
    (settings.landing / "decisions").mkdir()
    return replace(settings, signers=signers)


def deliver(settings: Settings, name: str, *authors: str) -> Path:
    """Write a file with a decision of each author."""
    lines = [
        f"{name}-{number},explain,i{number},a cheque,{author},2026-03-02T10:00:00"
        for number, author in enumerate(authors, start=1)
    ]
    file = settings.landing / "decisions" / f"{name}.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return file


def key(settings: Settings, person: str) -> str:
    return (settings.landing.parent / person).read_text()


def taken(settings: Settings) -> list[tuple[str, bool]]:
    """The decisions in the lake, and whether each is signed."""
    files = str(settings.lake / "decisions" / "*.parquet")
    return duckdb.execute(
        f"select decision_id, signed_with is not null from read_parquet('{files}') order by decision_id"
    ).fetchall()


def refusals(settings: Settings) -> list[tuple[str, str, str | None]]:
    files = str(settings.lake / "collected_files" / "*.parquet")
    return duckdb.execute(
        f"select path, reason, position from read_parquet('{files}')"
        " where status = 'quarantined' order by load_id"
    ).fetchall()


def test_a_signed_decision_is_taken_and_its_key_noted(signing: Settings) -> None:
    sign(deliver(signing, "signed", "Ann Keller"), key(signing, "ann"))
    deliver(signing, "free", "Carla")
    collect(signing)
    assert taken(signing) == [("free-1", False), ("signed-1", True)]
    assert refusals(signing) == []


@pytest.mark.parametrize("name", ["Ann Keller", "KELLER, ann", "Ann Kеller"])
def test_nobody_decides_in_the_name_of_somebody_who_signs(signing: Settings, name: str) -> None:
    author = f'"{name}"'
    deliver(signing, "unsigned", "Carla", author)
    sign(deliver(signing, "foreign", author), key(signing, "bela"))
    collect(signing)
    assert taken(signing) == []
    told = "signs decisions, and this file is not signed with that key: `tieout sign` it"
    assert [(path, told in reason, position) for path, reason, position in refusals(signing)] == [
        ("decisions/foreign.csv", True, "line 2"),
        ("decisions/unsigned.csv", True, "line 3"),
    ]


def test_an_altered_file_is_refused_though_the_signature_lies_beside_it(signing: Settings) -> None:
    file = deliver(signing, "altered", "Ann Keller")
    sign(file, key(signing, "ann"))
    file.write_text(file.read_text().replace(",i1,", ",i2,"))
    collect(signing)
    assert taken(signing) == []
    ((_, reason, _),) = refusals(signing)
    assert reason.startswith("line 1 of its .sig is no signature of these bytes: they were altered since")


def test_what_is_signed_for_one_company_is_refused_in_another(signing: Settings) -> None:
    for name, company in {"ours": "Nord AG", "theirs": "Süd AG", "nobodys": None}.items():
        sign(deliver(signing, name, "Ann Keller"), key(signing, "ann"), company)
    collect(replace(signing, company="Nord AG"))
    assert taken(signing) == [("ours-1", True)]
    told = {path: reason for path, reason, _ in refusals(signing)}
    assert told.keys() == {"decisions/theirs.csv", "decisions/nobodys.csv"}
    assert all(reason.endswith("or of another company than Nord AG") for reason in told.values())
    unnamed = replace(signing, lake=signing.lake.with_name("unnamed"))
    collect(unnamed)
    assert taken(unnamed) == [("nobodys-1", True)]


def test_a_signature_that_comes_later_takes_the_file_out_of_quarantine(signing: Settings) -> None:
    file = deliver(signing, "late", "Ann Keller")
    collect(signing)
    assert collect(signing).is_nothing_new
    sign(file, key(signing, "ann"))
    assert collect(signing).loaded == 1
    assert taken(signing) == [("late-1", True)]


def test_every_author_of_a_file_signs_it(signing: Settings) -> None:
    file = deliver(signing, "both", "Ann Keller", "Bela Nagy")
    sign(file, key(signing, "ann"))
    collect(signing)
    assert taken(signing) == []
    sign(file, key(signing, "bela"))
    sign(file, key(signing, "bela"))
    assert len(file.with_name("both.csv.sig").read_text().splitlines()) == 2
    collect(signing)
    assert taken(signing) == [("both-1", True), ("both-2", True)]


def test_a_signed_file_under_another_name_is_the_same_file(signing: Settings) -> None:
    file = deliver(signing, "once", "Ann Keller")
    sign(file, key(signing, "ann"))
    collect(signing)
    for suffix in ("", ".sig"):
        again = file.with_name(f"again.csv{suffix}")
        again.write_bytes(file.with_name(file.name + suffix).read_bytes())
    summary = collect(signing)
    assert (summary.loaded, summary.duplicate) == (0, 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 70_000, b"one two\n", b"AAAA BBBB CCCC\n"])
def test_what_is_no_signature_signs_nothing(signing: Settings, content: bytes) -> None:
    file = deliver(signing, "odd", "Ann Keller")
    file.with_name("odd.csv.sig").write_bytes(content)
    collect(signing)
    assert taken(signing) == []
    assert len(refusals(signing)) == 1


def test_a_signature_without_its_file_is_told(signing: Settings) -> None:
    (signing.landing / "decisions" / "gone.csv.sig").write_text("x")
    collect(signing)
    assert refusals(signing) == [
        ("decisions/gone.csv.sig", "is not a decision file: decisions/ takes *.csv", None)
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("name,key\nAnn,x\n", "its columns must be person,public_key"),
        ("person,public_key\nAnn,x\n", "line 2 is not a person and a public key"),
        ("person,public_key\nAnn,{key}\nBela,{key}\n", "line 3: one key is one person's"),
    ],
)
def test_a_list_of_signers_that_is_lost_or_wrong_lets_nobody_in(
    settings: Settings, content: str | None, told: str
) -> None:
    signers = settings.landing.parent / "signers.csv"
    if content is not None:
        signers.write_text(content.format(key=new_key(signers.with_name("key"))))
    with pytest.raises(SettingsError, match=told):
        collect(replace(settings, signers=signers))
    with pytest.raises(SettingsError, match="must not lie in the landing folder"):
        collect(replace(settings, signers=settings.landing / "signers.csv"))


def test_keys_and_signatures_by_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    private, runner = settings.landing.parent / "ann", CliRunner()
    made = runner.invoke(main, ["keys", "new", str(private), "--by", "Ann Keller"])
    assert made.output.startswith("person,public_key\nAnn Keller,")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert private.read_text().strip() not in made.output
    assert runner.invoke(main, ["keys", "new", str(private)]).exit_code == 1

    (settings.landing / "decisions").mkdir()
    signers = settings.landing.parent / "signers.csv"
    signers.write_text(made.output)
    file = deliver(settings, "today", "Ann Keller")
    refused = runner.invoke(main, ["sign", str(file)])
    assert refused.exit_code == 1 and "there is no key to sign with" in refused.output
    monkeypatch.setenv("TIEOUT_SIGNING_KEY", private.read_text())
    assert runner.invoke(main, ["sign", str(file)]).exit_code == 0
    collect(replace(settings, signers=signers))
    assert taken(settings) == [("today-1", True)]

    private.chmod(0o644)
    opened = runner.invoke(main, ["sign", "--key", str(private), str(file)])
    assert opened.exit_code == 1 and "is open to others (mode 644): chmod 600" in opened.output


def test_what_is_signed_already_is_not_signed_over(signing: Settings) -> None:
    file = deliver(signing, "altered", "Ann Keller")
    sign(file, key(signing, "ann"))
    file.write_text(file.read_text() + "\n")
    with pytest.raises(SigningError, match="Remove it, and let each author sign again"):
        sign(file, key(signing, "bela"))
