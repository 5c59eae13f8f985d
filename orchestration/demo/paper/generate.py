"""What of the demo company is paper, drawn from its cheques and expense claims, with its truth."""

from __future__ import annotations

import csv
import datetime
import io
import zlib
from collections import Counter
from dataclasses import dataclass
from random import Random

from orchestration.demo import company
from orchestration.demo.bank import BankLine, Banks
from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.ledger import CashItem
from orchestration.demo.money import plain
from orchestration.demo.paper import cash_letter, drawn
from orchestration.demo.paper.cash_letter import WrittenCheque

# Cheques and deposits in a letter, and claims with receipts: what is committed stays small, however long the
# run.
MOST_CHEQUES, MOST_DEPOSITS, MOST_CLAIMS = 32, 6, 22
# By account: how the bank names its letters, and what they are written in.
_LETTERS = {"usd-operating": ("OPER0001", "cp037"), "usd-payroll": ("PAYR0001", "ascii")}
_NEVER = datetime.date.max
_MERCHANTS = (
    "Larkspur Hotel",
    "Quillbrook Diner",
    "Veldt Car Rental",
    "Ottermill Rail",
    "Saffron Yard Cafe",
    "Tern and Bell Stationers",
    "Marlpit Taxi",
    "Hotel Uferblick",
)
_THINGS = ("Room", "Breakfast", "Fare", "Parking", "Dinner", "Paper", "Fuel", "Service")
_FACT_COLUMNS = (
    "file_name",
    "handed_in_by",
    "merchant",
    "document_number",
    "currency",
    "amount",
    "tax_amount",
    "document_on",
    "handed_in_on",
)
TRUTH_COLUMNS = ("kind", "file", "cheque_number", "status", "entry_id", "description")
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class PaperSummary:
    """What was written. planted: the number of oddities by kind."""

    cheques: int
    letters: int
    receipts: int
    planted: dict[str, int]


def write_paper(
    landing: GeneratedFolder,
    truth: GeneratedFolder,
    seed: int,
    banks: Banks,
    cheques: list[BankLine],
    deposits: list[tuple[BankLine, list[CashItem]]],
    claims: list[tuple[BankLine, CashItem]],
) -> PaperSummary:
    """Write cash letters of the cheques that were paid or deposited, and receipts of paid claims."""
    rows: list[tuple[str, ...]] = []
    readable = [line for line in cheques if banks.is_readable(line)]
    letters = _write_letters(landing, rows, readable)
    credited = [(line, items) for line, items in deposits if banks.is_readable(line)][:MOST_DEPOSITS]
    if credited:
        letters.append(_write_deposits(landing, rows, credited))
    paid = [(line, item) for line, item in claims if banks.is_readable(line)][:MOST_CLAIMS]
    receipts = _write_receipts(landing, rows, Random(f"{seed}/receipts"), paid)
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\n")
    writer.writerows([TRUTH_COLUMNS, *rows])
    truth.write("paper.csv", content.getvalue().encode())
    planted = Counter(kind for kind, *_ in rows if kind not in ("paid_cheque", "deposited_cheque", "receipt"))
    return PaperSummary(
        cheques=sum(map(len, letters)),
        letters=len(letters),
        receipts=receipts,
        planted=dict(sorted(planted.items())),
    )


def _write_letters(
    landing: GeneratedFolder, rows: list[tuple[str, ...]], lines: list[BankLine]
) -> list[list[WrittenCheque]]:
    """A letter for each account that paid cheques. In the first, one is encoded with another amount than it
    was written for, one was never issued, and of one the picture is damaged; one is presented in both."""
    paid_by = {
        alias: sorted(
            (line for line in lines if line.account.alias == alias),
            key=lambda line: (line.booked_on, line.reference),
        )[:MOST_CHEQUES]
        for alias in _LETTERS
    }
    letters: list[list[WrittenCheque]] = []
    again: WrittenCheque | None = None
    for alias, paid in sorted(
        paid_by.items(), key=lambda each: max((line.booked_on for line in each[1]), default=_NEVER)
    ):
        if not paid:
            continue
        business_on = paid[-1].booked_on
        reference, encoding = _LETTERS[alias]
        path = f"cash_letters/{alias}_{business_on:%Y%m%d}.x937"
        written = [_cheque(line) for line in paid]
        kinds = [("paid_cheque", "proved", "The letter, the statement and the books agree")] * len(written)
        if len(written) > 4 and not letters:
            written[1] = written[1]._replace(amount=written[1].amount * 10)
            kinds[1] = ("altered_cheque", "in_question", "Encoded with ten times its amount")
            written[2] = written[2]._replace(front=written[2].front[:200])
            kinds[2] = ("damaged_picture", "proved", "Its front is cut short; the records carry the money")
            forged = written[3]._replace(cheque_number="987654", amount=184_000)
            written.append(forged)
            kinds.append(
                (
                    "forged_cheque",
                    "in_question",
                    "No such cheque was issued, and its number was never printed",
                )
            )
        if again is not None:
            written.append(again)
            kinds.append(("cheque_twice", "in_question", "Presented in the letter before, and paid once"))
        again = written[0] if not letters else None
        landing.write(path, cash_letter.write({reference: written}, business_on, reference, encoding))
        rows.extend(
            (kind, path, cheque.cheque_number, status, "", description)
            for cheque, (kind, status, description) in zip(written, kinds, strict=True)
        )
        letters.append(written)
    return letters


