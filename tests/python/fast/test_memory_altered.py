"""The memory of a company, altered by a program that knows its format: each time it is found, and named.

Lake (deliveries of every source, decisions, closes, payments, runs, alerts), chain, packs, payments folder
and published copy. What Tieout appends to it, and what changes no byte, accuses nobody.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
import shutil
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from published_zone import Zone
from scale import times

from orchestration.collect import collect
from orchestration.lake import packs
from orchestration.lake.chain import CHAIN, head, sha256
from orchestration.lake.datasets import (
    DATASETS,
    Close,
    ClosedBalance,
    ClosedItem,
    ClosedMatch,
    ClosedPayslip,
    ClosedPayslipLine,
    DbtNodeRun,
    DbtRun,
    PaidPayment,
    PaymentFile,
    PayrollClose,
    SentPrenote,
    StorageUse,
    ToldAlert,
)
from orchestration.lake.load import Load, open_load
from orchestration.payroll.pay import put_files
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.verify import verify

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
LANDING = PROJECT_DIR / "landing"
# Of every source one or two files, so that a proof is quick.
DELIVERED = [
    "bank/eur-savings", "bank/usd-deposits", "hr", "cash_letters", "documents/handed_in.csv",
    "documents/receipt_001.jpg",
]  # fmt: skip
OTHERS = {
    "payments/answer.xml": (
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>1</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
        "</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    ),
    "decisions/a.csv": (
        "decision_id,decision,subjects,reason,decided_by,decided_at,until_on\n"
        "D1,explain,item-1,a reason,ann,2026-01-05T08:00:00,\n"
        "D2,withdraw,D1,a reason,ann,2026-01-05T08:00:00,\n"
        f"D3,exclude,{'a' * 64},a reason,ann,2026-01-05T08:00:00,\n"
    ),
    "ledger/accounts.csv": (
        "gl_account,name,type,currency,bank_account\n1000,Bank,asset,EUR,DE1\n1010,Cash,asset,EUR,DE2\n"
    ),
    "ledger/journal_lines.csv": (
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
        "recorded_at\n"
        + "".join(f"E{n},1,2026-03-02,1000,{n},EUR,,,,,2026-03-02T08:00:00Z\n" for n in range(9))
    ),
    "punches/a.jsonl": "".join(
        f'{{"device_id":"D","sequence":{n},"badge":"B","direction":"in","punched_at":"2026-01-0{n}T08:00:00+01:00"}}\n'
        for n in range(1, 6)
    ),
}
# What Tieout itself appends, of each two rows a night.
WRITTEN = {
    "closes": Close, "closed_items": ClosedItem, "closed_matches": ClosedMatch,
    "closed_balances": ClosedBalance, "payroll_closes": PayrollClose, "closed_payslips": ClosedPayslip,
    "closed_payslip_lines": ClosedPayslipLine, "paid_payments": PaidPayment, "sent_prenotes": SentPrenote,
    "dbt_runs": DbtRun, "dbt_node_runs": DbtNodeRun, "storage_uses": StorageUse, "alerts": ToldAlert,
}  # fmt: skip
VALUES = {
    int: 1, Decimal: Decimal(5), datetime.date: NOON.date(), datetime.datetime: NOON, bool: True,
}  # fmt: skip


@dataclass
class Memory:
    """Settings of a company in a folder of its own, and the anchor that somebody wrote down."""

    settings: Settings
    anchor: str

    @property
    def lake(self) -> Path:
        """Its lake."""
        return self.settings.lake

    @property
    def versions(self) -> list[Path]:
        """The published versions, the oldest first."""
        return sorted((self.settings.published / "versions").glob("[!.]*"))

    def files(self) -> list[Path]:
        """The lake's files with rows."""
        return [
            file
            for file in sorted(self.lake.glob("[!_]*/*.parquet"))
            if pyarrow.parquet.read_metadata(file).num_rows
        ]

    def file(self, draw: random.Random, rows: int = 1) -> Path:
        """One of them with so many rows, of any dataset alike."""
        files = [file for file in self.files() if pyarrow.parquet.read_metadata(file).num_rows >= rows]
        dataset = draw.choice(sorted({file.parent.name for file in files}))
        return draw.choice([file for file in files if file.parent.name == dataset])

    def links(self) -> list[Path]:
        """The chain's links."""
        return sorted((self.lake / CHAIN).glob("*.json"))

    def named(self, file: Path) -> str:
        """How a finding names a file of the lake, of a version or of the payments folder."""
        if file.is_relative_to(self.lake):
            return file.relative_to(self.lake).as_posix()
        if file.is_relative_to(self.settings.payments):
            return f"payments/{file.name}"
        return f"published/{file.relative_to(self.settings.published / 'versions').as_posix()}"

    def published(self, draw: random.Random) -> Path:
        """A file of a version."""
        return draw.choice([file for file in sorted(draw.choice(self.versions).rglob("*")) if file.is_file()])

    def payment(self, draw: random.Random) -> Path:
        """A payment file."""
        return draw.choice(sorted(self.settings.payments.iterdir()))


