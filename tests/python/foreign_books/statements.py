"""Statements as banks write them, and where in which file each line stands.

Belongs here: one writer per format. A writer takes the lines of one account in the order of the bank and
gives back, for each, its file and the number of the line where it starts.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from . import days
from .books import Account, BankLine, Books


class Place(NamedTuple):
    """Where an item stands: the file, below the landing folder, and the line it starts in."""

    file: str
    line_number: int


class Sheet:
    """A file under way, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, *lines: str) -> int:
        """Write lines; the number of the first."""
        self.lines += lines
        return len(self.lines) - len(lines) + 1

    def save(self, path: Path, encoding: str = "utf-8") -> None:
        """Write the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join(f"{line}\n" for line in self.lines).encode(encoding))


Writer = Callable[[Books, Account, Sequence[BankLine], Path], list[Place]]


def _months(lines: Sequence[BankLine]) -> Iterator[tuple[datetime.date, list[BankLine]]]:
    """The lines of each month of the books, with its last day."""
    by_month: dict[int, list[BankLine]] = defaultdict(list)
    for line in lines:
        by_month[line.booked_on.month].append(line)
    for month in range(days.FIRST_DAY.month, days.LAST_DAY.month + 1):
        last = datetime.date(days.FIRST_DAY.year, month + 1, 1) - datetime.timedelta(days=1)
        yield min(last, days.LAST_DAY), by_month[month]


def _file(books: Books, account: Account, last: datetime.date, ending: str) -> str:
    return f"bank/{books.company}/{account.number[-6:]}_{last:%Y-%m}.{ending}"


def us_csv(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """Account, date, one description, amount, balance."""

    def row(line: BankLine, balance: Decimal) -> str:
        memo = line.memo.replace('"', '""')
        return f'{account.number},{line.booked_on:%m/%d/%Y},"{memo}",{line.amount},{balance}'

    return _csv(books, account, lines, landing, "Account,Date,Description,Amount,Balance", row, "utf-8")


def uk_csv(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """Debit and credit apart, a code for the kind of entry."""

    def row(line: BankLine, balance: Decimal) -> str:
        debit, credit = (-line.amount, "") if line.amount < 0 else ("", line.amount)
        return (
            f'{line.booked_on:%d/%m/%Y},{line.code},{account.number},"{line.memo}",{debit},{credit},{balance}'
        )

    header = (
        "Transaction Date,Transaction Type,Account Number,Transaction Description,"
        "Debit Amount,Credit Amount,Balance"
    )
    return _csv(books, account, lines, landing, header, row, "utf-8")


def japanese_csv(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """Shift-JIS: account, date, paid out, paid in, balance, description in half-width kana."""

    def row(line: BankLine, balance: Decimal) -> str:
        debit, credit = (f"{-line.amount}", "") if line.amount < 0 else ("", f"{line.amount}")
        return f'{account.number},{line.booked_on:%Y/%m/%d},{debit},{credit},{balance},"{line.memo}"'

    header = "口座番号,取引日,出金金額,入金金額,残高,摘要"
    return _csv(books, account, lines, landing, header, row, "cp932")


def _csv(
    books: Books,
    account: Account,
    lines: Sequence[BankLine],
    landing: Path,
    header: str,
    row: Callable[[BankLine, Decimal], str],
    encoding: str,
) -> list[Place]:
    places, balance = [], account.opening
    for last, of_month in _months(lines):
        if not of_month:
            continue
        sheet, file = Sheet(), _file(books, account, last, "csv")
        sheet.add(header)
        for line in of_month:
            balance += line.amount
            places.append(Place(file, sheet.add(row(line, balance))))
        sheet.save(landing / file, encoding)
    return places


def ofx_card(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """A credit card's statement of each month, OFX 1 with its leaves unclosed."""
    head = f"<CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>0<CCSTMTRS><CURDEF>{books.currency}"
    named = f"<CCACCTFROM><ACCTID>{account.number}</CCACCTFROM>"
    end = "</CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>"
    return _ofx(books, account, lines, landing, (head, named, end))


