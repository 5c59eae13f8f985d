"""Image cash letters as banks write them: each record built here by the standard, none by the demo."""

from __future__ import annotations

import datetime
import random
import time
from decimal import Decimal
from typing import Any

import pytest
from scale import times

from orchestration.collect.readers.cash_letter import (
    MAX_IMAGE_BYTES,
    ChequePicture,
    is_cash_letter,
    read_cash_letters,
)
from orchestration.lake.datasets import CashLetter, Cheque
from orchestration.lake.errors import UnreadableFile

# What each record says in these letters, by the place where it begins.
Fields = dict[int, str]
FRONT, REAR = b"II*\0front\n\r\nof a cheque", b"II*\0rear"
LENGTHS = {"lengths, ASCII": "ascii", "lengths, EBCDIC": "cp037"}


def record(code: str, fields: Fields, picture: bytes | None = None) -> tuple[str, bytes | None]:
    text = [" "] * (80 if picture is None else 117)
    for place, value in {1: code, **fields}.items():
        text[place - 1 : place - 1 + len(value)] = value
    return "".join(text), picture


def cheque(amount: str, number: int, *, auxiliary: str = "", on_us: str = "4400127790/") -> list[Any]:
    return [
        record(
            "25",
            {
                3: f"{auxiliary:>15}",
                19: "122000661",
                28: f"{on_us:>20}",
                48: f"{amount:0>10}",
                58: f"{number:015d}",
                73: "G",
            },
        ),
        record("26", {3: "1", 4: "026073150", 13: "20261016", 36: "0099887766", 59: "Ada & Sons"}),
        record("28", {3: "01", 5: "061000146", 13: "20261017"}),
        *pictures(FRONT, REAR),
    ]


def pictures(*content: bytes) -> list[Any]:
    found = []
    for side, data in enumerate(content):
        found.append(
            record("50", {3: "1", 4: "026073150", 13: "20261023", 25: f"{len(data):07d}", 32: str(side)})
        )
        found.append(record("52", {3: "026073150", 102: "0000", 106: "00000", 111: f"{len(data):07d}"}, data))
        found.append(record("54", {3: "1"}))
    return found


def returned(amount: str, reason: str, auxiliary: str) -> list[Any]:
    return [
        record("31", {3: "12200066", 11: "1", 12: f"{'4400127790/':>20}", 32: f"{amount:0>10}", 42: reason}),
        record("32", {3: "1", 4: "026073150", 13: "20261016"}),
        record("33", {3: "PAYOR BANK", 21: f"{auxiliary:>15}"}),
        record("35", {3: "01", 5: "061000146", 13: "20261018"}),
        *pictures(FRONT),
    ]


def bundle(items: list[Any], count: int, amount: int, images: str, credits: str = "0") -> list[Any]:
    head = record("20", {3: "01", 5: "061000146", 14: "026073150", 23: "20261023", 39: "BUNDLE7"})
    control = record("70", {3: f"{count:04d}", 7: f"{amount:012d}", 31: f"{images:>5}", 56: credits})
    return [head, *items, control]


def letter(bundles: list[list[Any]], count: int, amount: int, images: int, credits: str = "0") -> list[Any]:
    head = record("10", {3: "01", 5: "061000146", 14: "026073150", 23: "20261023", 45: "LETTER1"})
    control = record(
        "90",
        {
            3: f"{len(bundles):06d}",
            9: f"{count:08d}",
            17: f"{amount:014d}",
            31: f"{images:09d}",
            58: "20261026",
            66: credits,
        },
    )
    return [head, *(part for parts in bundles for part in parts), control]


def whole(
    letters: list[list[Any]], count: int, amount: int, credits: str = "0", country: str = "US"
) -> list[Any]:
    head = record("01", {3: "03T061000146026073150202610230911N", 74: country})
    inner = [part for parts in letters for part in parts]
    control = record(
        "99",
        {
            3: f"{len(letters):06d}",
            9: f"{len(inner) + 2:08d}",
            17: f"{count:08d}",
            25: f"{amount:016d}",
            65: credits,
        },
    )
    return [head, *inner, control]