def _row(kind: type, load: Load, number: int) -> tuple:
    """A row of a dataset that Tieout writes."""
    values = []
    for name, hint in typing.get_type_hints(kind).items():
        wanted = (typing.get_args(hint) or (hint,))[0]
        value = f"{name} {number}" if wanted is str else VALUES[wanted]
        values.append({"close_id": load.id, "chain_head": load.chain_head}.get(name, value))
    return kind(*values)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Memory:
    """A company with everything that has a link, never altered."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(packs, "MOST_FILES", 3)
        return _company(tmp_path_factory.mktemp("sound"))


def _company(folder: Path) -> Memory:
    for path in DELIVERED:
        target = folder / "landing" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        source = LANDING / path
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    for path, text in OTHERS.items():
        (folder / "landing" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "landing" / path).write_text(text)
    settings = _settings(folder)
    zone = Zone(settings)
    collect(settings)
    for night in (1, 2, 3, 4):
        at = NOON + datetime.timedelta(night)
        with open_load(settings, lambda at=at: at) as load:
            for dataset, kind in WRITTEN.items():
                load.write(dataset, [_row(kind, load, number) for number in (night, -night)])
            content = f"101 pay {night}\n"
            name = f"pay-{night}.ach"
            load.write(
                "payment_files",
                [
                    PaymentFile(
                        f"{load.id}-1", "P1", "R1", name, "nacha", "USD", content, "ana", 1, Decimal(5),
                        NOON.date(), NOON,
                    )
                ],
            )  # fmt: skip
        zone.build(night)
        zone.publish()
    put_files(settings, "P1")
    return Memory(settings, head(settings.lake, None).hash)


def _settings(folder: Path) -> Settings:
    return replace(
        Settings.from_environment(),
        landing=folder / "landing",
        lake=folder / "lake",
        warehouse=folder / "warehouse" / "tieout.duckdb",
        published=folder / "published",
        payments=folder / "payments",
        ledger_url=None,
        hr_url=None,
    )


def _copy(sound: Memory, folder: Path) -> Memory:
    """The same, elsewhere, with its links; of what a version shares with the one before, one file."""
    os.makedirs(folder)  # noqa: PTH103
    for name in ("lake", "published", "payments"):
        _clone(sound.settings.lake.with_name(name), folder / name, {})
    return Memory(_settings(folder), sound.anchor)


def _clone(source: Path, target: Path, inodes: dict[int, Path]) -> None:
    target.mkdir()
    for entry in os.scandir(source):
        to = target / entry.name
        if entry.is_symlink():
            to.symlink_to(os.readlink(entry.path))  # noqa: PTH115
        elif entry.is_dir():
            _clone(Path(entry.path), to, inodes)
        elif entry.inode() in inodes:
            to.hardlink_to(inodes[entry.inode()])
        else:
            shutil.copy2(entry.path, to)
            inodes[entry.inode()] = to


# The alterations: each returns what a finding must name.


def _replaced(file: Path, content: bytes) -> None:
    """Other bytes under a name, in a file of their own."""
    file.unlink()
    file.write_bytes(content)


def _rows_changed(memory: Memory, draw: random.Random, change: Callable[[list[dict]], list[dict]]) -> str:
    file = memory.file(draw, rows=2)
    table = pyarrow.parquet.read_table(file, partitioning=None)
    rows = change(table.to_pylist())
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, table.schema), file)
    return memory.named(file)


def edit_a_value(memory: Memory, draw: random.Random) -> str:
    def change(rows: list[dict]) -> list[dict]:
        row = draw.choice(rows)
        texts = [name for name, value in row.items() if isinstance(value, str) and value]
        row[draw.choice(texts)] += "0"
        return rows

    return _rows_changed(memory, draw, change)


def null_a_column(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    table = pyarrow.parquet.read_table(file, partitioning=None)
    name = draw.choice([name for name in table.column_names if table[name].null_count < len(table)])
    place = table.column_names.index(name)
    table = table.set_column(place, table.schema.field(name), pyarrow.nulls(len(table), table[name].type))
    pyarrow.parquet.write_table(table, file)
    return memory.named(file)


def delete_a_row(memory: Memory, draw: random.Random) -> str:
    return _rows_changed(memory, draw, lambda rows: rows[1:])


def insert_a_row(memory: Memory, draw: random.Random) -> str:
    return _rows_changed(memory, draw, lambda rows: [*rows, draw.choice(rows)])


def reorder_rows(memory: Memory, draw: random.Random) -> str:
    return _rows_changed(memory, draw, lambda rows: rows[::-1])


def write_the_same_rows_again(memory: Memory, draw: random.Random) -> str:
    """With another codec: whoever says that nothing was changed did not append it so."""
    file = memory.file(draw)
    table = pyarrow.parquet.read_table(file, partitioning=None)
    pyarrow.parquet.write_table(table, file, compression="gzip")
    return memory.named(file)


def truncate(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    os.truncate(file, draw.choice([0, 4, file.stat().st_size - 1]))
    return memory.named(file)


def append_bytes(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    with file.open("ab") as handle:
        handle.write(draw.randbytes(draw.randint(1, 9)))
    return memory.named(file)


def replace_by_as_many_bytes_with_the_same_times(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    status, content = file.stat(), bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    _replaced(file, bytes(content))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    return memory.named(file)


def delete_a_file(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    file.unlink()
    return memory.named(file)


def delete_a_dataset(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    shutil.rmtree(file.parent)
    return memory.named(file)


def move_to_another_dataset(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    others = [name for name in DATASETS if name != file.parent.name and (memory.lake / name).is_dir()]
    file.rename(memory.lake / draw.choice(others) / file.name)
    return memory.named(file)


def rename_a_file(memory: Memory, draw: random.Random) -> str:
    """So that it comes before or after the others."""
    file = memory.file(draw)
    return memory.named(file.rename(file.with_name(draw.choice(["0", "99991231T"]) + file.name)))


def replay_a_file(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    again = file.with_name(f"20991231T235959.000000Z.{draw.randbytes(4).hex()}.parquet")
    draw.choice([shutil.copy, os.link])(file, again)
    return memory.named(again)


def replay_a_file_below_its_folder(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    (file.parent / "load_id=1").mkdir()
    return memory.named(Path(shutil.copy(file, file.parent / "load_id=1" / "a.parquet")))


def swap_two_loads(memory: Memory, draw: random.Random) -> str:
    """Every file of two loads of Tieout's, names for names."""
    loads: dict[str, list[Path]] = {}
    for file in memory.files():
        if file.parent.name in WRITTEN:
            loads.setdefault(file.name.split("Z")[0], []).append(file)
    one, other = draw.sample(sorted(loads), 2)
    pairs = [
        (first, second) for first in loads[one] for second in loads[other] if first.parent == second.parent
    ]
    for first, second in pairs:
        content = first.read_bytes()
        _replaced(first, second.read_bytes())
        _replaced(second, content)
    return memory.named(pairs[0][0])


