"""`tieout verify`: copies outside the lake, anchors that other places hold, and explanations."""

from __future__ import annotations

import datetime
import errno
import json
import os
import resource
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from published_zone import Zone

from orchestration.cli import main
from orchestration.lake import packs
from orchestration.lake.chain import CHAIN, append_link, head, sha256, stated
from orchestration.lake.datasets import PaymentFile, ToldAlert
from orchestration.lake.load import open_load
from orchestration.lake.proof import prove_new
from orchestration.payroll.pay import put_files
from orchestration.publish import roll_back
from orchestration.report import write_report
from orchestration.settings import Settings, variable
from orchestration.verify import accept, run, verify

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@pytest.fixture
def zone(settings: Settings, tmp_path: Path) -> Zone:
    """A zone with two published versions and a payment file."""
    zone = Zone(replace(settings, published=tmp_path / "published", payments=tmp_path / "payments"))
    for night in (1, 2):
        zone.build(night)
        zone.publish()
    with open_load(zone.settings, lambda: NOON) as load:
        file = PaymentFile(
            f"{load.id}-1", "P1", "R1", "pay.ach", "nacha", "USD", "101 pay\n", "ana", 1, Decimal(5),
            NOON.date(), NOON,
        )  # fmt: skip
        load.write("payment_files", [file])
    put_files(zone.settings, "P1")
    return zone


def _found(zone: Zone) -> list[str]:
    return [str(finding) for finding in verify(zone.settings).open]


def _rewrite(file: Path) -> None:
    """Other bytes under the same name, whoever may write to it."""
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + b" ")


def _version(zone: Zone, number: int) -> Path:
    return sorted((zone.settings.published / "versions").iterdir())[number]


def test_nothing_is_found_where_nothing_was_altered(zone: Zone) -> None:
    done = verify(zone.settings)
    assert done.open == []
    assert str(done).splitlines()[-1] == f"head {head(zone.settings.lake, None)}"
    assert [name for name in done.anchors if name.startswith("the published version")] != []


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("tieout.duckdb", "was edited"),
        ("version.json", "was edited"),
        ("payroll/version.json", "was edited"),
        ("payroll/tieout_payroll.duckdb", "was edited"),
        ("parquet/marts/fct_items/2026-01.parquet", "was edited"),
    ],
)
def test_an_edited_file_of_a_version_is_named(zone: Zone, path: str, what: str) -> None:
    version = _version(zone, 0)
    _rewrite(version / path)
    assert f"published/{version.name}/{path} {what}" in _found(zone)


def test_a_file_that_two_versions_share_is_named_in_both(zone: Zone) -> None:
    path = "parquet/marts/fct_items/2026-01.parquet"
    file = _version(zone, 0) / path
    assert file.stat().st_nlink == 2
    file.chmod(0o600)
    with file.open("ab") as handle:
        handle.write(b" ")
    assert _found(zone) == [f"published/{_version(zone, each).name}/{path} was edited" for each in (0, 1)]


def test_files_added_to_and_removed_from_a_version_are_named(zone: Zone) -> None:
    version = _version(zone, 1)
    (version / "payroll" / "more.parquet").write_bytes(b"x")
    (version / "parquet" / "marts" / "fct_items" / "2026-02.parquet").unlink()
    assert _found(zone) == [
        f"published/{version.name}/parquet/marts/fct_items/2026-02.parquet was removed",
        f"published/{version.name}/payroll/more.parquet was added",
    ]


@pytest.mark.parametrize(
    ("kind", "facts"), [("rollback", {"version": "text", "by": "x"}), ("removal", {"versions": ["text"]})]
)
def test_a_link_about_a_version_that_none_published_is_named(
    zone: Zone, kind: str, facts: dict[str, object]
) -> None:
    zone.publish()
    append_link(zone.settings.lake, kind, NOON, None, **facts)
    number = head(zone.settings.lake, None).number
    found = [str(finding) for finding in verify(zone.settings).open]
    assert f"link {number} is about text: no link published it" in found


def test_versions_added_removed_and_switched_to_are_named(zone: Zone) -> None:
    first, second = _version(zone, 0), _version(zone, 1)
    shutil.copytree(second, second.with_name("20991231T000000Z-00000000"))
    shutil.rmtree(first)
    link = zone.settings.published / "current"
    link.unlink()
    link.symlink_to("versions/20991231T000000Z-00000000")
    assert _found(zone) == [
        f"published/{first.name} was removed",
        "published/20991231T000000Z-00000000 was added: no link knows this version",
        "published/current is 20991231T000000Z-00000000:"
        f" the last switch, to {second.name}, was cut off or undone",
    ]


