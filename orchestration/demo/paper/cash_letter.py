"""Image cash letters (X9.100-187): one file, one cash letter, its bundles, with their totals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

from orchestration.demo import company

_ORIGIN = company.US_ROUTING_NUMBER
# Check as routing numbers, but no bank has them.
_DESTINATION, OTHER_BANK = "990000013", "990000026"
_ECE = "TALLOWMERE"


class WrittenCheque(NamedTuple):
    """One cheque as the bank delivers it. amount: in cents. front and rear: TIFFs.

    payor_routing: of the bank that it is drawn on. deposit_account: into which it was deposited, or nothing.
    """

    account_number: str
    cheque_number: str
    amount: int
    payee: str
    deposited_on: datetime.date
    front: bytes
    rear: bytes
    payor_routing: str = _ORIGIN
    deposit_account: str = ""


def write(
    bundles: dict[str, list[WrittenCheque]], business_on: datetime.date, reference: str, encoding: str
) -> bytes:
    """The file's bytes, each record behind its length. bundles: by the bank's name of each. encoding: ascii
    or cp037."""
    day = f"{business_on:%Y%m%d}"
    header = f"{_DESTINATION}{_ORIGIN}{day}{day}"
    records: list[tuple[str, bytes]] = [
        (f"0103T{_DESTINATION}{_ORIGIN}{day}2130N{'TALLOWMERE':<18}{'HARROWGATE':<18}A", b""),
        (f"1001{header}2130IG{reference:<8}", b""),
    ]
    number = 0
    for place, (name, cheques) in enumerate(bundles.items(), 1):
        records.append((f"2001{header}{name[:10]:<10}{place:04d}", b""))
        for cheque in cheques:
            number += 1
            records.extend(_cheque(cheque, f"{number:015d}", day))
        total = sum(cheque.amount for cheque in cheques)
        records.append((f"70{len(cheques):04d}{total:012d}{total:012d}{2 * len(cheques):05d}{'':<20}0", b""))
    total = sum(cheque.amount for cheques in bundles.values() for cheque in cheques)
    records.append(
        (f"90{len(bundles):06d}{number:08d}{total:014d}{2 * number:09d}{'HARROWGATE':<18}{day}0", b"")
    )
    records.append((f"99000001{len(records) + 1:08d}{number:08d}{total:016d}{_ECE:<14}{'':<10}0", b""))
    return b"".join(_framed(text, picture, encoding) for text, picture in records)


def _cheque(cheque: WrittenCheque, sequence: str, day: str) -> Iterator[tuple[str, bytes]]:
    on_us = f"{cheque.account_number}/"
    drawn_on = f"{cheque.cheque_number:>15} {cheque.payor_routing}{on_us:>20}"
    yield f"25{drawn_on}{cheque.amount:010d}{sequence}G 1Y010B", b""
    endorsed = f"{cheque.deposited_on:%Y%m%d}"
    yield (
        f"261{_DESTINATION}{endorsed}{sequence}{cheque.deposit_account:<18}{'':<5}{cheque.payee[:15]:<15}Y",
        b"",
    )
    for side, picture in enumerate((cheque.front, cheque.rear)):
        yield f"501{_ORIGIN}{endorsed}0000{len(picture):07d}{side}", b""
        yield f"52{_ORIGIN}{day}01{sequence}{'':<49}{'':<16}0000{'':0>5}{len(picture):07d}", picture


def _framed(text: str, picture: bytes, encoding: str) -> bytes:
    data = text.encode(encoding) + picture if picture else text.ljust(80).encode(encoding)
    return len(data).to_bytes(4) + data
