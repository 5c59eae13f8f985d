"""Image cash letters (X9.100-187): one file, one cash letter, one bundle, with its totals."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from orchestration.demo import company

_ORIGIN = company.US_ROUTING_NUMBER
# Checks as a routing number, but no bank has it.
_DESTINATION = "990000019"
_ECE = "TALLOWMERE"


class WrittenCheque(NamedTuple):
    """One cheque as the bank delivers it. amount: in cents. front and rear: TIFFs."""

    account_number: str
    cheque_number: str
    amount: int
    payee: str
    deposited_on: datetime.date
    front: bytes
    rear: bytes


def write(cheques: list[WrittenCheque], business_on: datetime.date, reference: str, encoding: str) -> bytes:
    """The file's bytes, each record behind its length. encoding: ascii or cp037."""
    day = f"{business_on:%Y%m%d}"
    header = f"{_DESTINATION}{_ORIGIN}{day}{day}"
    records: list[tuple[str, bytes]] = [
        (f"0103T{_DESTINATION}{_ORIGIN}{day}2130N{'TALLOWMERE':<18}{'HARROWGATE':<18}A", b""),
        (f"1001{header}2130IG{reference:<8}", b""),
        (f"2001{header}{reference:<10}0001", b""),
    ]
    for number, cheque in enumerate(cheques, 1):
        sequence = f"{number:015d}"
        on_us = f"{cheque.account_number}/"
        routing = f"{_ORIGIN:>9}"
        records.append(
            (
                f"25{cheque.cheque_number:>15} {routing}{on_us:>20}{cheque.amount:010d}{sequence}G 1Y010B",
                b"",
            )
        )
        endorsed = f"{cheque.deposited_on:%Y%m%d}"
        records.append((f"261{_DESTINATION}{endorsed}{sequence}{'':<18}{'':<5}{cheque.payee[:15]:<15}Y", b""))
        for side, picture in enumerate((cheque.front, cheque.rear)):
            records.append((f"501{_ORIGIN}{endorsed}0000{len(picture):07d}{side}", b""))
            data = f"52{_ORIGIN}{day}01{sequence}{'':<49}{'':<16}0000{'':0>5}{len(picture):07d}"
            records.append((data, picture))
    total = sum(cheque.amount for cheque in cheques)
    count, pictures = len(cheques), 2 * len(cheques)
    records.append((f"70{count:04d}{total:012d}{total:012d}{pictures:05d}{'':<20}0", b""))
    records.append((f"90000001{count:08d}{total:014d}{pictures:09d}{'HARROWGATE':<18}{day}0", b""))
    records.append((f"99000001{len(records) + 1:08d}{count:08d}{total:016d}{_ECE:<14}{'':<10}0", b""))
    return b"".join(_framed(text, picture, encoding) for text, picture in records)


def _framed(text: str, picture: bytes, encoding: str) -> bytes:
    data = text.encode(encoding) + picture if picture else text.ljust(80).encode(encoding)
    return len(data).to_bytes(4) + data