def test_what_tieout_removes_and_rolls_back_is_no_finding(zone: Zone) -> None:
    roll_back(zone.settings, None, "ana")
    assert _found(zone) == []
    zone.settings = replace(zone.settings, published_keep=1)
    for night in (3, 4):
        zone.build(night)
        zone.publish()
    assert len(list((zone.settings.published / "versions").iterdir())) < 4
    assert _found(zone) == []


def test_payment_files_are_those_of_the_lake(zone: Zone) -> None:
    (zone.settings.payments / "pay.ach").write_text("101 pay me\n")
    (zone.settings.payments / "more.ach").write_text("101 pay me too\n")
    assert _found(zone) == [
        "payments/more.ach was added: no payment file of the lake has this name",
        "payments/pay.ach was edited: `tieout pay PERIOD --again` puts back what was written",
    ]
    (zone.settings.payments / "more.ach").unlink()
    put_files(zone.settings, "P1")
    assert _found(zone) == []


def test_a_chain_that_was_cut_off_is_told_by_who_saw_it(zone: Zone) -> None:
    prove_new(zone.settings)
    newest = max((zone.settings.lake / CHAIN).glob("*.json"))
    newest.unlink()
    newest.with_suffix(".rows").unlink()
    assert any(line.startswith("what the last collection saw ") for line in _found(zone))


def test_an_explanation_holds_until_something_else_is_altered(zone: Zone) -> None:
    _rewrite(_version(zone, 0) / "tieout.duckdb")
    accept(zone.settings, verify(zone.settings), "the disk was repaired", "ana", clock=lambda: NOON)
    done = verify(zone.settings)
    assert done.open == []
    assert "was edited; accepted: the disk was repaired (ana, link " in str(done)
    _rewrite(_version(zone, 1) / "tieout.duckdb")
    assert len(_found(zone)) == 1


def _environment(settings: Settings) -> dict[str, str]:
    places = ("landing", "lake", "warehouse", "published", "payments")
    fields = type(settings).__dataclass_fields__
    return {variable(fields[name]): str(getattr(settings, name)) for name in places}


@pytest.mark.parametrize("is_altered", [False, True])
def test_the_command_ends_with_what_it_found(zone: Zone, is_altered: bool) -> None:
    if is_altered:
        _rewrite(_version(zone, 0) / "tieout.duckdb")
    anchor = head(zone.settings.lake, None)
    environment = _environment(zone.settings)
    result = CliRunner().invoke(main, ["verify", "--anchor", anchor.hash], env=environment)
    assert result.exit_code == is_altered
    assert f"anchor 1 is link {anchor.number}" in result.output
    accepted = CliRunner().invoke(main, ["verify", "--accept", "a test", "--by", "ana"], env=environment)
    assert (accepted.exit_code, "accepted: a test (ana" in accepted.output) == (0, is_altered)


def test_the_page_for_the_morning_holds_an_anchor(zone: Zone, tmp_path: Path) -> None:
    page = write_report(zone.settings, out=tmp_path / "page.html").path.read_text()
    assert str(head(zone.settings.lake, None)) in page
    assert (
        str(head(zone.settings.lake, None))
        not in write_report(
            zone.settings, database=zone.settings.warehouse, out=tmp_path / "page.html"
        ).path.read_text()
    )


def test_an_explanation_behind_the_anchors_counts_for_nothing(zone: Zone) -> None:
    anchor = head(zone.settings.lake, None)
    _rewrite(_version(zone, 0) / "tieout.duckdb")
    accept(zone.settings, verify(zone.settings), "the disk was repaired", "whoever", clock=lambda: NOON)
    assert (verify(zone.settings).open, len(verify(zone.settings, [anchor.hash]).open)) == ([], 1)
    told = [line for line in str(verify(zone.settings, [anchor.hash])).splitlines() if "behind" in line]
    assert told == ["behind the anchors, so that they prove none of it: 1 acceptance"]
    # Who takes the newest head as an anchor has seen it.
    assert verify(zone.settings, [anchor.hash, head(zone.settings.lake, None).hash]).open == []
    environment = _environment(zone.settings)
    arguments = ["verify", "--anchor", f"{anchor} ".upper()]
    assert CliRunner().invoke(main, arguments, env=environment).exit_code == 1
    accepted = CliRunner().invoke(main, [*arguments, "--accept", "seen", "--by", "ana"], env=environment)
    assert (accepted.exit_code, "accepted: seen (ana" in accepted.output) == (0, True)