def _write_deposits(
    landing: GeneratedFolder, rows: list[tuple[str, ...]], deposits: list[tuple[BankLine, list[CashItem]]]
) -> list[WrittenCheque]:
    """One letter of customers' cheques: a bundle for each deposit, under the number of its slip."""
    bundles = {
        f"DEP{line.reference[-6:]}": [_customers_cheque(line, item) for item in items]
        for line, items in deposits
    }
    business_on = max(line.booked_on for line, _ in deposits)
    path = f"cash_letters/usd-deposits_{business_on:%Y%m%d}.x937"
    landing.write(path, cash_letter.write(bundles, business_on, "DEPO0001", "cp037"))
    written = [cheque for cheques in bundles.values() for cheque in cheques]
    rows.extend(
        ("deposited_cheque", path, cheque.cheque_number, "deposited", "", "The statement credits its deposit")
        for cheque in written
    )
    return written


def _customers_cheque(line: BankLine, item: CashItem) -> WrittenCheque:
    drawer, entry = item.entry.counterparty, item.entry.entry_id
    account, number = f"{zlib.crc32(drawer.encode()):010d}", str(zlib.crc32(entry.encode()) % 9000 + 1000)
    return WrittenCheque(
        account_number=account,
        cheque_number=number,
        amount=item.amount,
        payee=company.NAME,
        deposited_on=item.entry.posted_on,
        front=drawn.cheque_front(
            account,
            number,
            f"{company.NAME} Inc",
            item.amount,
            f"{item.entry.posted_on - _DAY:%Y-%m-%d}",
            drawer=drawer,
            bank="Other Bank",
            routing=cash_letter.OTHER_BANK,
        ),
        rear=drawn.cheque_rear(),
        payor_routing=cash_letter.OTHER_BANK,
        deposit_account=line.account.number,
    )


def _cheque(line: BankLine) -> WrittenCheque:
    number = line.reference.lstrip("0")
    name, amount = line.counterparty.name, -line.amount
    return WrittenCheque(
        account_number=line.account.number,
        cheque_number=number,
        amount=amount,
        payee=name,
        deposited_on=line.booked_on,
        front=drawn.cheque_front(line.account.number, number, name, amount, f"{line.booked_on:%Y-%m-%d}"),
        rear=drawn.cheque_rear(),
    )


def _write_receipts(
    landing: GeneratedFolder,
    rows: list[tuple[str, ...]],
    random: Random,
    claims: list[tuple[BankLine, CashItem]],
) -> int:
    """A receipt for each claim, but two for one of them. Two are handed in twice, one as the same file; one
    is out of focus, of one nobody says what it is, and one was never paid."""
    facts: list[tuple[str, ...]] = []
    count = 0
    for place, (line, item) in enumerate(claims):
        parts = [-line.amount]
        if place == 5:
            parts = [parts[0] // 3, parts[0] - parts[0] // 3]
        for part in parts:
            count += 1
            name = f"receipt_{count:03d}.jpg"
            path = f"documents/{name}"
            paper = _receipt(random, line, part, count)
            is_blurred = place == 7
            lean = random.choice((0.0, 0.0, 1.5, -2.0))
            content = drawn.receipt(paper, random, lean=lean, blur=1.6 if is_blurred else 0.0)
            landing.write(path, content)
            told = _facts(name, line, paper)
            kind, status, description = "receipt", "tied", "Of the amount of a claim that was paid"
            if len(parts) > 1:
                kind, status, description = "split_claim", "proposed", "One of two receipts of one claim"
            elif is_blurred:
                kind, status, description = "blurred_receipt", "unreadable", "Out of focus"
            elif place == 9:
                kind, status, description = "silent_receipt", "not_read", "Nobody says what it is"
            elif place == 11:
                kind, status, description = "unpaid_receipt", "open", "No claim of its amount was paid"
                told = (*told[:5], plain(paper.total + 1311), *told[6:])
            if kind != "silent_receipt":
                facts.append(told)
            rows.append((kind, path, "", status, item.entry.entry_id, description))
            if place == 1:
                landing.write("documents/resent/again.jpg", content)
                rows.append(("same_bytes", "documents/resent/again.jpg", "", "", "", f"The bytes of {name}"))
            if place == 3:
                count += 1
                other = f"receipt_{count:03d}.jpg"
                landing.write(f"documents/{other}", drawn.receipt(paper, random, lean=2.0))
                facts.append(_facts(other, claims[4][0] if len(claims) > 4 else line, paper))
                rows.append(
                    ("same_paper", f"documents/{other}", "", "duplicate", "", f"{name} photographed again")
                )
    if facts:
        content = io.StringIO(newline="")
        writer = csv.writer(content, lineterminator="\n")
        writer.writerows([_FACT_COLUMNS, *facts])
        landing.write("documents/handed_in.csv", content.getvalue().encode())
    return count


def _receipt(random: Random, line: BankLine, amount: int, number: int) -> drawn.Receipt:
    """A receipt whose lines add up to the amount."""
    left, lines = amount, []
    while left > amount // 3 and len(lines) < 4:
        part = max(1, left * random.randint(20, 60) // 100)
        lines.append((random.choice(_THINGS), part))
        left -= part
    lines.append((random.choice(_THINGS), left))
    bought_on = line.booked_on - random.randint(2, 6) * _DAY
    return drawn.Receipt(
        merchant=random.choice(_MERCHANTS),
        number=f"R-{number:04d}-{random.randint(10, 99)}",
        date=f"{bought_on:%Y-%m-%d}",
        currency=line.account.currency,
        lines=lines,
        tax=amount * 8 // 108,
    )


def _facts(name: str, line: BankLine, paper: drawn.Receipt) -> tuple[str, ...]:
    return (
        name,
        line.counterparty.name,
        paper.merchant,
        paper.number,
        paper.currency,
        plain(paper.total),
        plain(paper.tax),
        paper.date,
        f"{line.booked_on - _DAY:%Y-%m-%d}",
    )