def ofx_bank(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """A bank account's statement of each month, OFX 1 with its leaves unclosed and all it says in MEMO."""
    head = f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>0<STMTRS><CURDEF>{books.currency}"
    named = f"<BANKACCTFROM><BANKID>0341<ACCTID>{account.number}<ACCTTYPE>CHECKING</BANKACCTFROM>"
    end = "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    return _ofx(books, account, lines, landing, (head, named, end))


def _ofx(
    books: Books, account: Account, lines: Sequence[BankLine], landing: Path, frame: tuple[str, str, str]
) -> list[Place]:
    """Statements of each month; frame: how the account's begins, how it is named, and how it ends."""
    places, balance = [], account.opening
    head, named, end = frame
    for last, of_month in _months(lines):
        sheet, file = Sheet(), _file(books, account, last, "ofx")
        sheet.add("OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "ENCODING:USASCII", "CHARSET:1252", "")
        sheet.add(
            "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS></SIGNONMSGSRSV1>"
        )
        sheet.add(head, named, f"<BANKTRANLIST><DTSTART>{last:%Y%m}01<DTEND>{last:%Y%m%d}")
        for line in of_month:
            balance += line.amount
            number = sheet.add(
                f"<STMTTRN><TRNTYPE>{line.code}<DTPOSTED>{line.booked_on:%Y%m%d}120000[0:GMT]",
                f"<TRNAMT>{line.amount}<FITID>{line.bank_reference}",
                *([f"<NAME>{escape(line.name)}"] if line.name else []),
                *([f"<MEMO>{escape(line.memo)}"] if line.memo else []),
                "</STMTTRN>",
            )
            places.append(Place(file, number))
        sheet.add(f"</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}<DTASOF>{last:%Y%m%d}</LEDGERBAL>")
        sheet.add(end)
        sheet.save(landing / file)
    return places


def _by_day(books: Books, last: datetime.date, of_month: Sequence[BankLine]) -> Iterator[tuple]:
    """Each banking day of a month with its lines; a day without lines has a statement too."""
    by_day: dict[datetime.date, list[BankLine]] = defaultdict(list)
    for line in of_month:
        by_day[line.booked_on].append(line)
    for day in days.business_days(books.country):
        if day.month == last.month:
            yield day, by_day[day]


def camt(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """CAMT.053.001.08, a file a month and a statement a day."""
    places, balance, sequence = [], account.opening, 0
    for last, of_month in _months(lines):
        sheet, file = Sheet(), _file(books, account, last, "xml")
        sheet.add(
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
            f"<GrpHdr><MsgId>{account.number[-8:]}{last:%Y%m}</MsgId>"
            f"<CreDtTm>{last}T20:00:00</CreDtTm></GrpHdr>",
        )
        for day, of_day in _by_day(books, last, of_month):
            sequence += 1
            closing = balance + sum(line.amount for line in of_day)
            sheet.add(
                f"<Stmt><Id>{account.number[-8:]}-{sequence}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb>",
                f"<Acct><Id><IBAN>{account.number}</IBAN></Id><Ccy>{books.currency}</Ccy></Acct>",
                _camt_balance("OPBD", balance, day, books.currency),
                _camt_balance("CLBD", closing, day, books.currency),
            )
            places += [Place(file, sheet.add(*_camt_entry(line, books.currency))) for line in of_day]
            sheet.add("</Stmt>")
            balance = closing
        sheet.add("</BkToCstmrStmt></Document>")
        sheet.save(landing / file)
    return places


def _camt_balance(code: str, balance: Decimal, day: datetime.date, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_camt_amount(balance, currency)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _camt_amount(amount: Decimal, currency: str) -> str:
    direction = "DBIT" if amount < 0 else "CRDT"
    return f'<Amt Ccy="{currency}">{abs(amount)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def _camt_entry(line: BankLine, currency: str) -> list[str]:
    reversal = "<RvslInd>true</RvslInd>" if line.is_reversal else ""
    charges = (
        f'<Chrgs><Rcrd><Amt Ccy="{currency}">{line.charges}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
        "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
        if line.charges
        else ""
    )
    head = (
        f"<Ntry>{_camt_amount(line.amount, currency)}{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt><ValDt><Dt>{line.booked_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>{line.code}</Cd></Prtry></BkTxCd>{charges}"
    )
    if not (line.name or line.reference or line.details or line.creditor_reference):
        return [head, f"<AddtlNtryInf>{escape(line.memo)}</AddtlNtryInf></Ntry>"]
    batch = (
        f"<Btch><PmtInfId>{line.reference}</PmtInfId><NbOfTxs>{len(line.details)}</NbOfTxs></Btch>"
        if line.details
        else ""
    )
    is_credit = (line.amount > 0) != line.is_reversal
    details = [
        _camt_details(
            detail.reference,
            detail.name,
            detail.memo,
            detail.creditor_reference,
            is_credit,
            detail.amount,
            detail.mandate,
        )
        for detail in line.details
    ] or [_camt_details(line.reference, line.name, line.memo, line.creditor_reference, is_credit, None, "")]
    return [
        head,
        f"<NtryDtls>{batch}",
        *(detail.replace("@", currency, 1) for detail in details),
        "</NtryDtls></Ntry>",
    ]


def _camt_details(
    reference: str,
    name: str,
    memo: str,
    creditor_reference: str,
    is_credit: bool,
    amount: Decimal | None,
    mandate: str,
) -> str:
    side = "Dbtr" if is_credit else "Cdtr"
    stated = f'<Amt Ccy="@">{abs(amount)}</Amt>' if amount is not None else ""
    mandate_id = f"<MndtId>{mandate}</MndtId>" if mandate else ""
    structured = (
        f"<Strd><CdtrRefInf><Ref>{creditor_reference}</Ref></CdtrRefInf></Strd>" if creditor_reference else ""
    )
    free = f"<Ustrd>{escape(memo)}</Ustrd>" if memo else ""
    remittance = f"<RmtInf>{free}{structured}</RmtInf>" if free or structured else ""
    parties = f"<RltdPties><{side}><Pty><Nm>{escape(name)}</Nm></Pty></{side}></RltdPties>" if name else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{reference or 'NOTPROVIDED'}</EndToEndId>{mandate_id}</Refs>{stated}"
        f"{parties}{remittance}</TxDtls>"
    )


def mt940(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """MT940 of a German bank: sub-fields of 27 characters in :86:."""
    return _mt940(books, account, lines, landing, _mt940_memo)


def mt940_plain(books: Books, account: Account, lines: Sequence[BankLine], landing: Path) -> list[Place]:
    """MT940 with one text in :86:."""

    def memo(line: BankLine) -> list[str]:
        parts = [line.memo[start : start + 65] for start in range(0, len(line.memo), 65)]
        return [f":86:{parts[0]}", *parts[1:]]

    return _mt940(books, account, lines, landing, memo)


def _mt940(
    books: Books,
    account: Account,
    lines: Sequence[BankLine],
    landing: Path,
    memo: Callable[[BankLine], list[str]],
) -> list[Place]:
    """A file a month and a statement a day."""
    places, balance, sequence = [], account.opening, 0
    for last, of_month in _months(lines):
        sheet, file = Sheet(), _file(books, account, last, "sta")
        for day, of_day in _by_day(books, last, of_month):
            sequence += 1
            sheet.add(
                f":20:STARTUMS{day:%y%m%d}",
                f":25:{account.number}",
                f":28C:{sequence:05}/001",
                f":60F:{_mt940_balance(balance, day, books.currency)}",
            )
            for line in of_day:
                balance += line.amount
                mark = ("R" if line.is_reversal else "") + (
                    "C" if (line.amount > 0) != line.is_reversal else "D"
                )
                amount = f"{abs(line.amount):.2f}".replace(".", ",")
                number = sheet.add(
                    f":61:{day:%y%m%d}{day:%m%d}{mark}{amount}N{line.code[:3]}NONREF",
                    *memo(line),
                )
                places.append(Place(file, number))
            sheet.add(f":62F:{_mt940_balance(balance, day, books.currency)}", "-")
        sheet.save(landing / file)
    return places


def _mt940_balance(balance: Decimal, day: datetime.date, currency: str) -> str:
    amount = f"{abs(balance):.2f}".replace(".", ",")
    return f"{'D' if balance < 0 else 'C'}{day:%y%m%d}{currency}{amount}"


def _mt940_memo(line: BankLine) -> list[str]:
    reference = f"EREF+{line.reference} " if line.reference else ""
    purpose = f"{reference}SVWZ+{line.memo}"
    parts = [purpose[start : start + 27] for start in range(0, min(len(purpose), 270), 27)]
    names = [line.name[start : start + 27] for start in range(0, min(len(line.name), 54), 27)]
    text = (
        f":86:166?00{line.code[3:]}"
        + "".join(f"?{20 + number}{part}" for number, part in enumerate(parts))
        + "".join(f"?{32 + number}{part}" for number, part in enumerate(names))
    )
    return [text[start : start + 65] for start in range(0, len(text), 65)]