def written(records: list[Any], encoding: str = "ascii", *, lines: bytes = b"") -> bytes:
    found = []
    for text, picture in records:
        data = text.encode(encoding) + (picture or b"")
        found.append(data + lines if lines else len(data).to_bytes(4) + data)
    return b"".join(found)


def sample() -> list[Any]:
    """Two bundles: two cheques and a return, with five pictures."""
    one = bundle(
        [*cheque("10025", 1, auxiliary="/0000100622/"), *cheque("7", 2, on_us="88-123/1001")], 2, 10032, "4"
    )
    two = bundle(returned("5000", "A", "100620"), 1, 5000, "")
    return whole([letter([one, two], 3, 15032, 5)], 3, 15032)


def read(content: bytes) -> list[Any]:
    import io

    return list(read_cash_letters(io.BytesIO(content)))


@pytest.mark.parametrize("form", [*LENGTHS, "lines, \\n", "lines, \\r\\n"])
def test_a_letter_is_read_whole_in_every_form(form: str) -> None:
    if form in LENGTHS:
        content = written(sample(), LENGTHS[form])
    else:
        content = written(
            sample(), lines=form.removeprefix("lines, ").encode().decode("unicode_escape").encode()
        )
    assert is_cash_letter(content[:100])
    rows = read(content)
    shown = [row for row in rows if isinstance(row, ChequePicture)]
    assert [(row.cheque_line_number, row.side, row.content) for row in shown] == [
        (4, "front", FRONT),
        (4, "rear", REAR),
        (13, "front", FRONT),
        (13, "rear", REAR),
        (24, "front", FRONT),
    ]
    assert all(content[row.byte_offset :].startswith(row.content) for row in shown)
    first, second, third = (row for row in rows if isinstance(row, Cheque))
    assert first == Cheque(
        line_number=4,
        cash_letter_number=1,
        bundle_reference="BUNDLE7",
        kind="cheque",
        payor_routing="122000661",
        account_number="4400127790",
        cheque_number="100622",
        sequence_number="000000000000001",
        payee="Ada & Sons",
        deposit_account="0099887766",
        return_reason=None,
        currency="USD",
        endorsement_count=2,
        image_count=2,
        amount=Decimal("100.25"),
        deposited_on=datetime.date(2026, 10, 16),
    )
    assert (second.account_number, second.cheque_number, second.amount) == ("88123", "1001", Decimal("0.07"))
    assert (third.kind, third.return_reason, third.cheque_number, third.amount, third.endorsement_count) == (
        "return",
        "A",
        "100620",
        Decimal("50.00"),
        2,
    )
    assert rows[-1] == CashLetter(
        line_number=2,
        cash_letter_number=1,
        cash_letter_reference="LETTER1",
        collection_type="01",
        origin_routing="026073150",
        destination_routing="061000146",
        currency="USD",
        bundle_count=2,
        item_count=3,
        image_count=5,
        amount_total=Decimal("150.32"),
        business_on=datetime.date(2026, 10, 23),
        settles_on=datetime.date(2026, 10, 26),
    )


def test_padding_behind_the_last_record_is_none() -> None:
    assert read(written(sample()) + b"\0" * 400) == read(written(sample()))
    with pytest.raises(UnreadableFile, match="is not the length of a record"):
        read(written(sample()) + b"more")


def test_credits_count_where_the_control_says_so() -> None:
    credit = record("61", {19: "026073150", 48: "0000010032", 58: "1"})
    items = [credit, *cheque("10032", 1)]
    inside = whole([letter([bundle(items, 2, 20064, "2", "1")], 2, 20064, 2, "1")], 2, 20064, "1")
    beside = whole([letter([bundle(items, 1, 10032, "2")], 1, 10032, 2)], 1, 10032)
    for records in (inside, beside):
        (only,) = (row for row in read(written(records)) if isinstance(row, Cheque))
        assert only.amount == Decimal("100.32")
        assert read(written(records))[-1].amount_total == Decimal("100.32")


