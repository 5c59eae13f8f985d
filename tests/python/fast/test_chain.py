"""The chain of the lake: whatever is done to a lake by somebody who knows its format is found, and named."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from scale import times

from orchestration.collect import collect
from orchestration.lake import packs
from orchestration.lake.altered_rows import altered_rows
from orchestration.lake.chain import CHAIN, Link, append_link, head, read_link
from orchestration.lake.datasets import StorageUse, ToldAlert
from orchestration.lake.errors import LakeDamagedError
from orchestration.lake.load import open_load
from orchestration.lake.proof import LakeAlteredError, prove, prove_new, seen_file
from orchestration.settings import PROJECT_DIR, Settings, SettingsError

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
KEY = b"a key that is not in the lake"
LOADS = 8
ROWS = 5
SCRIPT = PROJECT_DIR / "docs" / "verify_lake.py"


def _append(settings: Settings, number: int) -> None:
    with open_load(settings, lambda: NOON + datetime.timedelta(number)) as load:
        load.write(
            "alerts",
            [
                ToldAlert(f"{number}-{row}", "mailto 1", "key", "failure", "Zürich", "told", load.at)
                for row in range(ROWS)
            ],
        )
        load.write("storage_uses", [StorageUse(f"{number}", "lake", "alerts", number, 10**number)])


def _lake(settings: Settings) -> Settings:
    for number in range(LOADS):
        _append(settings, number)
    return settings


@pytest.fixture
def lake(settings: Settings, sound: Path) -> Settings:
    """A lake of LOADS loads, and what was seen of it."""
    shutil.copytree(sound, settings.lake)
    prove_new(settings)
    return settings


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake to be copied and altered."""
    folder = tmp_path_factory.mktemp("sound")
    return _lake(replace(Settings.from_environment(), lake=folder / "lake", warehouse=folder / "w")).lake


def _loaded(lake: Path, dataset: str = "alerts") -> list[Path]:
    """The files with rows."""
    return [
        file
        for file in sorted((lake / dataset).glob("*.parquet"))
        if pyarrow.parquet.read_metadata(file).num_rows
    ]


def _links(lake: Path) -> list[Path]:
    return sorted((lake / CHAIN).glob("*.json"))


def _name(lake: Path, file: Path) -> str:
    return file.relative_to(lake).as_posix()


def _write(file: Path, rows: list[dict]) -> None:
    schema = pyarrow.parquet.read_schema(file)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema), file)


def _restate(lake: Path, link: int, **facts: object) -> None:
    """Write a link anew with other facts and the hash that belongs to them; its code stays as it was."""
    file = _links(lake)[link - 1]
    line, _, *code = file.read_bytes().split(b"\n")
    _write_link(file, json.loads(line) | facts, code[:-1])


def _write_link(file: Path, body: dict, code: Sequence[bytes] = ()) -> None:
    """Write a link with the hash that belongs to its body."""
    line = json.dumps(body, sort_keys=True).encode()
    file.write_bytes(b"\n".join([line, hashlib.sha256(line).hexdigest().encode(), *code, b""]))


def _behind(lake: Path, **facts: object) -> int:
    """Append a link of these facts that follows the last one, as whoever knows the format can, and return its
    number."""
    number = len(_links(lake)) + 1
    newest = _links(lake)[-1].read_bytes().split(b"\n")
    facts = {"number": number, "previous": newest[1].decode(), "files": []} | facts
    facts["rows_sha256"] = facts.get("rows_sha256", hashlib.sha256(b"").hexdigest())
    _write_link(lake / CHAIN / f"{number:08d}.json", json.loads(newest[0]) | facts)
    return number


def _restate_file(lake: Path, file: Path) -> int:
    """Make the link of a file state it as it is, and return its number."""
    for number, link in enumerate(_links(lake), start=1):
        files = json.loads(link.read_bytes().split(b"\n")[0])["files"]
        if any(each["path"] == _name(lake, file) for each in files):
            content = file.read_bytes()
            facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            _restate(
                lake,
                number,
                files=[each | facts if each["path"] == _name(lake, file) else each for each in files],
            )
            return number
    raise AssertionError(file)