@pytest.mark.parametrize("anchor", ["", "f" * 63, "8f5c...e1", "f" * 64 + "g"])
def test_what_is_no_anchor_accuses_nobody(zone: Zone, anchor: str) -> None:
    result = CliRunner().invoke(main, ["verify", "--anchor", anchor], env=_environment(zone.settings))
    assert (result.exit_code, "is not the 64 characters of a link" in result.output) == (2, True)


@pytest.mark.parametrize("is_keyed", [False, True])
def test_a_pack_with_other_rows_is_named_though_a_link_states_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, is_keyed: bool
) -> None:
    monkeypatch.setattr(packs, "MOST_FILES", 4)
    settings = replace(settings, chain_key=b"a key" if is_keyed else None)
    for number in range(8):
        with open_load(settings, lambda: NOON) as load:
            load.write(
                "alerts", [ToldAlert(f"{number}", "mailto 1", "key", "failure", "x", "told", load.at)] * 2
            )
    anchor = head(settings.lake, settings.chain_key).hash
    assert verify(settings, [anchor]).open == []
    *_, pack = sorted((settings.lake / "_packs" / "alerts").glob("*.parquet"))
    table = pyarrow.parquet.read_table(pack)
    rows = table.to_pylist()
    rows[1] = rows[2]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, table.schema), pack)
    path = pack.relative_to(settings.lake).as_posix()
    # Whoever has the key is Tieout; without one, anybody can append a link that passes.
    append_link(settings.lake, "pack", NOON, settings.chain_key, files=[stated(pack, path)])
    found = [] if is_keyed else [f"{path} has other rows than the files that it is a copy of"]
    assert [str(finding) for finding in verify(settings, [anchor]).open] == found
    assert [str(finding) for finding in verify(settings).open] == found


@pytest.mark.parametrize("listing", ["[" * 100_000, "1"], ids=["deep", "number"])
def test_a_listing_that_is_none_keeps_nothing_from_being_named(settings: Settings, listing: str) -> None:
    with open_load(settings, lambda: NOON) as load:
        load.write("alerts", [ToldAlert("1", "mailto 1", "key", "failure", "x", "told", load.at)])
    anchor = head(settings.lake, None).hash
    (loaded,) = (settings.lake / "alerts").glob("*.parquet")
    pack = settings.lake / "_packs" / "alerts" / "x.parquet"
    pack.parent.mkdir(parents=True)
    shutil.copy(loaded, pack)
    pack.with_suffix(".json").write_text(listing)
    path = pack.relative_to(settings.lake).as_posix()
    files = [stated(each, str(Path(path).parent / each.name)) for each in (pack, pack.with_suffix(".json"))]
    append_link(settings.lake, "pack", NOON, None, files=files)
    assert [str(finding) for finding in verify(settings, [anchor]).open] == [
        f"{path} has other rows than the files that it is a copy of"
    ]