def swap_by_hard_links(memory: Memory, draw: random.Random) -> str:
    one = memory.file(draw)
    other = draw.choice([file for file in memory.files() if file != one])
    one.unlink()
    one.hardlink_to(other)
    return memory.named(one)


def leave_a_symbolic_link(memory: Memory, draw: random.Random) -> str:
    file = memory.file(draw)
    elsewhere = file.rename(memory.lake.with_name("elsewhere"))
    file.symlink_to(elsewhere)
    return memory.named(file)


def alter_a_pack(memory: Memory, draw: random.Random) -> str:
    pack = draw.choice(sorted((memory.lake / "_packs").rglob("*.parquet")))
    table = pyarrow.parquet.read_table(pack, partitioning=None)
    pyarrow.parquet.write_table(table.slice(1), pack)
    return memory.named(pack)


def alter_a_listing(memory: Memory, draw: random.Random) -> str:
    listing = draw.choice(sorted((memory.lake / "_packs").rglob("*.json")))
    listing.write_text(json.dumps(dict(list(json.loads(listing.read_text()).items())[1:])))
    return memory.named(listing)


def add_a_pack(memory: Memory, draw: random.Random) -> str:
    pack = draw.choice(sorted((memory.lake / "_packs").rglob("*.parquet")))
    shutil.copy(pack.with_suffix(".json"), pack.with_name("z.json"))
    return memory.named(Path(shutil.copy(pack, pack.with_name("z.parquet"))))


