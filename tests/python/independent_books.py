"""A second, independent generator of books: another company, other conventions, its truth beside it.

It shares no code with orchestration.demo, so that rules cannot be right for that company only. Every
match is written from the event that made it. Amounts that nothing but the amount can link are unique
within their currency; those with a reference often are not.
"""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

TRUTH_COLUMNS = (
    "truth_match_id",
    "kind",
    "side",
    "account_number",
    "item_on",
    "amount",
    "currency",
    "bank_reference",
    "entry_id",
    "line_no",
    "expected",
)
JOURNAL_COLUMNS = (
    "recorded_at",
    "entry_id",
    "line_no",
    "posted_on",
    "gl_account",
    "currency",
    "amount",
    "original_currency",
    "original_amount",
    "reference",
    "counterparty",
    "memo",
    "document_type",
)
CLOSED_DAYS = {datetime.date(2026, 9, 7), datetime.date(2026, 10, 12)}
FIRST_ON = datetime.date(2026, 8, 31)
BUSINESS_DAYS = 48
# Second acts of an event fall at most this many days after its first.
LONGEST_EVENT = 6
LIST_PRICES = (4_900, 11_900, 19_900, 49_500, 129_000)
PEOPLE = (
    "Münchner Optik GmbH",
    "Gebrüder Jäger KG",
    "Käserei Löwenzahn eG",
    "Schröder & Söhne OHG",
    "Straßenbau Weiß AG",
    "Société Générale de Papeterie",
    "Österreichische Glashütte GmbH",
    "Van der Meer Techniek B.V.",
    "Northgate Bearings Ltd",
    "Ibérica de Envases S.A.",
    "Kowalczyk Transport sp. z o.o.",
    "Blue Heron Instruments Inc",
)
# Weights of the kinds; together 100.
KINDS = {
    "settlement": 37,
    "memo_only": 14,
    "no_reference": 8,
    "reference_slip": 4,
    "reference_prefixed": 4,
    "fx_payment": 3,
    "fee_deducted": 3,
    "short_payment": 3,
    "payout_group": 2,
    "payment_file": 2,
    "batch_by_details": 1,
    "bundle_without_key": 1,
    "split_receipt": 2,
    "own_transfer": 1,
    "own_transfer_without_reference": 1,
    "own_transfer_not_booked": 1,
    "reversal_by_bank": 2,
    "returned_payment": 1,
    "ledger_reversal": 1,
    "duplicate_bank_line": 1,
    "duplicate_booking": 1,
    "identical_payments": 1,
    "swapped_digits": 1,
    "fee_not_booked": 2,
    "outstanding_payment": 2,
    "late_entry": 1,
}


@dataclass(frozen=True)
class Account:
    """One bank account. style: how its bank writes statements."""

    number: str
    currency: str
    gl_account: str
    style: str


MAIN = Account("DE44999999990000123401", "EUR", "180000", "camt")
SHOP = Account("DE17999999990000123402", "EUR", "180100", "mt940")
DOLLAR = Account("DE87999999990000123403", "USD", "181000", "csv")
ACCOUNTS = (MAIN, SHOP, DOLLAR)


@dataclass
class BankLine:
    """A line of a bank. amount: signed cents."""

    account: Account
    booked_on: datetime.date
    amount: int
    reference: str
    memo: str
    party: str
    bank_reference: str
    is_reversal: bool = False
    charges: int = 0
    original: tuple[str, int, str] | None = None
    parts: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class LedgerLine:
    """A cash line of the books. amount: signed cents."""

    account: Account
    posted_on: datetime.date
    amount: int
    reference: str
    memo: str
    party: str
    entry_id: str
    line_no: int = 1
    original: tuple[str, int] | None = None
    recorded_after: int = 0