def test_a_small_pack_of_many_bytes_takes_no_memory_of_the_proof(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_load(settings, lambda: NOON) as load:
        row = ToldAlert("1", "mailto 1", "key", "failure", "x", "told", load.at)
        load.write("alerts", [row] * 300)
    anchor = head(settings.lake, None).hash
    (loaded,) = (settings.lake / "alerts").glob("*.parquet")
    pack = settings.lake / "_packs" / "alerts" / "x.parquet"
    pack.parent.mkdir(parents=True)
    large = pyarrow.table({"alert_id": ["a" * (1 << 20)] * 300})
    pyarrow.parquet.write_table(large, pack, compression="zstd")
    pack.with_suffix(".json").write_text(json.dumps({loaded.name: ""}))
    path = pack.relative_to(settings.lake).as_posix()
    files = [stated(each, str(Path(path).parent / each.name)) for each in (pack, pack.with_suffix(".json"))]
    append_link(settings.lake, "pack", NOON, None, files=files)
    monkeypatch.setattr("orchestration.verify.packs._MEMORY_BYTES", 100 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert [finding.subject for finding in verify(settings, [anchor]).open] == [path]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


def test_a_link_in_a_circle_is_named(zone: Zone) -> None:
    current = zone.settings.published / "current"
    current.unlink()
    current.symlink_to("current")
    assert [finding.split(" ")[0] for finding in _found(zone)] == ["published/current"]


def test_what_a_link_says_of_itself_drives_no_terminal(zone: Zone) -> None:
    anchor = head(zone.settings.lake, None).hash
    append_link(zone.settings.lake, "\x1b[2J0 findings", NOON, None)
    said = str(verify(zone.settings, [anchor]))
    assert "\x1b" not in said
    assert "prove none of it: 1 [U+001B][2J0 findings" in said


def test_a_lake_that_is_not_there_is_no_lake_that_is_sound(settings: Settings, tmp_path: Path) -> None:
    environment = _environment(replace(settings, lake=tmp_path / "mistyped"))
    result = CliRunner().invoke(main, ["verify"], env=environment)
    assert (result.exit_code, "there is no lake at" in result.output) == (1, True)
    assert not (tmp_path / "mistyped").exists()


def test_a_version_that_is_stated_anew_is_named(zone: Zone) -> None:
    version = _version(zone, 0)
    _rewrite(version / "tieout.duckdb")
    facts = json.loads((version / "version.json").read_bytes())
    facts["database"]["sha256"] = sha256(version / "tieout.duckdb")
    (version / "version.json").unlink()
    (version / "version.json").write_text(json.dumps(facts))
    copies = {path: sha256(version / path) for path in ("version.json", "payroll/version.json")}
    append_link(zone.settings.lake, "publication", NOON, None, version=version.name, by="x", copies=copies)
    number = head(zone.settings.lake, None).number
    what = f"states the published version {version.name} otherwise than an earlier link, which counts"
    assert f"link {number} {what}" in _found(zone)
    assert f"published/{version.name}/version.json was edited" in _found(zone)


def test_links_in_place_of_what_was_published_are_named(zone: Zone, tmp_path: Path) -> None:
    first, second = _version(zone, 0), _version(zone, 1)
    path = "parquet/marts/fct_items/2026-01.parquet"
    shutil.copy(second / path, tmp_path / "elsewhere.parquet")
    (second / path).unlink()
    (second / path).symlink_to(tmp_path / "elsewhere.parquet")
    (second / "more").symlink_to(tmp_path)
    first.rename(tmp_path / first.name)
    first.symlink_to(tmp_path / first.name)
    shutil.copytree(second, tmp_path / second.name, symlinks=True)
    current = zone.settings.published / "current"
    current.unlink()
    current.symlink_to(tmp_path / second.name)
    assert _found(zone) == [
        f"published/{first.name} is a link to elsewhere",
        f"published/{second.name}/more was added",
        f"published/{second.name}/{path} is no file, but a link or a pipe",
        f"published/current is {tmp_path / second.name}:"
        f" the last switch, to {second.name}, was cut off or undone",
    ]


def test_payment_files_are_files(zone: Zone, tmp_path: Path) -> None:
    file = zone.settings.payments / "pay.ach"
    file.rename(tmp_path / "elsewhere.ach")
    file.symlink_to(tmp_path / "elsewhere.ach")
    (zone.settings.payments / "folder").mkdir()
    assert _found(zone) == [
        "payments/folder was added: no payment file of the lake has this name",
        "payments/pay.ach is no file, but a link or a folder",
    ]


@pytest.mark.parametrize("dataset", ["closes", "payment_files", "alerts"])
def test_what_cannot_be_read_keeps_nothing_else_from_being_named(zone: Zone, dataset: str) -> None:
    for file in (zone.settings.lake / dataset).iterdir():
        file.write_bytes(b"no Parquet")
    os.mkfifo(zone.settings.lake / dataset / "x.parquet")
    (zone.settings.lake / dataset / "y.parquet").symlink_to("nowhere")
    _rewrite(_version(zone, 0) / "tieout.duckdb")
    found = _found(zone)
    assert f"{dataset}/x.parquet is no file, but a folder, a pipe or a device" in found
    assert f"published/{_version(zone, 0).name}/tieout.duckdb was edited" in found


@pytest.mark.parametrize(("is_set", "line"), [(True, "links are not keyed: only anchors"), (False, None)])
def test_links_that_anybody_could_have_written_are_told(zone: Zone, is_set: bool, line: str | None) -> None:
    key = b"a key" if is_set else None
    told = [
        each for each in str(verify(replace(zone.settings, chain_key=key))).splitlines() if "keyed" in each
    ]
    assert [each.split(" ", 1)[1].startswith(str(line)) for each in told] == [True] * is_set


def test_a_foreign_anchor_is_named(zone: Zone) -> None:
    assert [str(finding) for finding in verify(zone.settings, ["f" * 64]).open] == [
        f"anchor 1 {'f' * 64} is no link: the chain was cut off or rewritten"
    ]


def test_a_lake_on_a_disk_that_takes_nothing_is_proved_too(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(run, "lake_lock", refuse)
    assert verify(zone.settings).open == []
