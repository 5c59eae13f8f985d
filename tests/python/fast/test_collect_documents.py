"""Collecting paper: pictures and cash letters become rows, once a version of the steps, or are refused."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from PIL import Image

from orchestration.collect import collect, document_files
from orchestration.collect.pictures import read_pages
from orchestration.defs.collect import load_event
from orchestration.demo.paper import cash_letter, drawn
from orchestration.lake.datasets import documents
from orchestration.settings import Settings

FACTS = "file_name,currency,amount,document_on\na.jpg,EUR,12.50,2026-01-05\n"


@pytest.fixture(autouse=True)
def folders(settings: Settings) -> None:
    for folder in ("documents", "cash_letters"):
        (settings.landing / folder).mkdir(parents=True, exist_ok=True)


def picture(grey: int = 230) -> bytes:
    content = io.BytesIO()
    Image.new("L", (300, 400), grey).save(content, "JPEG")
    return content.getvalue()


def letter(front: bytes) -> bytes:
    cheque = cash_letter.WrittenCheque(
        "4400127790", "101", 12_345, "Ada", date(2026, 1, 5), front, drawn.cheque_rear()
    )
    return cash_letter.write({"BUNDLE1": [cheque]}, date(2026, 1, 6), "LETTER1", "cp037")


def rows(settings: Settings, dataset: str, columns: str) -> list[tuple]:
    files = str(settings.lake / dataset / "*.parquet")
    return duckdb.execute(f"select {columns} from read_parquet('{files}') order by all").fetchall()


def test_paper_is_collected_and_its_damage_told(settings: Settings) -> None:
    (settings.landing / "documents" / "a.jpg").write_bytes(picture())
    (settings.landing / "documents" / "again.JPG").write_bytes(picture())
    (settings.landing / "documents" / "half.jpg").write_bytes(picture(90)[:200])
    (settings.landing / "documents" / "facts.csv").write_text(FACTS)
    (settings.landing / "documents" / "wrong.csv").write_text(FACTS.replace("12.50", "Ada's twelve"))
    (settings.landing / "cash_letters" / "sound.x937").write_bytes(
        letter(drawn.cheque_front("1", "101", "Ada", 5, ""))
    )
    (settings.landing / "cash_letters" / "faulty.x937").write_bytes(letter(b"II*\0cut"))
    (settings.landing / "cash_letters" / "short.x937").write_bytes(letter(b"II*\0cut")[:-84])
    done = collect(settings)
    assert (done.loaded, done.duplicate, done.quarantined) == (4, 1, 3)
    reasons = dict(rows(settings, "collected_files", "path, reason"))
    assert reasons["documents/half.jpg"].startswith("cannot be decoded")
    assert reasons["documents/wrong.csv"] == "amount is not a plain decimal with at most 5 decimals"
    assert reasons["cash_letters/short.x937"] == "ends without its file control, record 99"
    faults = rows(settings, "cheque_images", "side, fault is null, width")
    assert faults == [("front", False, None), ("front", True, 640), ("rear", True, 640), ("rear", True, 640)]
    assert (
        rows(settings, "cheques", "cheque_number, amount, payee") == [("101", Decimal("123.45"), "Ada")] * 2
    )
    assert collect(settings).is_nothing_new


def test_each_load_of_pictures_is_an_event(settings: Settings) -> None:
    """What was appended is told load by load: files, bytes and rows, the refused among the files."""
    assert collect(settings).loads == []  # of a new lake, whose datasets are empty files
    for shade in range(100, 200, 20):
        (settings.landing / "documents" / f"{shade}.jpg").write_bytes(picture(shade))
    (settings.landing / "documents" / "half.jpg").write_bytes(picture(90)[:200])
    sizes = [file.stat().st_size for file in (settings.landing / "documents").iterdir()]
    done = collect(replace(settings, batch_bytes=2 * max(sizes)))
    assert len(done.loads) == 3 and len({load.load_id for load in done.loads}) == 3
    assert sum(load.files for load in done.loads) == 6
    assert sum(load.byte_count for load in done.loads) == sum(sizes)
    assert done.rows["document_pages"] == sum(load.rows["document_pages"] for load in done.loads) == 5
    event = load_event("documents", done.loads[0])
    assert event.asset_key.path == ["lake", "collected_files"]
    told = {name: value.value for name, value in event.metadata.items()}
    assert (told["files"], told["rows of document_pages"]) == (2, 2)
    assert told["load"] in event.description and told["seconds"] > 0


def test_a_new_version_of_the_steps_measures_every_picture_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.landing / "documents" / "a.jpg").write_bytes(picture())
    (settings.landing / "documents" / "b.jpg").write_bytes(picture())
    (settings.landing / "documents" / "facts.csv").write_text(FACTS)
    (settings.landing / "cash_letters" / "sound.x937").write_bytes(
        letter(drawn.cheque_front("1", "101", "Ada", 5, ""))
    )
    assert collect(settings).loaded == 3
    first = documents.page_version()
    for module in (documents, document_files):
        monkeypatch.setattr(module, "STEP_VERSION", 3)
    again = collect(settings)
    assert (again.loaded, again.duplicate) == (2, 0)
    assert rows(settings, "document_pages", "step_version") == [(first,), (first + 10,)]
    assert rows(settings, "cheque_images", "step_version, side") == [
        (2, "front"),
        (2, "rear"),
        (3, "front"),
        (3, "rear"),
    ]
    assert collect(settings).is_nothing_new


def test_pictures_read_side_by_side_are_recorded_as_they_were_listed(settings: Settings) -> None:
    """The large one is sent first and read last; the same bytes again, and a broken one, stand between."""
    large = io.BytesIO()
    Image.effect_noise((3000, 3000), 90).save(large, "PNG")
    contents = [large.getvalue(), picture(90), picture(90), picture(91)[:200], picture(92)]
    for number, content in enumerate(contents):
        (settings.landing / "documents" / f"{number}.png").write_bytes(content)
    (settings.landing / "documents" / "9.csv").write_text(FACTS)
    done = collect(settings)
    assert (done.loaded, done.duplicate, done.quarantined) == (4, 1, 1)
    files = str(settings.lake / "collected_files" / "*.parquet")
    recorded = duckdb.execute(f"select path, status from read_parquet('{files}')").fetchall()
    assert [(path[-5:], status) for path, status in recorded] == [
        ("0.png", "loaded"),
        ("1.png", "loaded"),
        ("2.png", "duplicate"),
        ("3.png", "quarantined"),
        ("4.png", "loaded"),
        ("9.csv", "loaded"),
    ]
    pages = rows(settings, "document_pages", "file_hash, count(*) over ()")
    assert {count for _, count in pages} == {3}
    assert collect(settings).is_nothing_new


def test_a_text_that_cannot_be_read_is_said_and_costs_no_picture() -> None:
    (page,) = read_pages(io.BytesIO(picture()))
    found = document_files._read(page._replace(picture=None), is_read=True)
    assert found.pop("text_fault").startswith("reading its text failed: ")
    assert set(found.values()) == {None}
    assert set(document_files._read(page, is_read=False).values()) == {None}
