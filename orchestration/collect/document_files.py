"""What lies in documents/ and cash_letters/: from files to spooled rows, with their pictures measured."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any, BinaryIO

from orchestration.collect.counted import Counted
from orchestration.collect.landing import CASH_LETTERS, DOCUMENT_FACTS, DOCUMENT_PAGES
from orchestration.collect.ledger_files import convert, table_chunks, tally
from orchestration.collect.readers.cash_letter import ChequePicture, read_cash_letters
from orchestration.lake.datasets import CashLetter, Cheque, ChequeImage, DocumentPage
from orchestration.lake.datasets.documents import STEP_VERSION, is_text_read, page_version
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Rows

if TYPE_CHECKING:
    from orchestration.collect.pictures import Page

_BATCH_ROWS = 5_000
# A page takes a second or more to read, and a file of many pages must not run out of its time for that.
_MOST_PAGES_READ = 5
_DATASETS = {CashLetter: CASH_LETTERS, Cheque: "cheques", ChequeImage: "cheque_images"}


def read_cash_letter_file(stream: BinaryIO, spool: Rows, file_hash: str, load_id: str) -> Counted:
    """Spool every row of the file and count its cheques. A picture that cannot be read is no fault of the
    letter, whose records carry the money: it is noted at the cheque. Raises UnreadableFile."""
    counted = Counted()
    gathered: dict[type, list[tuple]] = {row_type: [] for row_type in _DATASETS}
    for row in read_cash_letters(stream):
        if isinstance(row, ChequePicture):
            row = _image(row)
        elif isinstance(row, Cheque):
            counted.add(1, row.amount)
        rows = gathered[type(row)]
        rows.append(row)
        if len(rows) == _BATCH_ROWS:
            spool.write_rows(_DATASETS[type(row)], rows, file_hash, load_id)
            rows.clear()
    for row_type, rows in gathered.items():
        if rows:
            spool.write_rows(_DATASETS[row_type], rows, file_hash, load_id)
    return counted


def _image(picture: ChequePicture) -> ChequeImage:
    from orchestration.collect.pictures import read_pages

    fault, measures, thumbnail = None, None, None
    try:
        (page,) = read_pages(io.BytesIO(picture.content))
        measures = page.measures
        thumbnail = page.thumbnail if picture.side == "front" else None
    except UnreadableFile as error:
        fault = str(error)
    except ValueError:
        fault = "has several pages"
    return ChequeImage(
        line_number=picture.line_number,
        cheque_line_number=picture.cheque_line_number,
        side=picture.side,
        image_hash=hashlib.sha256(picture.content).hexdigest(),
        fault=fault,
        byte_offset=picture.byte_offset,
        byte_count=len(picture.content),
        width=measures and measures.width,
        height=measures and measures.height,
        sharpness=measures and measures.sharpness,
        brightness=measures and measures.brightness,
        coverage=measures and measures.coverage,
        thumbnail=thumbnail,
        step_version=STEP_VERSION,
    )


def read_picture_file(stream: BinaryIO, spool: Rows, file_hash: str, load_id: str) -> tuple[str, Counted]:
    """Spool every page of a picture; its format, and the count of its pages. Raises UnreadableFile."""
    from orchestration.collect.pictures import read_pages

    counted, image_format = Counted(), ""
    for number, page in enumerate(read_pages(stream), 1):
        image_format = page.image_format
        row = DocumentPage(
            line_number=number,
            page_count=page.page_count,
            image_format=image_format,
            **page.measures._asdict(),
            thumbnail=page.thumbnail,
            step_version=page_version(),
            **_read(page, is_text_read() and number <= _MOST_PAGES_READ),
        )
        spool.write_rows(DOCUMENT_PAGES, [row], file_hash, load_id)
        counted.record_count += 1
    return image_format, counted


def _read(page: Page, is_read: bool) -> dict[str, Any]:
    """What a DocumentPage says of the text on a page, or nothing."""
    names = ("merchant", "number", "currency", "amount", "tax_amount")
    columns = ("text_lines", *(f"read_{name}" for name in names), "is_proved", "read_on", "text_fault")
    if not is_read:
        return dict.fromkeys(columns)
    from orchestration.collect.picture_text import facts, read_text

    try:
        lines = read_text(page.picture, float(page.measures.skew))
    # What reads text may fail at a picture, by memory too. The picture is whole all the same. What it says
    # could repeat a text, so that only its kind is kept.
    except Exception as error:
        return dict.fromkeys(columns) | {"text_fault": f"reading its text failed: {type(error).__name__}"}
    *found, is_proved, document_on = facts(lines)
    return {
        "text_lines": json.dumps([(text, round(sure, 3), *box) for text, sure, *box in lines]),
        **{f"read_{name}": value for name, value in zip(names, found, strict=True)},
        "is_proved": is_proved,
        "read_on": document_on,
        "text_fault": None,
    }


def read_fact_file(stream: BinaryIO, path: str, spool: Rows, file_hash: str, load_id: str) -> Counted:
    """Spool what a CSV says of pictures, and count it. No message repeats a value. Raises UnreadableFile."""
    chunks, unit = table_chunks(stream, path, DOCUMENT_FACTS)
    counted = Counted()
    for chunk in chunks:
        batch = convert(chunk, DOCUMENT_FACTS, unit, file_hash, load_id)
        tally(batch, DOCUMENT_FACTS, counted)
        spool.write(DOCUMENT_FACTS, batch)
    return counted