def swap_two_packs(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(sorted((memory.lake / "_packs").rglob("*.parquet")), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return memory.named(one)


def delete_a_link(memory: Memory, draw: random.Random) -> str:
    link = draw.choice(memory.links()[:-1])
    link.unlink()
    return f"link {int(link.stem)}"


def edit_a_link(memory: Memory, draw: random.Random) -> str:
    link = draw.choice(memory.links())
    content = bytearray(link.read_bytes())
    content[draw.randrange(len(content))] ^= 1
    link.write_bytes(content)
    return f"link {int(link.stem)}"


def end_a_link_otherwise(memory: Memory, draw: random.Random) -> str:
    link = draw.choice(memory.links())
    link.write_bytes(link.read_bytes() + draw.choice([b"\n", b" ", b"\0", link.read_bytes()]))
    return f"link {int(link.stem)}"


def swap_two_links(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(memory.links(), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return f"link {int(one.stem)}"


def cut_off_the_end(memory: Memory, draw: random.Random) -> str:
    for link in memory.links()[draw.randrange(1, len(memory.links())) :]:
        for file in json.loads(link.read_bytes().split(b"\n")[0])["files"]:
            (memory.lake / file["path"]).unlink(missing_ok=True)
        link.unlink()
    return f"anchor 1 {memory.anchor}"


def begin_the_chain_again(memory: Memory, draw: random.Random) -> str:
    edit_a_value(memory, draw)
    shutil.rmtree(memory.lake / CHAIN)
    collect(_settings(memory.lake.parent)) if (memory.lake.parent / "landing").is_dir() else None
    return f"anchor 1 {memory.anchor}"


def edit_what_names_rows(memory: Memory, draw: random.Random) -> str:
    digests = draw.choice(sorted((memory.lake / CHAIN).glob("*.rows")))
    content = bytearray(digests.read_bytes())
    content[draw.randrange(len(content))] ^= 1
    digests.write_bytes(content)
    return memory.named(digests)


def edit_a_payment_file(memory: Memory, draw: random.Random) -> str:
    file = memory.payment(draw)
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1
    file.write_bytes(content)
    return memory.named(file)


def truncate_a_payment_file(memory: Memory, draw: random.Random) -> str:
    file = memory.payment(draw)
    os.truncate(file, draw.randrange(file.stat().st_size))
    return memory.named(file)


def swap_two_payment_files(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(sorted(memory.settings.payments.iterdir()), 2)
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return memory.named(one)


def replay_a_payment_file(memory: Memory, draw: random.Random) -> str:
    file = memory.payment(draw)
    return memory.named(Path(shutil.copy(file, file.with_name(f"again-{file.name}"))))


def link_a_payment_file(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(sorted(memory.settings.payments.iterdir()), 2)
    one.unlink()
    draw.choice([one.symlink_to, one.hardlink_to])(other)
    return memory.named(one)


def alter_lake_and_folder_alike(memory: Memory, draw: random.Random) -> str:
    """A payment file and what the lake has of it."""
    file = draw.choice([file for file in memory.files() if file.parent.name == "payment_files"])
    table = pyarrow.parquet.read_table(file, partitioning=None)
    rows = [row | {"content": "101 pay me\n"} for row in table.to_pylist()]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, table.schema), file)
    (memory.settings.payments / rows[0]["file_name"]).write_text("101 pay me\n")
    return memory.named(file)


def edit_what_is_published(memory: Memory, draw: random.Random) -> str:
    file = memory.published(draw)
    content = bytearray(file.read_bytes())
    content[draw.randrange(len(content))] ^= 1
    status = file.stat()
    _replaced(file, bytes(content))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    return memory.named(file)


def edit_what_versions_share(memory: Memory, draw: random.Random) -> str:
    shared = [
        file for file in sorted(memory.versions[0].rglob("*")) if file.is_file() and file.stat().st_nlink > 1
    ]
    file = draw.choice(shared)
    file.chmod(0o600)
    with file.open("ab") as handle:
        handle.write(b" ")
    return memory.named(file)


def delete_what_is_published(memory: Memory, draw: random.Random) -> str:
    file = memory.published(draw)
    file.unlink()
    return memory.named(file)


def add_to_what_is_published(memory: Memory, draw: random.Random) -> str:
    file = memory.published(draw)
    return memory.named(Path(shutil.copy(file, file.with_name("more.parquet"))))


def link_what_is_published(memory: Memory, draw: random.Random) -> str:
    file = memory.published(draw)
    elsewhere = file.rename(memory.lake.with_name("elsewhere"))
    file.symlink_to(elsewhere)
    return memory.named(file)


def swap_two_versions(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(memory.versions, 2)
    one.rename(one.with_name(".one"))
    other.rename(one)
    one.with_name(".one").rename(other)
    return memory.named(one / "version.json")


def exchange_a_file_between_versions(memory: Memory, draw: random.Random) -> str:
    one, other = draw.sample(memory.versions, 2)
    place = draw.choice(["tieout.duckdb", "payroll/tieout_payroll.duckdb", "version.json"])
    _replaced(one / place, (other / place).read_bytes())
    return memory.named(one / place)


def state_a_version_anew(memory: Memory, draw: random.Random) -> str:
    """The database, and version.json with its new hash."""
    version = draw.choice(memory.versions)
    _replaced(version / "tieout.duckdb", (version / "tieout.duckdb").read_bytes() + b" ")
    facts = json.loads((version / "version.json").read_bytes())
    facts["database"]["sha256"] = sha256(version / "tieout.duckdb")
    _replaced(version / "version.json", json.dumps(facts).encode())
    return memory.named(version / "version.json")


def leave_no_facts_of_a_version(memory: Memory, draw: random.Random) -> str:
    """What is no facts, or a pipe, at which a reader would wait for ever."""
    file = draw.choice(memory.versions) / "version.json"
    file.unlink()
    if draw.random() < 0.2:
        os.mkfifo(file)
    else:
        file.write_bytes(draw.choice([b"[]", b"1", b"[" * 200_000, b'{"chain_head": [1]}', b"\xff", b""]))
    return memory.named(file)


def leave_a_payment_file_without_end(memory: Memory, draw: random.Random) -> str:
    file = memory.payment(draw)
    os.truncate(file, 1 << 40)
    return memory.named(file)


def append_an_odd_link(memory: Memory, draw: random.Random) -> str:
    """Of sound hashes, and facts that nothing can do anything with."""
    odd = draw.choice([[[1]], [{}], [None], {"a": 1}, ["x", 5], "text", 7])
    kind, facts = draw.choice(
        [
            ("acceptance", {"findings": odd, "reason": "x", "by": "x"}),
            ("removal", {"versions": odd}),
            ("publication", {"version": "x", "copies": odd}),
            ("rollback", {"version": odd}),
        ]
    )
    newest = memory.links()[-1].read_bytes().split(b"\n")
    number = len(memory.links()) + 1
    body = json.loads(newest[0]) | {"number": number, "previous": newest[1].decode(), "files": []}
    body |= {"kind": kind, "rows_sha256": hashlib.sha256(b"").hexdigest(), **facts}
    line = json.dumps(body, sort_keys=True).encode()
    link = b"\n".join([line, hashlib.sha256(line).hexdigest().encode(), b""])
    (memory.lake / CHAIN / f"{number:08d}.json").write_bytes(link)
    return f"link {number}"


def delete_a_version(memory: Memory, draw: random.Random) -> str:
    version = draw.choice(memory.versions)
    shutil.rmtree(version)
    return memory.named(version)


def add_a_version(memory: Memory, draw: random.Random) -> str:
    """Also one that pretends to be older than all."""
    version = draw.choice(memory.versions)
    name = draw.choice(["20991231T000000Z-00000000", "20000101T000000Z-00000000"])
    shutil.copytree(version, version.with_name(name))
    return memory.named(version.with_name(name))


def switch_to_another_version(memory: Memory, draw: random.Random) -> str:
    current = memory.settings.published / "current"
    current.unlink()
    current.symlink_to(f"versions/{draw.choice(memory.versions[:-1]).name}")
    return "published/current"


def leave_a_folder_for_the_current_version(memory: Memory, draw: random.Random) -> str:
    current = memory.settings.published / "current"
    version = current.resolve()
    current.unlink()
    shutil.copytree(version, current)
    return "published/current"


def unpublish(memory: Memory, draw: random.Random) -> str:
    (memory.settings.published / "current").unlink()
    return "published/current"


def delete_all_that_is_published(memory: Memory, draw: random.Random) -> str:
    named = memory.named(draw.choice(memory.versions))
    shutil.rmtree(memory.settings.published)
    return named


ALTERATIONS = [
    edit_a_value, null_a_column, delete_a_row, insert_a_row, reorder_rows, write_the_same_rows_again,
    truncate, append_bytes, replace_by_as_many_bytes_with_the_same_times, delete_a_file, delete_a_dataset,
    move_to_another_dataset, rename_a_file, replay_a_file, replay_a_file_below_its_folder, swap_two_loads,
    swap_by_hard_links, leave_a_symbolic_link, alter_a_pack, alter_a_listing, add_a_pack, swap_two_packs,
    delete_a_link, edit_a_link, end_a_link_otherwise, swap_two_links, cut_off_the_end, begin_the_chain_again,
    edit_what_names_rows, edit_a_payment_file, truncate_a_payment_file, swap_two_payment_files,
    replay_a_payment_file, link_a_payment_file, alter_lake_and_folder_alike, edit_what_is_published,
    edit_what_versions_share, delete_what_is_published, add_to_what_is_published, link_what_is_published,
    swap_two_versions, exchange_a_file_between_versions, state_a_version_anew, leave_no_facts_of_a_version,
    leave_a_payment_file_without_end, append_an_odd_link, delete_a_version,
    add_a_version, switch_to_another_version, leave_a_folder_for_the_current_version, unpublish,
    delete_all_that_is_published,
]  # fmt: skip


@pytest.mark.drawn
@pytest.mark.parametrize("alter", ALTERATIONS)
def test_what_is_altered_is_named_from_one_anchor(
    alter: Callable[[Memory, random.Random], str], sound: Memory, tmp_path: Path
) -> None:
    for seed in range(times(1)):
        memory = _copy(sound, tmp_path / f"{seed}")
        subject = alter(memory, random.Random(f"{alter.__name__} {seed}"))
        found = [str(finding) for finding in verify(memory.settings, [sound.anchor]).open]
        assert any(line.startswith(f"{subject} ") for line in found), (subject, found)
        shutil.rmtree(tmp_path / f"{seed}")


# What changes no byte, and what Tieout does


def change_times(memory: Memory, draw: random.Random) -> None:
    for file in memory.lake.rglob("*"):
        os.utime(file, (draw.randrange(2**31), draw.randrange(2**31)))


def close_to_others(memory: Memory, draw: random.Random) -> None:
    for file in memory.lake.rglob("*"):
        file.chmod(0o700 if file.is_dir() else 0o400)


def give_a_second_name(memory: Memory, draw: random.Random) -> None:
    """As a backup does that keeps what has not changed by hard links."""
    memory.lake.with_name("backup").mkdir()
    for number, file in enumerate(memory.files()):
        memory.lake.with_name("backup").joinpath(f"{number}").hardlink_to(file)


def send_payment_files(memory: Memory, draw: random.Random) -> None:
    memory.payment(draw).unlink()


def forget_packs(memory: Memory, draw: random.Random) -> None:
    shutil.rmtree(memory.lake / "_packs")


def append_more(memory: Memory, draw: random.Random) -> None:
    with open_load(memory.settings, lambda: NOON + datetime.timedelta(draw.randint(9, 19))) as load:
        for dataset in draw.sample(sorted(WRITTEN), 3):
            load.write(dataset, [_row(WRITTEN[dataset], load, draw.randrange(99))])


def leave_as_it_is(memory: Memory, draw: random.Random) -> None:
    pass


@pytest.mark.drawn
@pytest.mark.parametrize(
    "happen",
    [
        change_times, close_to_others, give_a_second_name, send_payment_files, forget_packs, append_more,
        leave_as_it_is,
    ],
)  # fmt: skip
def test_nobody_is_accused_where_nothing_was_altered(
    happen: Callable[[Memory, random.Random], None], sound: Memory, tmp_path: Path
) -> None:
    for seed in range(times(1)):
        memory = _copy(sound, tmp_path / f"{seed}")
        draw = random.Random(seed)
        for each in {happen, *draw.choices([append_more, change_times, send_payment_files], k=seed % 3)}:
            each(memory, draw)
        assert verify(memory.settings, [sound.anchor]).open == []
        shutil.rmtree(tmp_path / f"{seed}")