def cents(amount: int) -> str:
    """Signed, with a decimal point."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def comma(amount: int) -> str:
    """Unsigned, with a decimal comma."""
    return f"{abs(amount) // 100},{abs(amount) % 100:02d}"


class Books:
    """Collects the two sides and the truth of `size` events."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.bank: list[BankLine] = []
        self.ledger: list[LedgerLine] = []
        self.truth: list[tuple[object, ...]] = []
        self._numbers: dict[str, int] = defaultdict(lambda: self.random.randrange(100, 900))
        self._amounts: set[tuple[str, int]] = set()
        self._truth_count = 0
        self.days = []
        day = FIRST_ON
        while len(self.days) < BUSINESS_DAYS:
            if day.weekday() < 5 and day not in CLOSED_DAYS:
                self.days.append(day)
            day += datetime.timedelta(days=1)

    def number(self, series: str) -> int:
        self._numbers[series] += 1
        return self._numbers[series]

    def unique(self, account: Account, least: int = 5_000, most: int = 4_000_000) -> int:
        """An amount no other event of the account's currency has, in either direction."""
        while True:
            amount = min(self.random.randrange(least, most) for _ in range(2))
            if (account.currency, amount) not in self._amounts:
                self._amounts.add((account.currency, amount))
                return amount

    def day(self, index: int, later: int = 0) -> datetime.date:
        return self.days[index + later]

    def line(self, account: Account, day: datetime.date, amount: int, party: str, **rest: object) -> BankLine:
        texts = {"reference": "", "memo": ""} | rest
        bank_reference = "" if account.style == "csv" else f"{account.gl_account}{self.number('bank'):08d}"
        line = BankLine(account, day, amount, party=party, bank_reference=bank_reference, **texts)
        self.bank.append(line)
        return line

    def item(
        self, account: Account, day: datetime.date, amount: int, party: str, **rest: object
    ) -> LedgerLine:
        texts = {"reference": "", "memo": "", "entry_id": f"B26/{self.number('entry'):06d}"} | rest
        item = LedgerLine(account, day, amount, party=party, **texts)
        self.ledger.append(item)
        return item

    def together(self, kind: str, expected: str, *members: BankLine | LedgerLine) -> None:
        self._truth_count += 1
        for member in members:
            is_bank = isinstance(member, BankLine)
            self.truth.append(
                (
                    f"T{self._truth_count:05d}",
                    kind,
                    "bank" if is_bank else "ledger",
                    member.account.number,
                    member.booked_on if is_bank else member.posted_on,
                    cents(member.amount),
                    member.account.currency,
                    member.bank_reference if is_bank else "",
                    "" if is_bank else member.entry_id,
                    "" if is_bank else member.line_no,
                    expected,
                )
            )

    # Events

    def invoice(self) -> str:
        """An outgoing invoice's number, of five figures: RG 14711/26."""
        return f"RG {10_000 + self.number('RG')}/26"

    def end_to_end(self) -> str:
        """A payment's SEPA end-to-end id."""
        return f"E2E-26-{self.number('E2E'):07d}"

    def happen(self, kind: str) -> None:
        account = self.random.choice((MAIN, MAIN, SHOP, SHOP, DOLLAR))
        index = self.random.randrange(BUSINESS_DAYS - LONGEST_EVENT)
        event: Callable[..., None] = getattr(self, f"_{kind}", self._simple)
        event(kind, account, index, self.random.choice(PEOPLE))

    def _simple(self, kind: str, account: Account, index: int, party: str) -> None:
        """One item on each side; the kind says how the reference arrives."""
        is_receipt = self.random.random() < 0.6 or kind == "memo_only"
        reference = self.invoice() if is_receipt else self.end_to_end()
        sign = 1 if is_receipt else -1
        amount = self.unique(account)
        # The dollar account's lines have no bank reference: the truth knows them by day and amount.
        is_listed = account is not DOLLAR and kind in ("settlement", "memo_only")
        if is_listed and self.random.random() < 0.3:
            amount = self.random.choice(LIST_PRICES)
        shown, memo = reference, self.random.choice(("Zahlung", "Überweisung danke", "payment"))
        if kind == "memo_only":
            shown = ""
            memo = self.random.choice(
                (f"rechnung {reference.lower()} vielen dank", f"Kd.Nr. 88 {reference} Müller")
            )
        elif kind == "reference_slip":
            places = [place for place, digit in enumerate(reference) if digit in "01528"]
            place = self.random.choice(places)
            shown = reference[:place] + "OlSZB"["01528".index(reference[place])] + reference[place + 1 :]
        elif kind == "reference_prefixed":
            bare = reference.removeprefix("RG ").removeprefix("E2E-")
            shown = self.random.choice(("Re.Nr. {}", "REF: {}", "Rechnung {}", "{}")).format(bare)
        elif kind == "no_reference":
            reference = shown = ""
        item = self.item(
            account,
            self.day(index),
            sign * amount,
            party,
            reference=reference,
            memo="Debitor" if is_receipt else "Kreditor",
        )
        later = self.random.choice((0, 1, 1, 2, 3))
        line = self.line(account, self.day(index, later), sign * amount, party, reference=shown, memo=memo)
        self.together(kind, "automatic", line, item)

    def _late_entry(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.end_to_end(), self.unique(account)
        item = self.item(
            account, self.day(index), -amount, party, reference=reference, memo="Nachtrag", recorded_after=30
        )
        line = self.line(account, self.day(index, 1), -amount, party, reference=reference, memo="payment")
        self.together(kind, "automatic", line, item)

    def _differing(
        self, kind: str, account: Account, index: int, party: str, difference: int, **line: object
    ) -> None:
        reference = self.invoice()
        amount = self.unique(account, least=100_000)
        is_known = line.pop("is_known", True)
        item = self.item(account, self.day(index), amount, party, reference=reference, memo="Debitor")
        paid = amount - (difference or amount * self.random.randint(60, 190) // 10_000)
        received = self.line(
            account,
            self.day(index, 1),
            paid,
            party,
            reference=reference if is_known else "",
            **line,
        )
        self.together(kind, "automatic" if is_known else "suggestion", received, item)

    def _fee_deducted(self, kind: str, account: Account, index: int, party: str) -> None:
        charge = self.random.choice((500, 1_000, 1_850))
        memo = self.random.choice(("Zahlung", f"abzgl. Spesen {comma(charge)}"))
        self._differing(kind, account, index, party, charge, memo=memo, charges=charge)

    def _short_payment(self, kind: str, account: Account, index: int, party: str) -> None:
        is_known = self.random.random() < 0.5
        self._differing(kind, account, index, party, 0, memo="Zahlung", is_known=is_known)

    def _fx_payment(self, kind: str, account: Account, index: int, party: str) -> None:
        foreign = "GBP" if account is DOLLAR else "USD"
        reference, original = self.end_to_end(), self.unique(account, least=50_000)
        booked = original * self.random.randint(8_900, 9_300) // 10_000
        rate = 10_000 + self.random.choice((-1, 1)) * self.random.randint(15, 250)
        settled = booked * rate // 10_000
        shown = f"{original / settled:.4f}"
        item = self.item(
            account,
            self.day(index),
            -booked,
            party,
            reference=reference,
            memo=f"Kreditor {foreign}",
            original=(foreign, -original),
        )
        memo = "payment" if account is MAIN else f"payment {foreign} {cents(original)} kurs {shown}"
        line = self.line(
            account,
            self.day(index, 2),
            -settled,
            party,
            reference=reference,
            memo=memo,
            original=(foreign, original, shown),
        )
        self.together(kind, "automatic", line, item)

    def _group(
        self, kind: str, account: Account, index: int, sign: int, count: int, memo: str, party: str = ""
    ) -> list[LedgerLine]:
        return [
            self.item(
                account,
                self.day(index),
                sign * self.unique(account, most=800_000),
                party or self.random.choice(PEOPLE),
                reference=self.invoice() if sign > 0 else self.end_to_end(),
                memo=memo,
            )
            for _ in range(count)
        ]

    def _payout_group(self, kind: str, account: Account, index: int, party: str) -> None:
        key = f"Auszahlung PSP-{self.number('PSP'):08d}"
        items = self._group(kind, account, index, 1, self.random.randint(3, 9), key)
        total = sum(item.amount for item in items)
        line = self.line(account, self.day(index, 2), total, "Zahlwerk Payments SE", memo=key)
        self.together(kind, "automatic", line, *items)

    def _payment_file(self, kind: str, account: Account, index: int, party: str) -> None:
        file = f"ZL-26-{self.number('ZL'):05d}"
        items = self._group(kind, account, index, -1, self.random.randint(3, 9), f"Zahlungslauf {file}")
        total = sum(item.amount for item in items)
        line = self.line(
            account, self.day(index, 1), total, "Ölmühle Brückner SE", reference=file, memo="Sammler"
        )
        self.together(kind, "automatic", line, *items)

    def _batch_by_details(self, kind: str, account: Account, index: int, party: str) -> None:
        items = self._group(kind, MAIN, index, -1, self.random.randint(3, 6), "Kreditor")
        total = sum(item.amount for item in items)
        parts = [(item.amount, item.reference, item.party) for item in items]
        line = self.line(MAIN, self.day(index, 1), total, "Ölmühle Brückner SE", memo="Sammler", parts=parts)
        self.together(kind, "automatic", line, *items)

    def _bundle_without_key(self, kind: str, account: Account, index: int, party: str) -> None:
        items = self._group(kind, account, index, 1, self.random.randint(2, 4), "Debitor", party)
        total = sum(item.amount for item in items)
        line = self.line(account, self.day(index, 1), total, party, memo="diverse Rechnungen")
        self.together(kind, "automatic", line, *items)

    def _split_receipt(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.invoice(), self.unique(account, least=60_000)
        first = amount * self.random.randint(25, 40) // 100
        second = first + 1_111
        item = self.item(account, self.day(index), amount, party, reference=reference, memo="Debitor")
        lines = [
            self.line(account, self.day(index, n), part, party, reference=reference, memo=f"Rate {n + 1}")
            for n, part in enumerate((first, second, amount - first - second))
        ]
        self.together(kind, "automatic", item, *lines)

    def _own_transfer(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = f"UMB {self.number('UMB')}/26", self.unique(MAIN)
        for target, signed, later in ((MAIN, -amount, 0), (SHOP, amount, 1)):
            day = self.day(index, later)
            item = self.item(
                target, day, signed, "Ölmühle Brückner SE", reference=reference, memo="Umbuchung"
            )
            line = self.line(
                target, day, signed, "Ölmühle Brückner SE", reference=reference, memo="Umbuchung"
            )
            self.together(kind, "automatic", line, item)

    def _own_transfer_without_reference(self, kind: str, account: Account, index: int, party: str) -> None:
        amount, entry_id = self.unique(MAIN), f"B26/{self.number('entry'):06d}"
        legs = ((SHOP, -amount, 0), (MAIN, amount, self.random.choice((1, 2))))
        for line_no, (target, signed, later) in enumerate(legs, start=1):
            item = self.item(
                target, self.day(index), signed, "", memo="umbuchung", entry_id=entry_id, line_no=line_no
            )
            line = self.line(target, self.day(index, later), signed, "Ölmühle Brückner SE", memo="Übertrag")
            self.together(kind, "automatic", line, item)

    def _own_transfer_not_booked(self, kind: str, account: Account, index: int, party: str) -> None:
        amount = self.unique(MAIN)
        for target, signed, later in ((MAIN, -amount, 0), (SHOP, amount, 1)):
            line = self.line(target, self.day(index, later), signed, "Ölmühle Brückner SE", memo="Übertrag")
            self.together(kind, "open", line)

    def _reversal_by_bank(self, kind: str, account: Account, index: int, party: str) -> None:
        amount, text = self.unique(account), f"Dauerauftrag {self.number('DA')}"
        wrong = self.line(account, self.day(index), -amount, party, memo=text)
        memo = f"Storno {text}" if account is DOLLAR else text
        back = self.line(account, self.day(index, 1), amount, party, memo=memo, is_reversal=True)
        self.together(kind, "automatic", wrong, back)

    def _returned_payment(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.end_to_end(), self.unique(account)
        for signed, later, memo in ((-amount, 0, "Zahlung"), (amount, 3, "Rückgabe Konto erloschen")):
            day = self.day(index, later)
            item = self.item(account, day, signed, party, reference=reference, memo=memo)
            line = self.line(account, day, signed, party, reference=reference, memo=memo)
            self.together(kind, "automatic", line, item)

    def _ledger_reversal(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.end_to_end(), self.unique(account)
        wrong = self.item(account, self.day(index), -amount, party, reference=reference, memo="Kreditor")
        memo = f"Storno {wrong.entry_id}"
        back = self.item(account, self.day(index, 1), amount, party, reference=reference, memo=memo)
        self.together(kind, "automatic", wrong, back)

    def _duplicate_bank_line(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.end_to_end(), self.unique(account)
        item = self.item(account, self.day(index), -amount, party, reference=reference, memo="Kreditor")
        first, again = (
            self.line(account, self.day(index, n), -amount, party, reference=reference, memo="payment")
            for n in (1, 2)
        )
        self.together("paid_twice", "automatic", first, item)
        self.together(kind, "open", again)

    def _duplicate_booking(self, kind: str, account: Account, index: int, party: str) -> None:
        reference, amount = self.end_to_end(), self.unique(account)
        first, again = (
            self.item(account, self.day(index, n), -amount, party, reference=reference, memo="Kreditor")
            for n in (0, 1)
        )
        line = self.line(account, self.day(index, 1), -amount, party, reference=reference, memo="payment")
        self.together("booked_twice", "automatic", line, first)
        self.together(kind, "open", again)

    def _identical_payments(self, kind: str, account: Account, index: int, party: str) -> None:
        amount = self.unique(account)
        items = [self.item(account, self.day(index), -amount, party, memo="Miete") for _ in range(2)]
        lines = [self.line(account, self.day(index, 1), -amount, party, memo="Miete") for _ in range(2)]
        self.together(kind, "automatic", *lines, *items)

    def _swapped_digits(self, kind: str, account: Account, index: int, party: str) -> None:
        reference = self.end_to_end()
        one, other = self.random.sample(range(1, 10), 2)
        rest = self.random.randrange(100)
        item = self.item(
            account,
            self.day(index),
            -(100_000 * one + 10_000 * other + rest),
            party,
            reference=reference,
            memo="Kreditor",
        )
        paid = -(100_000 * other + 10_000 * one + rest)
        line = self.line(account, self.day(index, 1), paid, party, reference=reference, memo="payment")
        self.together(kind, "suggestion", line, item)

    def _fee_not_booked(self, kind: str, account: Account, index: int, party: str) -> None:
        amount = self.unique(account, most=9_000)
        line = self.line(account, self.day(index), -amount, "Hausbank", memo="Entgelt Kontoführung")
        self.together(kind, "open", line)

    def _outstanding_payment(self, kind: str, account: Account, index: int, party: str) -> None:
        amount = self.unique(account)
        item = self.item(
            account, self.day(index), -amount, party, reference=self.end_to_end(), memo="Kreditor"
        )
        self.together(kind, "open", item)


def generate_books(landing: Path, truth: Path, *, seed: int, size: int) -> None:
    """Write a landing zone, and its truth to the CSV file `truth`.

    size: bank lines and cash lines together, roughly.
    """
    books = Books(seed)
    while len(books.bank) + len(books.ledger) < size:
        books.happen(books.random.choices(list(KINDS), list(KINDS.values()))[0])
    _write_bank(books, landing / "bank")
    _write_ledger(books, landing / "ledger")
    with truth.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TRUTH_COLUMNS)
        writer.writerows(books.truth)


def _write_bank(books: Books, folder: Path) -> None:
    folder.mkdir(parents=True)
    by_day: dict[tuple[Account, datetime.date], list[BankLine]] = defaultdict(list)
    for line in books.bank:
        by_day[line.account, line.booked_on].append(line)
    for account in ACCOUNTS:
        balance = 123_456_789
        statements = []
        for number, day in enumerate(books.days, start=1):
            lines = by_day[account, day]
            closing = balance + sum(line.amount for line in lines)
            statements.append((number, day, balance, closing, lines))
            balance = closing
        if account.style == "csv":
            (folder / "usd.csv").write_bytes(_csv(statements))
            continue
        for number, day, opening, closing, lines in statements:
            write = _camt if account.style == "camt" else _mt940
            name = f"{account.style}-{day:%y%j}.txt"
            (folder / name).write_bytes(write(account, number, day, opening, closing, lines))


def _csv(statements: list) -> bytes:
    """The German layout of CSV profiles, in Windows' character set."""
    rows = ["IBAN;Währung;Buchungstag;Valutadatum;Name;Verwendungszweck;Referenz;Betrag;Saldo"]
    for _, day, balance, _, lines in statements:
        for line in lines:
            balance += line.amount
            rows.append(
                f"{line.account.number};{line.account.currency};{day:%d.%m.%Y};{day:%d.%m.%Y};{line.party};"
                f"{line.memo};{line.reference};{cents(line.amount).replace('.', ',')};"
                f"{cents(balance).replace('.', ',')}"
            )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252", "replace")


_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "AE", "Ö": "OE", "Ü": "UE", "é": "e", "&": "+"}
)


def _plain(text: str) -> str:
    """As SWIFT's character set has it: umlauts written out."""
    return text.translate(_WRITTEN_OUT)


def _mt940(
    account: Account, number: int, day: datetime.date, opening: int, closing: int, lines: list[BankLine]
) -> bytes:
    rows = [f":20:{day:%y%m%d}", f":25:{account.number}", f":28C:{number}"]
    rows.append(f":60F:{'C' if opening >= 0 else 'D'}{day:%y%m%d}EUR{comma(opening)}")
    for line in lines:
        is_credit = line.amount >= 0
        mark = {(False, True): "C", (False, False): "D", (True, True): "RD", (True, False): "RC"}[
            line.is_reversal, is_credit
        ]
        rows.append(f":61:{day:%y%m%d}{day:%m%d}{mark}{comma(line.amount)}NMSCNONREF//{line.bank_reference}")
        fields = []
        if line.reference:
            fields += _chunks(f"EREF+{line.reference}")
        fields += _chunks(f"SVWZ+{_plain(line.memo)}")
        text = f"{'166' if is_credit else '116'}?00{'GUTSCHRIFT' if is_credit else 'UEBERWEISUNG'}?100599"
        text += "".join(f"?{20 + index}{part}" for index, part in enumerate(fields))
        text += "".join(f"?{32 + index}{part}" for index, part in enumerate(_chunks(_plain(line.party))[:2]))
        cut = [text[start : start + 65] for start in range(0, len(text), 65)]
        rows += [f":86:{cut[0]}", *cut[1:]]
    rows += [f":62F:{'C' if closing >= 0 else 'D'}{day:%y%m%d}EUR{comma(closing)}", "-"]
    return ("\r\n".join(rows) + "\r\n").encode("ascii")


def _chunks(text: str) -> list[str]:
    """Sub-fields of at most 27 characters that neither begin nor end with a space, nor hold one's edge."""
    chunks = []
    while len(text) > 27:
        cut = 27
        while " " in text[cut - 1 : cut + 1]:
            cut -= 1
        chunks.append(text[:cut])
        text = text[cut:]
    return [*chunks, text]


def _camt(
    account: Account, number: int, day: datetime.date, opening: int, closing: int, lines: list[BankLine]
) -> bytes:
    def money(amount: int) -> str:
        side = "CRDT" if amount >= 0 else "DBIT"
        return f'<Amt Ccy="EUR">{cents(abs(amount))}</Amt><CdtDbtInd>{side}</CdtDbtInd>'

    def balance(code: str, amount: int) -> str:
        code_text = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{code_text}{money(amount)}<Dt><Dt>{day}</Dt></Dt></Bal>"

    def transaction(line: BankLine, amount: int, reference: str, party: str, memo: str) -> str:
        other = "Dbtr" if amount >= 0 else "Cdtr"
        amounts = f"<TxAmt><Amt Ccy='EUR'>{cents(abs(amount))}</Amt>"
        if line.original:
            currency, original, rate = line.original
            instructed = f"<InstdAmt><Amt Ccy='{currency}'>{cents(original)}</Amt></InstdAmt>"
            exchange = (
                f"<CcyXchg><SrcCcy>{currency}</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>{rate}</XchgRate>"
            )
            amounts = f"{instructed}{amounts}{exchange}</CcyXchg>"
        charges = ""
        if line.charges:
            charges = (
                f"<Chrgs><Amt Ccy='EUR'>{cents(line.charges)}</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
                "<ChrgInclInd>true</ChrgInclInd></Chrgs>"
            )
        return (
            f"<TxDtls><Refs><EndToEndId>{escape(reference or 'NOTPROVIDED')}</EndToEndId></Refs>"
            f"<AmtDtls>{amounts}</TxAmt></AmtDtls>{charges}"
            f"<RltdPties><{other}><Nm>{escape(party)}</Nm></{other}></RltdPties>"
            f"<RmtInf><Ustrd>{escape(memo)}</Ustrd></RmtInf></TxDtls>"
        )

    entries = []
    for line in lines:
        parts = line.parts or [(line.amount, line.reference, line.party)]
        details = "".join(
            transaction(line, amount, reference, party, reference if line.parts else line.memo)
            for amount, reference, party in parts
        )
        reversal = "<RvslInd>true</RvslInd>" if line.is_reversal else ""
        entries.append(
            f"<Ntry>{money(line.amount)}{reversal}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
            f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
            f"<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls>{details}</NtryDtls></Ntry>"
        )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{number}</MsgId><CreDtTm>{day}T20:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{day}T20:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{account.number}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance('PRCD', opening)}{balance('CLBD', closing)}{''.join(entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    )
    return text.encode()


def _write_ledger(books: Books, folder: Path) -> None:
    folder.mkdir(parents=True)
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("gl_account", "name", "type", "currency", "bank_account"))
        for account in ACCOUNTS:
            row = (account.gl_account, f"Bank {account.number[-4:]}", "asset")
            writer.writerow((*row, account.currency, account.number))
        for currency in ("EUR", "USD"):
            writer.writerow((f"999999{currency}", f"Verrechnung {currency}", "asset", currency, ""))
    transfers = {item.entry_id for item in books.ledger if item.line_no == 2}
    with (folder / "journal_lines_2026.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(JOURNAL_COLUMNS)
        for item in books.ledger:
            recorded_on = item.posted_on + datetime.timedelta(days=item.recorded_after)
            currency, original = item.original or ("", 0)
            texts = (item.reference, item.party, item.memo)
            # An entry of one cash line has its other side on a clearing account.
            legs = [(item.line_no, item.account.gl_account, 1)]
            if item.entry_id not in transfers:
                legs.append((item.line_no + 1, f"999999{item.account.currency}", -1))
            for line_no, gl_account, sign in legs:
                writer.writerow(
                    (
                        f"{recorded_on}T17:00:00+02:00",
                        item.entry_id,
                        line_no,
                        item.posted_on,
                        gl_account,
                        item.account.currency,
                        cents(sign * item.amount),
                        currency,
                        cents(sign * original) if currency else "",
                        *texts,
                        "beleg",
                    )
                )