def _edit_row(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    rows = pyarrow.parquet.read_table(file).to_pylist()
    rows[draw.randrange(ROWS)]["subject"] = "nobody"
    _write(file, rows)
    return _name(lake, file)


def _delete_row(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    rows = pyarrow.parquet.read_table(file).to_pylist()
    del rows[draw.randrange(ROWS)]
    _write(file, rows)
    return _name(lake, file)


def _insert_row(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    rows = pyarrow.parquet.read_table(file).to_pylist()
    rows.insert(draw.randrange(ROWS), rows[0] | {"message_id": "new"})
    _write(file, rows)
    return _name(lake, file)


def _reorder_rows(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    rows = pyarrow.parquet.read_table(file).to_pylist()
    _write(file, rows[1:] + rows[:1])
    return _name(lake, file)


def _flip_bit(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    file.write_bytes(content)
    return _name(lake, file)


def _cut_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    file.write_bytes(file.read_bytes()[: -draw.randrange(1, 100)])
    return _name(lake, file)


def _remove_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    file.unlink()
    return _name(lake, file)


def _remove_empty_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice([file for file in (lake / "closes").iterdir() if file not in _loaded(lake, "closes")])
    file.unlink()
    return _name(lake, file)


def _replay_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    again = file.with_name(f"20991231T235959.000000Z.{draw.randbytes(4).hex()}.parquet")
    shutil.copy(file, again)
    return _name(lake, again)


def _add_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    new = file.with_name(f"{draw.randbytes(4).hex()}.parquet")
    shutil.copy(file, new)
    _write(new, pyarrow.parquet.read_table(file).to_pylist()[:1])
    return _name(lake, new)


def _swap_loads(lake: Path, draw: random.Random) -> str:
    one, other = draw.sample(_loaded(lake), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return _name(lake, one)


def _cut_off(lake: Path, draw: random.Random) -> str:
    """The newest loads, as if they had never been."""
    anchor = head(lake, None).hash
    for link in _links(lake)[draw.randrange(1, LOADS) :]:
        for file in json.loads(link.read_bytes().split(b"\n")[0])["files"]:
            (lake / file["path"]).unlink()
        link.unlink()
    return f"anchor {anchor}"


def _remove_link(lake: Path, draw: random.Random) -> str:
    number = draw.randrange(1, LOADS)
    _links(lake)[number - 1].unlink()
    return f"link {number}"


def _edit_link(lake: Path, draw: random.Random) -> str:
    number = draw.randrange(1, LOADS + 1)
    file = _links(lake)[number - 1]
    file.write_bytes(file.read_bytes().replace(b'"load"', b'"loaf"'))
    return f"link {number}"


def _restate_link(lake: Path, draw: random.Random) -> str:
    """An edited file whose link says that it was so: the next link does not follow any more."""
    number = LOADS
    while number == LOADS:
        number = _restate_file(lake, lake / _edit_row(lake, draw))
    return f"link {number + 1}"


def _swap_links(lake: Path, draw: random.Random) -> str:
    one, other = draw.sample(range(1, LOADS + 1), 2)
    first, second = _links(lake)[one - 1], _links(lake)[other - 1]
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    return f"link {one}"


def _replay_link(lake: Path, draw: random.Random) -> str:
    shutil.copy(_links(lake)[draw.randrange(LOADS)], lake / CHAIN / f"{LOADS + 1:08d}.json")
    return f"link {LOADS + 1}"


def _rewrite(lake: Path, draw: random.Random) -> str:
    """An edited file, its link, and every link behind, so that the chain is sound: only the anchor tells."""
    anchor = head(lake, None).hash
    first = _restate_file(lake, lake / _edit_row(lake, draw))
    for number in range(first + 1, LOADS + 1):
        _restate(lake, number, previous=read_link(lake, number - 1, None).hash)
    return f"anchor {anchor}"


def _restart(lake: Path, draw: random.Random) -> str:
    """No chain at all, so that the lake looks like one of before there was one."""
    anchor = head(lake, None).hash
    _edit_row(lake, draw)
    shutil.rmtree(lake / CHAIN)
    return f"anchor {anchor}"


def _state_anew(lake: Path, draw: random.Random) -> str:
    """An edited file, and a sound link behind the anchor that says that it is so."""
    file = lake / _edit_row(lake, draw)
    content = file.read_bytes()
    facts = {"path": _name(lake, file), "bytes": len(content), "rows": 0}
    return f"link {_behind(lake, files=[facts | {'sha256': hashlib.sha256(content).hexdigest()}])}"


def _edit_digests(lake: Path, draw: random.Random) -> str:
    """What would name the rows of an edited file."""
    file = draw.choice(_links(lake)).with_suffix(".rows")
    file.write_bytes(bytes(len(file.read_bytes())))
    return _name(lake, file)


def _remove_digests(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_links(lake)).with_suffix(".rows")
    file.unlink()
    return _name(lake, file)


def _number_far(lake: Path, draw: random.Random) -> str:
    """A link as far away as numbers go: nobody counts up to it."""
    shutil.copy(draw.choice(_links(lake)), lake / CHAIN / "99999999.json")
    return "link 99999999"


def _lack_a_fact(lake: Path, draw: random.Random) -> str:
    fact = draw.choice(["kind", "files", "is_keyed", "rows_sha256", "previous", "at"])
    return f"link {_behind(lake, **{fact: draw.choice([None, 1.5, [1], {'path': 1}])})}"


def _state_a_file_oddly(lake: Path, draw: random.Random) -> str:
    return f"link {_behind(lake, files=[{'path': 1, 'sha256': None}])}"


def _nest_deeply(lake: Path, draw: random.Random) -> str:
    line = b"[" * 200_000
    (lake / CHAIN / f"{LOADS + 1:08d}.json").write_bytes(
        b"\n".join([line, hashlib.sha256(line).hexdigest().encode(), b""])
    )
    return f"link {LOADS + 1}"


def _link_elsewhere(lake: Path, draw: random.Random) -> str:
    """The same bytes, where somebody else can change them between a look and a read."""
    file = draw.choice(_loaded(lake))
    elsewhere = lake.with_name(f"{lake.name} elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    return _name(lake, file)


def _link_folder_elsewhere(lake: Path, draw: random.Random) -> str:
    elsewhere = lake.with_name(f"{lake.name} folder")
    (lake / "alerts").rename(elsewhere)
    (lake / "alerts").symlink_to(elsewhere)
    return "alerts"


def _lead_nowhere(lake: Path, draw: random.Random) -> str:
    (lake / "alerts" / "x.parquet").symlink_to("nowhere")
    return "alerts/x.parquet"


def _pipe(lake: Path, draw: random.Random) -> str:
    """Whoever opens it waits for ever."""
    os.mkfifo(lake / "alerts" / "x.parquet")
    return "alerts/x.parquet"


def _pipe_for_a_link(lake: Path, draw: random.Random) -> str:
    os.mkfifo(lake / CHAIN / f"{LOADS + 1:08d}.json")
    return f"link {LOADS + 1}"


def _folder_for_a_file(lake: Path, draw: random.Random) -> str:
    file = draw.choice(_loaded(lake))
    file.unlink()
    file.mkdir()
    return _name(lake, file)


ALTERATIONS: list[Callable[[Path, random.Random], str]] = [
    _edit_row, _delete_row, _insert_row, _reorder_rows, _flip_bit, _cut_file, _remove_file,
    _remove_empty_file,
    _replay_file, _add_file, _swap_loads, _cut_off, _remove_link, _edit_link, _restate_link, _swap_links,
    _replay_link, _rewrite, _restart, _state_anew, _edit_digests, _remove_digests, _number_far, _lack_a_fact,
    _state_a_file_oddly, _nest_deeply, _link_elsewhere, _link_folder_elsewhere, _lead_nowhere, _pipe,
    _pipe_for_a_link, _folder_for_a_file,
]  # fmt: skip


@pytest.mark.drawn
@pytest.mark.parametrize("alter", ALTERATIONS)
def test_what_is_altered_is_found_and_named_from_one_anchor(
    alter: Callable[[Path, random.Random], str], sound: Path, tmp_path: Path
) -> None:
    anchor = head(sound, None).hash
    for seed in range(times(3)):
        lake = tmp_path / f"{seed}"
        shutil.copytree(sound, lake)
        assert prove(lake, None, [anchor]).findings == []
        subject = alter(lake, random.Random(seed))
        assert subject in {finding.subject for finding in prove(lake, None, [anchor]).findings}
        shutil.rmtree(lake)


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_the_next_collection_finds_it_without_an_anchor(
    alter: Callable[[Path, random.Random], str], lake: Settings
) -> None:
    alter(lake.lake, random.Random(1))
    with pytest.raises(LakeDamagedError, match="the lake"):
        collect(lake)


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_the_script_without_tieout_finds_it_too(
    alter: Callable[[Path, random.Random], str], lake: Settings
) -> None:
    anchor = head(lake.lake, None).hash
    command = [sys.executable, "-I", str(SCRIPT), str(lake.lake), anchor]
    untouched = subprocess.run(command, capture_output=True, text=True)
    assert (untouched.returncode, untouched.stdout) == (0, f"{LOADS} links, 0 findings\n")
    subject = alter(lake.lake, random.Random(2))
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 1
    assert any(line.startswith(subject) for line in found.stdout.splitlines())


def test_a_lake_that_only_grows_is_never_accused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_FILES", 4)
    anchors = []
    for number in range(14):
        _append(settings, number)
        anchors.append(head(settings.lake, None).hash)
        prove_new(settings)
    assert prove(settings.lake, None, anchors).findings == []
    assert list((settings.lake / "_packs").rglob("*.parquet")) != []


def test_an_altered_pack_or_its_listing_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_FILES", 4)
    _lake(settings)
    *_, pack = sorted((settings.lake / "_packs" / "alerts").glob("*.parquet"))
    _write(pack, pyarrow.parquet.read_table(pack).to_pylist()[1:])
    listing = pack.with_suffix(".json")
    listing.write_text(listing.read_text() + " ")
    assert [finding.subject for finding in prove(settings.lake, None).findings] == [
        _name(settings.lake, listing),
        _name(settings.lake, pack),
    ]
    shutil.rmtree(settings.lake / "_packs")
    assert prove(settings.lake, None).findings == []


def _link_of(settings: Settings, file: Path) -> Link:
    links = prove(settings.lake, None).links
    path = _name(settings.lake, file)
    return next(link for link in links if any(each["path"] == path for each in link.body["files"]))


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (lambda rows: [rows[0], rows[1] | {"subject": "x"}, *rows[2:]], ["row 2 was edited"]),
        (lambda rows: rows[:1] + rows[2:], ["row 2 as it was appended is gone"]),
        (lambda rows: [rows[0], rows[0] | {"subject": "x"}, *rows[1:]], ["row 2 was added"]),
        (lambda rows: rows + rows[-1:], [f"row {ROWS} was added"]),
        (lambda rows: [rows[1], rows[0], *rows[2:]], ["row 1 stood elsewhere", "row 2 stood elsewhere"]),
        (lambda rows: rows, ["its rows are the same: it was written again"]),
        (lambda rows: [rows[0] | {"subject": None}, *rows[1:]], ["row 1 was edited"]),
    ],
)
def test_rows_are_named(lake: Settings, change: Callable[[list], list], lines: list[str]) -> None:
    file = _loaded(lake.lake)[3]
    _write(file, change(pyarrow.parquet.read_table(file).to_pylist()))
    assert altered_rows(lake.lake, _name(lake.lake, file), _link_of(lake, file), None) == lines


def test_rows_of_a_delivery_are_named_by_its_line(settings: Settings) -> None:
    (settings.landing / "ledger" / "journal_lines.csv").write_text(
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
        "recorded_at\n"
        + "".join(f"E-{n},1,2026-01-05,1000,{n}.00,EUR,,,,,2026-01-05T08:00:00Z\n" for n in range(1, 4))
    )
    collect(settings)
    (file,) = _loaded(settings.lake, "journal_lines")
    rows = pyarrow.parquet.read_table(file).to_pylist()
    rows[1]["amount"] *= 1000
    _write(file, rows)
    (line,) = altered_rows(settings.lake, _name(settings.lake, file), _link_of(settings, file), None)
    assert line.startswith("row 2 was edited (line 3 of file ")


def test_rows_are_not_named_by_digests_that_were_altered(lake: Settings) -> None:
    file = _loaded(lake.lake)[3]
    link = _link_of(lake, file)
    (lake.lake / CHAIN / f"{link.number:08d}.rows").write_bytes(b"")
    assert "altered too" in altered_rows(lake.lake, _name(lake.lake, file), link, None)[0]


def _columns(table: pyarrow.Table, values: pyarrow.Array) -> pyarrow.Table:
    return table.append_column("more", values)


@pytest.mark.parametrize(
    "values",
    [
        pyarrow.array([[1]] * ROWS),
        pyarrow.array([{"a": 1}] * ROWS),
        pyarrow.array([[("a", 1)]] * ROWS, pyarrow.map_(pyarrow.string(), pyarrow.int64())),
        pyarrow.array([b"\xff"] * ROWS),
    ],
    ids=["list", "struct", "map", "bytes"],
)
def test_values_that_no_row_has_keep_nothing_from_being_named(lake: Settings, values: pyarrow.Array) -> None:
    file = _loaded(lake.lake)[3]
    link = _link_of(lake, file)
    pyarrow.parquet.write_table(_columns(pyarrow.parquet.read_table(file), values), file)
    assert altered_rows(lake.lake, _name(lake.lake, file), link, None) == [
        "its rows cannot be told: it has values that no row of the lake has"
    ]


def test_a_small_file_of_many_bytes_takes_no_memory_of_the_proof(
    lake: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _loaded(lake.lake)[3]
    link = _link_of(lake, file)
    megabyte = pyarrow.table({"subject": ["a" * (1 << 20)] * 300})
    pyarrow.parquet.write_table(megabyte, file, compression="zstd")
    assert file.stat().st_size < 1 << 16
    monkeypatch.setattr("orchestration.lake.altered_rows._MEMORY_BYTES", 100 << 20)
    assert altered_rows(lake.lake, _name(lake.lake, file), link, None) == [
        "its rows cannot be told: the memory is used up"
    ]


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _link_elsewhere(file: Path) -> None:
    elsewhere = file.with_name("elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def _endless(file: Path) -> None:
    """As large as a disk, of which it takes nothing."""
    os.truncate(file, 1 << 43)


@pytest.mark.parametrize("change", [_pipe, _link_elsewhere, _endless])
@pytest.mark.parametrize("suffix", ["json", "rows"])
def test_what_is_no_file_or_has_no_end_is_named_in_the_chain_too(
    lake: Settings, suffix: str, change: Callable[[Path], None]
) -> None:
    *_, file = sorted((lake.lake / CHAIN).glob(f"*.{suffix}"))
    change(file)
    named = f"link {int(file.stem)}" if suffix == "json" else f"{CHAIN}/{file.name}"
    assert named in [finding.subject for finding in prove(lake.lake, None).findings]
    script = subprocess.run([sys.executable, str(SCRIPT), str(lake.lake)], capture_output=True, text=True)
    assert script.stdout.count(named) == 1


def test_with_a_key_a_link_that_is_restated_is_named(settings: Settings) -> None:
    keyed = _lake(replace(settings, chain_key=KEY))
    prove_new(keyed)
    number = _restate_file(keyed.lake, keyed.lake / _edit_row(keyed.lake, random.Random(3)))
    for later in range(number + 1, LOADS + 1):
        _restate(keyed.lake, later, previous=read_link(keyed.lake, later - 1, None).hash)
    # Who has no key cannot tell without an anchor; who has it, can of each.
    assert prove(keyed.lake, None).findings == []
    named = {finding.subject for finding in prove(keyed.lake, KEY).findings}
    assert {f"link {each}" for each in range(number, LOADS + 1)} <= named


@pytest.mark.parametrize("is_last", [False, True])
def test_an_anchor_proves_a_keyed_chain_to_who_lacks_the_key(settings: Settings, is_last: bool) -> None:
    keyed = _lake(replace(settings, chain_key=KEY))
    anchor = head(keyed.lake, KEY).hash
    assert prove(keyed.lake, None, [anchor]).findings == []
    file = _loaded(keyed.lake)[-1 if is_last else 0]
    _write(file, pyarrow.parquet.read_table(file).to_pylist()[1:])
    number = _restate_file(keyed.lake, file)
    named = {finding.subject for finding in prove(keyed.lake, None, [anchor]).findings}
    assert (f"anchor {anchor}" if is_last else f"link {number + 1}") in named
    # The hash of before, which the anchor is, under another body.
    link = _links(keyed.lake)[number - 1]
    line, _, code, end = link.read_bytes().split(b"\n")
    link.write_bytes(b"\n".join([line, anchor.encode(), code, end]))
    assert f"link {number}" in {finding.subject for finding in prove(keyed.lake, None, [anchor]).findings}
    # In the form in which the hash was the code, which nobody proves without the key.
    link.write_bytes(b"\n".join([line, anchor.encode(), end]))
    for key in (None, KEY):
        assert f"link {number}" in {finding.subject for finding in prove(keyed.lake, key, [anchor]).findings}


def test_a_keyed_chain_of_the_older_form_is_proved_by_its_key(settings: Settings) -> None:
    keyed = _lake(replace(settings, chain_key=KEY))
    previous = "0" * 64
    for link in _links(keyed.lake):
        body = json.loads(link.read_bytes().split(b"\n")[0]) | {"previous": previous}
        line = json.dumps(body, sort_keys=True).encode()
        previous = hmac.new(KEY, line, "sha256").hexdigest()
        link.write_bytes(b"\n".join([line, previous.encode(), b""]))
    seen_file(keyed).unlink()
    _append(keyed, LOADS)
    assert prove(keyed.lake, KEY, [previous]).findings == []
    found = [str(finding) for finding in prove(keyed.lake, None, [previous]).findings]
    assert found[0] == "link 1 is of an older form, which TIEOUT_CHAIN_KEY alone proves"


def test_links_without_a_key_behind_links_with_one_are_found(settings: Settings) -> None:
    keyed = _lake(replace(settings, chain_key=KEY))
    prove_new(keyed)
    _behind(keyed.lake, is_keyed=False)
    assert [str(finding) for finding in prove(keyed.lake, KEY).findings] == [
        f"link {LOADS + 1} is not keyed, and the one before it is"
    ]
    with pytest.raises(LakeAlteredError, match="is not keyed"):
        prove_new(keyed)


def test_a_keyed_lake_takes_no_load_without_its_key(settings: Settings) -> None:
    _append(replace(settings, chain_key=KEY), 0)
    with pytest.raises(SettingsError, match="TIEOUT_CHAIN_KEY is not set"):
        _append(settings, 1)
    with pytest.raises(LakeDamagedError, match="of another TIEOUT_CHAIN_KEY"):
        _append(replace(settings, chain_key=b"another"), 1)


def test_a_key_may_begin_later(settings: Settings) -> None:
    _append(settings, 0)
    _append(replace(settings, chain_key=KEY), 1)
    assert prove(settings.lake, KEY).findings == []


def test_a_lake_of_before_gets_a_first_link_that_says_so(lake: Settings) -> None:
    shutil.rmtree(lake.lake / CHAIN)
    seen_file(lake).unlink()
    _append(lake, LOADS)
    proof = prove(lake.lake, None)
    assert [link.body["kind"] for link in proof.links] == ["found", "load"]
    assert proof.findings == []
    subject = _edit_row(lake.lake, random.Random(4))
    assert [finding.subject for finding in prove(lake.lake, None).findings] == [subject]


def test_what_was_accepted_holds_for_what_was_seen(lake: Settings) -> None:
    file = lake.lake / _edit_row(lake.lake, random.Random(5))
    (finding,) = prove(lake.lake, None).open
    append_link(lake.lake, "acceptance", NOON, None, findings=[str(finding)], reason="restored", by="ana")
    proof = prove(lake.lake, None)
    assert (proof.open, proof.accepted) == ([], {str(finding): f"restored (ana, link {LOADS + 1})"})
    collect(lake)
    _write(file, pyarrow.parquet.read_table(file).to_pylist()[1:])
    with pytest.raises(LakeAlteredError, match=file.name):
        collect(lake)


def test_a_load_that_a_kill_cut_off_is_finished_with_its_link(lake: Settings) -> None:
    load = open_load(lake, lambda: NOON + datetime.timedelta(20))
    # The state after `ready`: everything is below the work folder, link included.
    with load as opened:
        opened.write("alerts", [ToldAlert("late", "mailto 1", "key", "failure", "x", "told", opened.at)])
        work = opened.folder
        (work / "kept").mkdir()
    newest = _links(lake.lake)[-1]
    body = json.loads(newest.read_bytes().split(b"\n")[0])
    out = work / "out"
    (out / CHAIN).mkdir(parents=True)
    newest.rename(out / CHAIN / newest.name)
    newest.with_suffix(".rows").rename(out / CHAIN / newest.with_suffix(".rows").name)
    for file in body["files"]:
        (out / file["path"]).parent.mkdir(exist_ok=True)
        (lake.lake / file["path"]).rename(out / file["path"])
    (work / "ready").touch()
    collect(lake)
    assert prove(lake.lake, None).findings == []
    assert head(lake.lake, None).number > LOADS


def test_the_name_of_a_file_forges_no_line(lake: Settings) -> None:
    for name in (b"a\nhead 0123 (link 9).parquet", b"\x1b[2K.parquet", b"\xff.parquet"):
        shutil.copy(_loaded(lake.lake)[0], os.fsencode(lake.lake / "alerts") + b"/" + name)
    findings = [str(finding) for finding in prove(lake.lake, None).findings]
    assert [finding.split(" was added")[0] for finding in findings] == [
        "alerts/[U+001B][2K.parquet",
        "alerts/a[U+000A]head 0123 (link 9).parquet",
        "alerts/[U+DCFF].parquet",
    ]
    with pytest.raises(LakeAlteredError):
        collect(lake)
    script = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(lake.lake)], capture_output=True, text=True
    )
    assert (script.returncode, len(script.stdout.splitlines())) == (1, 4)


def test_a_key_that_was_set_and_is_not_any_more_is_told(settings: Settings) -> None:
    _append(replace(settings, chain_key=KEY), 0)
    with pytest.raises(SettingsError, match="TIEOUT_CHAIN_KEY is not set"):
        collect(settings)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"null", b'{"lake": 1}'])
def test_what_was_seen_may_be_lost_to_a_power_cut(lake: Settings, content: bytes) -> None:
    seen_file(lake).write_bytes(content)
    prove_new(lake)
    remembered = seen_file(lake).read_bytes()
    assert json.loads(remembered)["head"] == list(head(lake.lake, None))


def test_rows_of_a_keyed_lake_are_not_named_without_its_key(settings: Settings) -> None:
    keyed = _lake(replace(settings, chain_key=KEY))
    file = _loaded(keyed.lake)[0]
    link = _link_of(keyed, file)
    _write(file, pyarrow.parquet.read_table(file).to_pylist()[1:])
    path = _name(keyed.lake, file)
    assert altered_rows(keyed.lake, path, link, KEY) == ["row 1 as it was appended is gone"]
    assert altered_rows(keyed.lake, path, link, None) == ["its rows can be told with TIEOUT_CHAIN_KEY"]


def test_what_is_closed_and_paid_stands_on_a_lake_that_is_proved(lake: Settings) -> None:
    _edit_row(lake.lake, random.Random(6))
    with pytest.raises(LakeAlteredError, match="was edited"):
        _append(lake, LOADS)


def test_the_newest_load_cannot_be_cut_off_before_the_next_collection(settings: Settings) -> None:
    _lake(settings)
    (newest,) = _links(settings.lake)[-1:]
    for file in json.loads(newest.read_bytes().split(b"\n")[0])["files"]:
        (settings.lake / file["path"]).unlink()
    newest.unlink()
    newest.with_suffix(".rows").unlink()
    with pytest.raises(LakeAlteredError, match="when it was seen last"):
        collect(settings)