def test_dollars_of_canada_are_told_by_the_file() -> None:
    records = whole([letter([bundle(cheque("5", 1), 1, 5, "2")], 1, 5, 2)], 1, 5, country="CA")
    assert {row.currency for row in read(written(records)) if not isinstance(row, ChequePicture)} == {"CAD"}


@pytest.mark.parametrize(
    ("at", "place", "value", "reason"),
    [
        (22, 3, "0003", "record 70 declares 3 items, and 2 are there (record 22"),
        (22, 7, "000000010033", "record 70 declares 10033 cents, and 10032 are there"),
        (22, 31, "00005", "record 70 declares 5 pictures, and 4 are there"),
        (32, 3, "000003", "record 90 declares 3 bundles, and 2 are there"),
        (32, 17, "00000000015033", "record 90 declares 15033 cents"),
        (33, 3, "000002", "record 99 declares 2 cash letters"),
        (33, 9, "00000034", "record 99 declares 34 records, and 33 are there"),
        (33, 25, "0000000000000001", "record 99 declares 1 cents"),
        (33, 17, "       x", "the number of items 'x' is not a number"),
        (4, 48, "00001002x5", "the amount '00001002x5' is not a number"),
        (2, 23, "20261332", "'20261332' is not a date"),
        (5, 1, "27", None),
        (4, 1, "77", "record '77' must not stand here (record 4"),
        (7, 32, "7", "'7' is no side of a cheque"),
        (8, 1, "54", "record 52 stands without"),
    ],
)
def test_what_does_not_prove_is_refused_with_its_place(
    at: int, place: int, value: str, reason: str | None
) -> None:
    records = sample()
    text, picture = records[at - 1]
    if (at, place) == (8, 1):
        records[6] = record("54", {3: "1"})
    else:
        records[at - 1] = (text[: place - 1] + value + text[place - 1 + len(value) :], picture)
    if reason is None:
        assert read(written(records))
        return
    with pytest.raises(UnreadableFile) as refused:
        read(written(records))
    assert reason in str(refused.value)
    assert "byte" in refused.value.position


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (written(sample())[:-84], "ends without its file control"),
        (written(sample())[:-40], "the file ends in a record of 80 bytes"),
        (written(sample())[:905], "the file ends in a record of"),
        (written(sample()[:1]) + (MAX_IMAGE_BYTES + 1).to_bytes(4), "is not the length of a record"),
        (written(sample()[:2]) + (100_000).to_bytes(4) + b"20" + b" " * 99_998, "more than 4096"),
        (b"\0\0\0P99" + b" " * 78, "is no image cash letter"),
        (b"PK\x03\x04" + b" " * 100, "is no image cash letter"),
        (b"", "is no image cash letter"),
    ],
)
def test_a_broken_file_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(content)


def test_a_picture_of_another_size_than_declared_is_refused() -> None:
    records = sample()
    text, picture = records[7]
    records[7] = (f"{text[:110]}{len(FRONT) + 1:07d}", picture)
    with pytest.raises(
        UnreadableFile, match=f"declares a picture of {len(FRONT) + 1} bytes and holds {len(FRONT)}"
    ):
        read(written(records))


@pytest.mark.drawn
def test_mutants_are_read_or_refused() -> None:
    rng = random.Random(5)
    contents = [written(sample(), encoding) for encoding in LENGTHS.values()] + [
        written(sample(), lines=b"\n")
    ]
    refused = 0
    for _ in range(times(400)):
        changed = bytearray(rng.choice(contents))
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(changed))
            action = rng.randrange(3)
            if action == 0:
                changed[at] = rng.randrange(256)
            elif action == 1:
                del changed[at : at + rng.randint(1, 200)]
            else:
                changed[at:at] = changed[: rng.randint(1, 200)]
        started = time.process_time()
        try:
            rows = read(bytes(changed))
        except UnreadableFile:
            refused += 1
        else:
            totals = sum(row.amount_total for row in rows if isinstance(row, CashLetter))
            assert totals == sum(row.amount for row in rows if isinstance(row, Cheque))
        assert time.process_time() - started < 1
    assert refused > 100
