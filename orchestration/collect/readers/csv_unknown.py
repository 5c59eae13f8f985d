"""What to say about a CSV that no profile declares: its header, the nearest profile and the row to add.

Columns are known by what banks call them, and where their names say nothing by what stands in them. What only
a person can know is left open and named; nothing of it is ever read without the row.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import functools
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from orchestration.collect.readers.common import DASHES, at_line, is_iban, plain_text, without_spaces
from orchestration.collect.readers.csv_dates import LATIN, DayOrder, moment, readings
from orchestration.collect.readers.csv_profiles import (
    COLUMNS,
    CURRENCY_MARK,
    CURRENCY_SIGNS,
    FIRST,
    JOINED,
    SEED,
    SIDE,
    CsvProfile,
    CsvProfiles,
    header_names,
)
from orchestration.collect.readers.encodings import encoding_of
from orchestration.lake.errors import MAX_REASON, UnreadableFile

MAX_LINES = 60
MAX_HEADER = 200
# No bank exports as many, and every pair of columns is looked at.
MAX_COLUMNS = 100
MAX_CELL = 100
MAX_BALANCE_WORDS = 5
DELIMITERS = (";", ",", "\t", "|")
# What headers are called, each in its letters and digits alone; the first that occurs counts.
_NAMES = {
    "booked_on": "bookingdate postingdate postdate posteddate transactiondate buchungstag buchungsdatum"
    " bokföringsdag bokföringsdatum bokfdag bogførtdato kirjauspäivä completeddate datacontabile"
    " fechaoperación dataoperacji datumzaúčtování datalançamento datecomptable datum date dateutc dato"
    " fecha"
    " txndate datamov datamovimento fechamovimiento tarihsaat işlemtarihi"
    " data tarih дата датаоперации ημερομηνία תאריך könyvelésdátuma"
    " 日付 取引日 交易日期 交易日 记账日期 거래일자 거래일시"
    " お取引日 取引日付 التاريخ تاريخالعملية วันที่ ngàygiaodịch tanggal tanggaltransaksi",
    "value_on": "valuedate wertstellung valutadatum valuta valutadag rentedatum rentedato arvopäivä"
    " effectivedate datavaluta datedevaleur datevaleur fechavalor dataksięgowania datavalor"
    " interestdate értéknap fvalor valuedat תאריךערך valörtarihi датапроводки"
    " تاريخالقيمة ngàyhiệulực"
    " datawaluty",
    "amount": "amount transactionamount betrag bedrag belopp beløb määrä umsatz montant importe importo"
    " kwota částka valor tutar işlemtutarı сумма"
    " суммаоперации ποσό összeg 交易金额 发生额 amounteur amountusd amountgbp bedrageur betrageur"
    " المبلغ จำนวนเงิน sốtiền jumlah",
    "debit": "debit debitamount moneyout paidout withdrawal withdrawals withdrawalamount withdrawalamt"
    " belastung lastschrift soll débit dare addebiti cargo cargos debe débito uscite obciążenia borç"
    " расход дебет χρέωση חובה בחובה débiteuros"
    " 支払い金額 出金金額 出金 お引出し 支出 借方发生额 借方金额 출금액 출금금액"
    " お支払金額 お支払い金額 出金額 支出金额 out مدين السحب ถอนเงิน ghinợ debet"
    " amountdebit"
    " ut uttag uttak utgift debits",
    "credit": "credit creditamount moneyin paidin deposit deposits depositamount depositamt"
    " gutschrift haben crédit avere accrediti abono abonos haber crédito entrate uznania alacak"
    " приход кредит πίστωση זכות בזכות créditeuros"
    " 預かり金額 入金金額 入金 お預入れ 收入 贷方发生额 贷方金额 입금액 입금금액"
    " お預り金額 お預かり金額 入金額 收入金额 in دائن الإيداع ฝากเงิน ghicó kredit"
    " amountcredit"
    " inn insättning innskudd credits",
    "balance": "balance runningbalance runningbal saldo saldonatrn balancegbp balanceeur kontostand"
    " solde saldopooperacji zůstatek bakiye closingbalance saldos egyenleg könyveltegyenleg"
    " saldocontabilístico остаток υπόλοιπο יתרה היתרהבשח היתרה 差引残高 残高 余额 账户余额 잔액"
    " الرصيد ยอดคงเหลือ ยอดเงินคงเหลือ sốdư"
    " saldopotransakcji",
    "currency": "currency währung waehrung munt valutakod ccy devise divisa moneda waluta měna moeda"
    " parabirimi валюта валютаоперации devies devizanem 币种"
    " العملة tiềntệ matauang",
    "account_number": "accountnumber account iban accountno kontonr kontonummer auftragskonto rekening"
    " ibanbban rachunek conto cuenta compte konto bankaccount számlaszám номерсчета номерсчёта"
    " čísloúčtu customeraccountno",
    "counterparty": "counterparty partnername payee name beneficiary naamtegenpartij empfänger auftraggeber"
    " beneficiario bénéficiaire názevprotiúčtu kontrahent naamtegenpartijbevat partnerneve"
    " 보낸분받는분 контрагент"
    " 对方户名 お取引先"
    " begünstigterauftraggeber auftraggeberbegünstigter begünstigterzahlungspflichtiger"
    " beguenstigterzahlungspflichtiger empfängerauftraggeber auftraggeberempfänger danekontrahenta"
    " nazwakontrahenta opname merchantname"
    " ellenoldalinév senderreceivername",
    "counterparty_account": "counterpartyaccount counterpartyaccountnumber counterpartyiban partneriban"
    " rekeningnummertegenpartij ibantegenpartij tegenrekening kontonummeriban empfängeriban gegenkonto"
    " protiúčet čísloprotiúčtu numerrachunkukontrahenta rachunekkontrahenta ibanbeneficiario"
    " ibancontrepartie"
    " vastapuolentili partnerkontonummer rekeningtegenpartij partnerszámlaszáma счетконтрагента"
    " счётконтрагента"
    " 对方账号 对方账户"
    " ibankontonummer nrrachunku nrkonta opbankaccountnumber"
    " ellenoldaliszámlaszám senderreceiveraccount",
    "memo": "description memo details narrative verwendungszweck omschrijving text tekst rubrik transaction"
    " beschreibung1 forklaring selitys libellé descrizione causale concepto opisoperacji histórico"
    " descrição"
    " zprávapropříjemce popis transactionremarks"
    " description1 operazione açıklama описание описаниеоперации назначениеплатежа αιτιολογία תיאור 摘要内容"
    " 摘要 交易备注 交易摘要 备注 적요"
    " transactiondescription narration particulars buchungsdetails notiz note vrijemededeling mededeling"
    " mededelingen communicationlibre movimiento másdatos descrizioneestesa poznámka lançamento viesti"
    " melding remarks message közlemény observaciones observações"
    " メモ 内容 取引内容 お取引内容 الوصف البيان รายการ diễngiải nộidung keterangan uraian"
    " memodescription tytuł tytułoperacji opistransakcji szczegóły descrizionecompleta"
    " dettagli subdescription"
    " transactiondetails buchungstext"
    " รายละเอียด פרטים הפעולה môtả",
    "creditor_reference": "gestructureerdemededeling communicationstructurée structuredcommunication vs"
    " variabilnísymbol variabilnýsymbol kid ocr viitenumero",
    "reference": "reference paymentreference ref referenz referens viite référence riferimento referencia"
    " refno chqrefno chqrefnumber referencenumber customerreference transactionreference referans"
    " documento docto nrodocumento אסמכתא"
    " refnochequeno المرجع"
    " referintatranzactiei dekontno sốthamchiếu númerododocumento ndocumento номердокумента",
    "bank_reference": "bankreference buchungsreferenz transactionid transaktionsnr idpohybu"
    " arkistointitunnus identificador tranzakcióazonosító",
    "transaction_code": "type transactiontype vorgang umsatzart buchungstext code işlemtipi"
    " trantype typtransakcji"
    " typeoftransaction",
    "end_to_end_id": "endtoendreferenz endtoendid kundenreferenzendtoend kundenreferenz endtoendreference",
    "mandate_id": "mandatsreferenz mandatereference mandateid mandaatkenmerk kenmerkmachtiging",
    "cheque_number": "chequenumber checknumber checkno chequeno chqno serial",
}
# What a column is called that says what became of a row, and how a text begins that is no entry.
_STATUS_NAMES = "status state stato estado statut статус durum stav tila 状態 状态 상태"
_STATUSES = {*_STATUS_NAMES.split()}
_NO_ENTRY = re.compile(
    r"(?:(?:opening|closing|beginning|ending|starting|final) balance|balance (?:brought|carried)|turnover|"
    r"saldo (?:inicial|final|anterior|iniziale|finale)|solde (?:initial|final)|anfangssaldo|endsaldo|"
    r"(?:alter|neuer) kontostand)\b",
    re.IGNORECASE,
)
_EITHER_SIDE = ("iban", "ibanbban", "konto", "conto", "conta", "cuenta", "compte", "rekening", "rachunek")
_PLAIN_NAMES = {column: [*map(plain_text, names.split())] for column, names in _NAMES.items()}
_COLUMNS = {name: column for column, names in reversed(_PLAIN_NAMES.items()) for name in names}
# What a column holds that alone tells money out from money in, in small letters.
_DIRECTIONS = (
    *(("debit", "credit"), ("d", "c"), ("dr|db", "cr"), ("dbit|dbt", "crdt|cdt"), ("af", "bij"), ("s", "h")),
    *(("debet", "credit"), ("soll", "haben"), ("out", "in"), ("withdrawal", "deposit"), ("sent", "received")),
    *(("dare", "avere"), ("d", "a"), ("débit", "crédit"), ("débito", "crédito"), ("debito", "credito")),
    *(("debe", "haber"), ("cargo", "abono"), ("wn", "ma"), ("belastung|lastschrift", "gutschrift")),
    *(("χρέωση", "πίστωση"), ("d", "k"), ("debets", "kredīts"), ("debetas", "kreditas"), ("borç", "alacak")),
    *(("дебет", "кредит"), ("расход", "приход"), ("výdaj", "příjem"), ("支出", "收入"), ("借", "贷")),
    ("出金", "入金"),
    *(("ausgang", "eingang"), ("uscita", "entrata"), ("obciążenie", "uznanie"), ("-", "+"), ("t", "j")),
)
_FORMATS = (
    *(
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%Y/%m/%d",
        "%Y%m%d",
        "%Y.%m.%d",
        "%Y.%m.%d.",
        "%d-%m-%Y",
        "%m-%d-%Y",
    ),
    *("%m/%d/%y", "%d/%m/%y", "%d-%m-%y", "%d %b %y", "%Y-%m-%dT%H:%M:%SZ"),
    *(
        f"{day}{time}"
        for day in ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%d. %b %Y", "%d.%b.%Y", "%Y年%m月%d日")
        for time in ("", " %H:%M:%S")
    ),
    *(
        f"{day} {time}"
        for day in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y.%m.%d")
        for time in ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
    ),
    *("%d/%m/%Y-%H:%M:%S", "%b %d, %Y", "%b %d %Y", "%d de %b de %Y"),
    *(f"%Y-%m-%d{mark}%H:%M:%S{end}" for mark in "T " for end in ("", "%z", ".%f", ".%f%z", " %z")),
)
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_CODES = re.compile(
    "AED|AUD|BGN|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|RON|"
    "SAR|SEK|SGD|THB|TRY|UAH|USD|VND|ZAR|"
    "ARS|BHD|CLP|COP|EGP|GEL|JOD|KES|KWD|KZT|MAD|NGN|OMR|PEN|PKR|QAR|RSD|RUB|TWD|UYU"
)
# The first that stands in a text counts, a longer one before its part.
_SIGNS = {**CURRENCY_SIGNS, "$": "USD"}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）")
# Where a file may be in the encoding of Western Europe it may be in these.
_ENCODINGS = ("cp932", "gb18030", "cp949", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255")
_BLANKS = " \u00a0\u202f"
_MARKS = f".,'\u2019{_BLANKS}"
# Digits with marks between them: 1'234.50, 12, .5 and 1 234 are amounts.
_AMOUNT = re.compile(rf"[-+(]*[{_BLANKS}]*(?:[0-9]+(?:[{_MARKS}][0-9]+)*[.,]?|[.,][0-9]+)[{_BLANKS}]*[-)]?")


class _Table(NamedTuple):
    """Where the header stands, its fields, the rows below it, and how the row begins that ends them; at is -1
    where it has none."""

    delimiter: str
    at: int
    fields: list[str]
    rows: list[list[str]]
    footer: str | None

    def values(self, *headers: str) -> list[str]:
        """What is filled in the columns."""
        places = [self.fields.index(header) for header in headers]
        return [row[at] for row in self.rows for at in places if row[at]]

    def is_filled(self, header: str) -> bool:
        """Whether every row says something in the column."""
        return len(self.values(header)) == len(self.rows) > 0


# What stands behind a time, with or without a colon.
_OFFSET = re.compile(r"(:[0-9]{2}(?:\.[0-9]+)? ?)[+-][0-9]{2}:?[0-9]{2}$")


def _shape(text: str) -> str:
    """The text with one letter for each number and each word, as dates of one format have it; numbers of
    eight digits apart, which alone may be a day."""
    numbers = re.sub("[0-9]+", lambda match: "8" if len(match[0]) == 8 else "1", _OFFSET.sub(r"\1+1", text))
    return re.sub("[A-Za-z]+", "a", numbers)


def _formats_of() -> dict[str, list[str]]:
    """The formats of dates by the shape of what is written in them."""
    found: dict[str, list[str]] = {}
    for form in _FORMATS:
        found.setdefault(
            _shape(datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC).strftime(form)), []
        ).append(form)
    return found


_FORMATS_OF = _formats_of()


def unknown_csv(head: bytes, profiles: Sequence[CsvProfile], encoding: str) -> UnreadableFile:
    """The refusal of a file of which this is the first part. encoding: what it may be by its bytes."""
    lines = _lines(head, encoding)
    table = _table(lines)
    if encoding == "cp1252" and not head.isascii():
        # In the right one most headers are known; of equals the first.
        tried = ((other, _lines(head, other)) for other in (encoding, *_ENCODINGS))
        found = ((other, text, _table(text)) for other, text in tried)
        encoding, lines, table = max(found, key=lambda each: _known(each[2]))
        if encoding == "cp1252" and (told := _told_by_words(head, table)) in _ENCODINGS:
            encoding, lines = told, _lines(head, told)
            table = _table(lines)
    shown = (lines[max(table.at, 0)] if lines else "").strip()[:MAX_HEADER]
    said = [f"no profile declares the header {shown!r}"]
    if nearest := _nearest(table.fields, profiles):
        profile, missing = nearest
        said.append(f"nearest is {profile.profile_code}, without {', '.join(map(repr, missing[:5]))}")
    columns = profiles.columns if isinstance(profiles, CsvProfiles) else COLUMNS
    row, open_cells, unread = _row(table, lines[: max(table.at, 0)], encoding, columns)
    if row is not None and unread:
        said.append(f"the row below leaves {', '.join(map(repr, unread[:5]))} unread")
    if row is None:
        said.append(f"next step: add a row to {SEED}")
    else:
        then = f", {' and '.join(open_cells)}" if open_cells else ""
        said.append(f"next step: add this row to {SEED}{then}, and collect again: {row}")
    # The row is what is needed most, and a longer reason would be cut in its middle.
    while len(said) > 1 and len("; ".join(said)) > MAX_REASON:
        del said[-2]
    return UnreadableFile("; ".join(said), at_line(1))


def _told_by_words(head: bytes, table: _Table) -> str | None:
    """The encoding in which the words are some of a country with the currency that the table is in."""
    texts = (text for row in (table.fields, *table.rows) for text in row if len(text) <= MAX_CELL)
    code = next((code for text in texts for code in _CODE.findall(text) if _CODES.fullmatch(code)), None)
    with contextlib.suppress(UnreadableFile):
        return encoding_of(io.BytesIO(), head, f"currency={code}").codecs[-1] if code else None
    return None


def _lines(head: bytes, encoding: str) -> list[str]:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return [line for line in itertools.islice(io.StringIO(text, newline=""), MAX_LINES) if line.strip()]


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    """The rows, without the last one where a quotation is left open."""
    rows, before, after = [], 0, 0
    with contextlib.suppress(csv.Error):
        read = csv.reader(lines, delimiter=delimiter)
        for fields in read:
            rows.append([" ".join(field.split()) for field in fields])
            before, after = after, read.line_num
    return rows[:-1] if sum(line.count('"') for line in lines[before:]) % 2 else rows


def _table(lines: list[str]) -> _Table:
    """What names most as the header, best above a row with a date and an amount."""
    best: tuple[tuple[int, int, int], _Table] = ((0, 0, 0), _Table(",", 0, [], [], None))
    for delimiter in DELIMITERS:
        rows = _cut(lines, delimiter)
        for at, fields in enumerate(rows[:21]):
            if not 2 <= len(fields) <= MAX_COLUMNS:
                continue
            named = sum(_column_of(field) is not None for field in fields)
            below = _below(rows[at + 1 :], len(fields))
            is_told = bool(below) and any(map(_is_date, below[0])) and any(map(_is_amount, below[0]))
            is_data = any(map(_is_date, fields)) and any(map(_is_amount, fields))
            if is_data and any(len(row) > 1 for row in rows[:at]):
                continue
            if is_data:
                # The first row is no header.
                fields, at, below = (
                    [str(place + 1) for place in range(len(fields))],
                    -1,
                    _below(rows, len(fields)),
                )
                named, is_told = 0, True
            score = (named + is_told, is_told and len(fields), -at)
            if score > best[0]:
                footer = _footer(rows[at + 1 :], len(fields))
                best = score, _Table(delimiter, at, fields, below, footer)
    return best[1]


def _below(rows: list[list[str]], width: int) -> list[list[str]]:
    """The rows of the table, as wide as its header; what follows it is shorter, or has text in the place of
    its date or of an amount."""
    table = [
        ["" if cell in DASHES else cell for cell in row[:width]]
        for row in itertools.takewhile(lambda row: len(row) >= width, rows)
        if any(row)
    ]
    entries = [row for row in table if any(map(_is_date, row)) and any(map(_is_amount, row))]
    places = list(zip(*entries, strict=True))
    days = [at for at, cells in enumerate(places) if all(map(_is_date, cells))]
    money = [
        at for at, cells in enumerate(places) if any(cells) and all(map(_is_amount, filter(None, cells)))
    ]
    if days:
        while not _is_date(table[-1][days[0]]):
            day, amounts = table[-1][days[0]], [table[-1][at] for at in money]
            if not day and all(map(_is_amount, filter(None, amounts))):
                break
            table.pop()
    return table


def _footer(rows: list[list[str]], width: int) -> str | None:
    """What the first row behind the table begins with, where no row of it begins so."""
    table = _below(rows, width)
    behind = next(itertools.islice(filter(any, rows), len(table), None), [])
    found = next(filter(None, behind), "")
    starts = tuple(next(filter(None, row), "").casefold() for row in table)
    is_told = found and "|" not in found and not any(start.startswith(found.casefold()) for start in starts)
    return found if is_told else None


def _known(table: _Table) -> int:
    return sum(_column_of(field) is not None for field in table.fields)


def _column_of(header: str) -> str | None:
    return _COLUMNS.get(_plain_name(header)) if len(header) <= MAX_CELL else None


def _plain_name(header: str) -> str:
    """Its letters and digits, without what stands in brackets where no column is called so: "Débito (R$)"."""
    whole = plain_text(header)
    return whole if whole in _COLUMNS else plain_text(_BRACKETS.sub("", header))


def _nearest(fields: list[str], profiles: Sequence[CsvProfile]) -> tuple[CsvProfile, list[str]] | None:
    """The profile of which the largest part stands in the header, at least half, and what does not."""
    found = []
    for profile in profiles:
        headers = profile.headers()
        missing = [header for header in headers if header not in fields]
        if profile.column_count is None and len(missing) * 2 <= len(headers):
            found.append((len(missing) / len(headers), profile.profile_code, profile, missing))
    return min(found, key=lambda entry: entry[:2])[2:] if found else None


def _row(
    table: _Table, preamble: list[str], encoding: str, columns: Sequence[str]
) -> tuple[str | None, list[str], list[str]]:
    """A row of the seed for such a file, or None where it shows no date and no amount; what a person must
    still do about its cells; and the headers whose columns say something that it leaves out."""
    table, blanks = _called(table)
    cells, open_cells = _columns(table, blanks)
    if "booked_on" not in cells or not ("amount" in cells or "debit" in cells):
        return None, [], []
    money = [cells[column] for column in ("amount", "debit", "credit", "balance") if column in cells]
    amounts = table.values(*money)
    plain = [_without_currency(amount) for amount in amounts]
    decimal_mark, is_sure = _decimal_mark(plain)
    if not is_sure:
        open_cells.append("check decimal_mark and thousands_mark, since three digits stand behind each point")
    dates = table.values(cells["booked_on"])
    formats = [form for form in _FORMATS if dates and _all_dates(dates, form)]
    # A Z is also an offset.
    formats = [form for form in formats if "%z" not in form or form.replace("%z", "Z") not in formats]
    if decimal_mark == ",":
        # Nobody who writes it writes the month first.
        formats.sort(key=lambda form: form.startswith("%m"))
    formats.sort(key=lambda form: _is_to_and_fro(dates, form))
    if len(formats) != 1:
        open_cells.append(f"check date_format ({' or '.join(formats) or 'of ' + repr(dates[:1])})")
    debits = table.values(cells["debit"]) if "debit" in cells else []
    codes = [
        code
        for text in (*table.fields, *amounts)
        for code in _CODE.findall(text.upper())
        if _CODES.fullmatch(code)
    ]
    signs = [sign for text in (*table.fields, *amounts) if (sign := _sign_in(text))]
    cells |= {
        "profile_code": "my_bank",
        "delimiter": "\\t" if table.delimiter == "\t" else table.delimiter,
        "decimal_mark": decimal_mark,
        "thousands_mark": _thousands_mark(plain, decimal_mark),
        "date_format": _date_format(table, cells, formats),
        # A byte order mark tells itself.
        "encoding": "utf-8" if encoding in ("utf-8-sig", "utf-16") else encoding,
        "sign": "debit_positive" if debits and not any(map(_has_sign, debits)) else "credit_positive",
        "footer_words": table.footer or "",
        "column_count": str(len(table.fields)) if table.at < 0 else "",
    }
    if "currency" not in cells and (codes or signs):
        cells["fixed_currency"] = codes[0] if codes else _SIGNS[signs[0]]
        if not codes and signs[0] == "$":
            open_cells.append("check fixed_currency")
    elif "currency" not in cells and (label := _label(preamble, table.delimiter, _CODES.fullmatch)):
        cells["preamble_currency"] = label
    elif "currency" not in cells:
        open_cells.append("fill fixed_currency")
    label = _label(preamble, table.delimiter, is_iban)
    if _plain_name(cells.get("account_number", "")) in _EITHER_SIDE and "counterparty_account" not in cells:
        # The account's own, or the other side's.
        header = cells.pop("account_number")
        if label or len({*table.values(header)}) > 1:
            cells["counterparty_account"] = header
        else:
            cells["account_number"] = header
            open_cells.append(f"check that {header!r} is the account's own and not the other side's")
    if "account_number" not in cells and label:
        cells["preamble_account"] = label
    elif "account_number" not in cells:
        open_cells.append("fill fixed_account_number or put the file into a folder account=<number>")
    if (
        "amount" in cells
        and not {"direction", "balance"} & set(cells)
        and not any(map(_has_sign, table.values(cells["amount"])))
    ):
        may_tell = next((header for header in table.fields if _may_tell(table, header, cells)), None)
        told = f", and fill direction if {may_tell!r} tells it" if may_tell else ""
        open_cells.append(f"check sign, since no amount has a minus{told}")
    for header in table.fields:
        if plain_text(header[:MAX_CELL]) in _STATUSES and (words := {*table.values(header)}):
            shown = ", ".join(repr(word[:MAX_CELL]) for word in sorted(words)[:3])
            open_cells.append(f"fill status if {header!r} ({shown}) tells what is not booked")
    memos = table.values(cells["memo"]) if cells.get("memo") in table.fields else []
    if not_entry := next(filter(_NO_ENTRY.match, memos), None):
        told = f"check that {not_entry[:MAX_CELL]!r} is no entry, and fill balance_words or row_type"
        open_cells.append(told)
    texts = table.fields if encoding != "cp1252" else [*table.fields, *itertools.chain(*table.rows)]
    if encoding.startswith("cp125") and not all(map(str.isascii, texts)):
        open_cells.append("check encoding where letters look wrong")
    cells["balance_words"] = _balance_words(table, cells)
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([cells.get(column, "") for column in columns])
    named = {header for cell in cells.values() for header in header_names(cell)}
    unread = [field for field in table.fields if field and field not in named and table.values(field)]
    return line.getvalue(), open_cells, unread if table.at >= 0 else []


def _is_to_and_fro(dates: list[str], date_format: str) -> bool:
    order = DayOrder(date_format)
    for text in dates:
        order.see(text)
    return order.is_wrong()


def _date_format(table: _Table, cells: dict[str, str], formats: list[str]) -> str:
    """The format of the booking dates, and that of the value dates where it is another one."""
    if not formats:
        return "%Y-%m-%d"
    days = table.values(cells["value_on"]) if "value_on" in cells else []
    others = [form for form in _FORMATS if _all_dates(days, form)]
    if not days or formats[0] in others or not others:
        return formats[0]
    is_day_first = formats[0].startswith("%d")
    other = next((form for form in others if form.startswith("%d") == is_day_first), others[0])
    return FIRST.join([formats[0], other])


def _called(table: _Table) -> tuple[_Table, list[str]]:
    """The table with its columns as a profile calls them, by their place where the header is blank or stands
    twice; and what those are called that have a blank one."""
    if table.at < 0:
        return table, []
    places = [f"{at}?" for at in range(1, len(table.fields) + 1)]
    pairs = [*zip(table.fields, places, strict=True)]
    fields = [field if field and table.fields.count(field) == 1 else place for field, place in pairs]
    return table._replace(fields=fields), [place for field, place in pairs if not field]


def _may_tell(table: _Table, header: str, cells: dict[str, str]) -> bool:
    """Whether a column of two words, each of several rows, may say which are money out."""
    words = {*table.values(header)}
    is_free = header not in cells.values() and not any(map(_is_amount, words))
    return is_free and len(words) == 2 < len(table.rows)


def _columns(table: _Table, blanks: list[str]) -> tuple[dict[str, str], list[str]]:
    """The headers by what they are, and what must be checked of it."""
    cells: dict[str, str] = {}
    once = table.fields
    # What is called so as it stands goes before what is without its brackets, of which there must be one.
    stripped = Counter(_plain_name(field) for field in once if len(field) <= MAX_CELL)
    fields = sorted(once, key=lambda field: (plain_text(field[:MAX_CELL]) in _COLUMNS, -once.index(field)))
    headers = {
        name: field
        for field in fields
        if _column_of(field) and (stripped[name := _plain_name(field)] == 1 or plain_text(field) == name)
    }
    for column, names in _PLAIN_NAMES.items():
        for name in names:
            header = headers.get(name)
            if header is not None and header not in cells.values() and _holds(table, column, header):
                cells[column] = header
                break
    open_cells: list[str] = []

    def left() -> Iterator[str]:
        return (field for field in once if field and field not in cells.values())

    if "booked_on" not in cells:
        of_days = (header for header in left() if table.values(header) and _holds(table, "booked_on", header))
        if header := next(of_days, None):
            cells["booked_on"] = header
    if not {"debit", "credit"} <= set(cells):
        cells.pop("debit", None)
        cells.pop("credit", None)
        if "amount" not in cells:
            _find_amounts(table, [header for header in left() if _is_money(table, header)], cells, open_cells)
    else:
        cells.pop("amount", None)
    if "amount" in cells and not any(map(_has_sign, table.values(cells["amount"]))):
        cells |= _direction(table)
    # What the balance follows.
    moved = [cells[column] for column in ("amount", "debit", "credit") if column in cells]
    for header in [] if "balance" in cells else [*left()]:
        if (
            table.is_filled(header)
            and _is_money(table, header)
            and _follows(table, moved, header, _magnitude)
        ):
            cells["balance"] = header
    for column in ("currency", "account_number", "counterparty_account", "memo"):
        if column not in cells:
            fitting = [header for header in left() if _holds(table, column, header, by_content=True)]
            fitting = [header for header in fitting if header not in blanks] or fitting
            if fitting:
                cells[column] = max(fitting, key=lambda header: len("".join(table.values(header))))
    texts = [cells["memo"]] if "memo" in cells else []
    texts += [header for header in left() if _column_of(header) == "memo" and table.values(header)]
    if len(texts) > 1 and not any(mark in text for text in texts for mark in (JOINED, FIRST)):
        cells["memo"] = JOINED.join(sorted(texts, key=table.fields.index))
    of_text = (header for header in left() if _holds(table, "memo", header, by_content=True))
    unnamed = [header for header in of_text if header in blanks]
    if unnamed and "memo" in cells and FIRST not in cells["memo"]:
        cells["memo"] = JOINED.join([cells["memo"], *unnamed])
    return cells, open_cells


def _direction(table: _Table) -> dict[str, str]:
    """The column that alone tells money out from money in, best one that says both; the first of equals."""
    found = []
    for header in table.fields:
        said = {value.casefold() for value in table.values(header)}
        for debit, credit in _DIRECTIONS:
            if said and said <= {*debit.split("|"), *credit.split("|")}:
                found.append((len(said), {"direction": header, "debit_words": debit, "credit_words": credit}))
                break
    return max(found, key=lambda each: each[0])[1] if found else {}


def _balance_words(table: _Table, cells: dict[str, str]) -> str:
    """How the rows begin that have a balance and no amount."""
    if "balance" not in cells or cells.get("memo") not in table.fields:
        return ""
    money, balance, memo = (
        [table.fields.index(cells[name]) for name in names if name in cells]
        for names in (("amount", "debit", "credit"), ("balance",), ("memo",))
    )
    words = {row[memo[0]] for row in table.rows if row[balance[0]] and not any(row[at] for at in money)}
    entries = [row[memo[0]] for row in table.rows if any(row[at] for at in money)]
    if len(words) > MAX_BALANCE_WORDS or any(not word or "|" in word for word in words):
        return ""
    return "" if any(text.startswith(tuple(words)) for text in entries) else "|".join(sorted(words))


def _find_amounts(table: _Table, money: list[str], cells: dict[str, str], open_cells: list[str]) -> None:
    """Which of the columns of money is the amount or which are debit and credit, and which the balance."""
    filled = [header for header in money if table.is_filled(header)]
    # An amount has a sign more often than a balance.
    filled.sort(key=lambda header: not any(map(_has_sign, table.values(header))))
    for number_of in (_signed, _magnitude):
        if number_of is _magnitude and _find_sides(table, money, filled, cells, open_cells):
            return
        for amount, balance in itertools.permutations(filled, 2):
            if "balance" not in cells and _follows(table, [amount], balance, number_of):
                cells |= {"amount": amount, "balance": balance}
                return
    if filled:
        cells["amount"] = filled[0]
        if len(filled) > 1:
            open_cells.append(f"check that {filled[0]!r} is the amount")


def _find_sides(
    table: _Table, money: list[str], filled: list[str], cells: dict[str, str], open_cells: list[str]
) -> bool:
    """Whether two columns are debit and credit, since in each row one of them alone says anything."""
    for one, other in itertools.combinations(money, 2):
        pairs = [(row[table.fields.index(one)], row[table.fields.index(other)]) for row in table.rows]
        is_told = any(_says(left) for left, _ in pairs) and any(_says(right) for _, right in pairs)
        if all(bool(left) != bool(right) for left, right in pairs) or (
            is_told and all(_says(left) != _says(right) for left, right in pairs)
        ):
            others = [header for header in filled if header not in (one, other)]
            balances = [cells["balance"]] if "balance" in cells else others
            debit, credit, is_proved = _sides(table, one, other, balances)
            cells |= {"debit": debit, "credit": credit}
            if not is_proved:
                open_cells.append(f"check that {one!r} is money out and {other!r} money in")
            return True
    return False


def _says(amount: str) -> bool:
    """Whether a cell of money says anything: banks fill the other one of two with a zero."""
    return bool(amount) and _magnitude(amount) != 0


def _sides(table: _Table, one: str, other: str, balances: Sequence[str]) -> tuple[str, str, bool]:
    """Which of two columns is money out and which is money in, and whether a balance proves it."""
    places = table.fields.index(one), table.fields.index(other)
    moves = [_magnitude(row[places[1]]) - _magnitude(row[places[0]]) for row in table.rows]
    for header in balances:
        values = [_signed(value) for value in table.values(header)]
        if len(values) == len(moves) > 1:
            steps = [after - before for before, after in itertools.pairwise(values)]
            for is_turned in (False, True):
                signed = [-move for move in moves] if is_turned else moves
                is_oldest_first = steps == signed[1:]
                is_newest_first = steps == [-move for move in signed[:-1]]
                if is_oldest_first != is_newest_first:
                    return (other, one, True) if is_turned else (one, other, True)
    return one, other, False


def _follows(
    table: _Table, amounts_in: Sequence[str], balance: str, number_of: Callable[[str], Decimal]
) -> bool:
    """Whether the one is the running balance of the others, in either order, in more than a row."""
    places = [table.fields.index(header) for header in amounts_in]
    # Of a debit and a credit one may be a zero.
    amounts = [sum((number_of(row[at]) for at in places if row[at]), Decimal(0)) for row in table.rows]
    balances = [number_of(value) for value in table.values(balance)]
    steps = [other - one for one, other in itertools.pairwise(balances)]
    if number_of is _magnitude:
        steps = [*map(abs, steps)]
        return len(steps) > 0 and (steps == amounts[1:] or steps == amounts[:-1])
    return len(steps) > 0 and (steps == amounts[1:] or steps == [-amount for amount in amounts[:-1]])


def _has_sign(text: str) -> bool:
    """Whether it says that it is money out, or which of both it is."""
    return any(mark in text for mark in "-(\u2212\u2013") or _side(text) is not None


def _side(text: str) -> re.Match[str] | None:
    return SIDE.fullmatch(text) if len(text) <= MAX_CELL else None


def _signed(text: str) -> Decimal:
    side = _side(text)
    is_negative = not side[2] if side else _has_sign(text)
    return -_magnitude(text) if is_negative else _magnitude(text)


def _magnitude(text: str) -> Decimal:
    """The amount without its sign. A mark before one or two last digits is the decimal one."""
    digits = re.sub(r"[^0-9.,]", "", text.translate(LATIN))
    match = re.fullmatch(r"(.*?)(?:[.,]([0-9]{1,2}))?", digits)
    whole, fraction = (match[1], match[2]) if match else (digits, None)
    return Decimal(f"{re.sub('[.,]', '', whole) or 0}.{fraction or 0}")


def _holds(table: _Table, column: str, header: str, *, by_content: bool = False) -> bool:
    """Whether the column holds what such a column does. Without a row nothing speaks against a name."""
    values = table.values(header)
    if not values:
        return not by_content
    if column in ("booked_on", "value_on"):
        return any(_all_dates(values, form) for form in _FORMATS)
    if column in ("amount", "debit", "credit", "balance"):
        return all(map(_is_amount, values))
    if column == "currency":
        return all(_CODES.fullmatch(value.upper()) for value in values)
    are_ibans = all(is_iban(without_spaces(value)) for value in values)
    if column == "account_number" and by_content:
        return len({*values}) == 1 and are_ibans
    if column == "counterparty_account" and by_content:
        return are_ibans
    if column == "counterparty":
        return not are_ibans
    if by_content:
        are_words = any(character.isalpha() for value in values for character in value)
        return are_words and not any(_is_amount(value) or _is_date(value) for value in values)
    return True


def _is_money(table: _Table, header: str) -> bool:
    """Whether a column holds amounts, and not only whole numbers, which anything may be."""
    values = [_without_currency(value) for value in table.values(header)]
    return (
        bool(values)
        and all(map(_is_amount, values))
        and any(re.search(r"[.,][0-9]{2}[-)]?$", v) for v in values)
    )


@functools.lru_cache(maxsize=1 << 14)
def _is_amount(text: str) -> bool:
    plain = _without_currency(text)
    return len(text) <= MAX_CELL and _AMOUNT.fullmatch(plain) is not None and not _is_date(text)


def _without_currency(text: str) -> str:
    """Without a side and the code or the sign of a currency, and with a minus as it is typed."""
    if len(text) > MAX_CELL:
        return text
    side = _side(text)
    text = (side[1] if side else text).translate(LATIN)
    return re.sub(rf"(?<![A-Za-z]){CURRENCY_MARK}", "", text).strip()


@functools.lru_cache(maxsize=1 << 14)
def _is_date(text: str) -> bool:
    return len(text) <= MAX_CELL and any(
        _all_dates([text], form)
        for reading in readings(text)
        for form in _FORMATS_OF.get(_shape(reading), ())
    )


def _all_dates(texts: list[str], date_format: str) -> bool:
    return all(len(text) <= MAX_CELL and moment(text, date_format) is not None for text in texts)


def _sign_in(text: str) -> str | None:
    return next((sign for sign in _SIGNS if sign in text), None) if len(text) <= MAX_CELL else None


def _decimal_mark(amounts: list[str]) -> tuple[str, bool]:
    """The mark before one or two last digits, else a point, and whether it is sure: a point before three
    digits in every amount that has one is of thousands, unless the currency has three decimals."""
    if any(re.search(r",[0-9]{1,2}[-)]?$", amount) for amount in amounts):
        return ",", True
    pointed = [amount for amount in amounts if "." in amount]
    grouped = re.compile(r"[-+( ]*[0-9]{1,3}(?:\.[0-9]{3})+[-) ]*")
    if not pointed or not all(map(grouped.fullmatch, pointed)):
        return ".", True
    return ",", any(text.count(".") > 1 for text in pointed)


def _thousands_mark(amounts: list[str], decimal_mark: str) -> str:
    """The mark between digits that is not the decimal one, or the usual one where no amount has any."""
    usual = "." if decimal_mark == "," else ","
    found = re.findall(
        rf"[0-9]([{_MARKS}])(?=[0-9]{{3}}(?![0-9]))", " ".join(f"|{amount}|" for amount in amounts)
    )
    mark = next((mark for mark in found if mark != decimal_mark), usual)
    return " " if mark in "\u00a0\u202f" else "'" if mark == "\u2019" else mark


def _label(preamble: list[str], delimiter: str, is_meant: Callable[[str], object]) -> str | None:
    """What stands before a value in a line above the table."""
    for fields in _cut(preamble, delimiter):
        for at, field in enumerate(fields):
            label, colon, rest = field.partition(":")
            if colon and is_meant(without_spaces(rest)):
                return label
            if at and is_meant(without_spaces(field.strip('="'))):
                return fields[at - 1].rstrip(" :") or None
    return None
