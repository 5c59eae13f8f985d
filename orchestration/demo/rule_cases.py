"""What the matching rules have to find, one function per planted kind, and what none may match."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

from orchestration.demo import company, mix
from orchestration.demo.bank import Exchange
from orchestration.demo.company import ACCOUNT_OF_ALIAS, BankAccount, Counterparty
from orchestration.demo.events import Dates, Events, Seen
from orchestration.demo.ledger import CashItem
from orchestration.demo.money import plain
from orchestration.demo.planting import Planting

# Characters that scanners and people read for a digit.
_LOOK_ALIKES = {"0": "O", "1": "Il", "2": "Z", "5": "S", "8": "B"}
_OWN_PAIRS = (
    ("usd-operating", "usd-payroll"),
    ("eur-collections", "eur-main"),
    ("usd-deposits", "usd-operating"),
    ("eur-main", "eur-savings"),
)
# Formats that say of an entry that it is a reversal; the others only have its text.
_FORMATS_WITH_REVERSAL_MARK = ("camt", "mt940")


def with_slip(reference: str, random: Random) -> str:
    """The reference with one digit read as a look-alike."""
    place = random.choice([index for index, digit in enumerate(reference) if digit in _LOOK_ALIKES])
    return reference[:place] + random.choice(_LOOK_ALIKES[reference[place]]) + reference[place + 1 :]


class RuleCases(Planting):
    """The planted kinds beyond one reference and one amount on both sides."""

    def __init__(self, events: Events, last_on: datetime.date) -> None:
        super().__init__(events, last_on)
        self.kinds: dict[str, Callable[[datetime.date, int], None]] = {
            "duplicate_bank_line": self._duplicate_bank_line,
            "fee_deducted": self._fee_deducted,
            "fx_payment": self._fx_payment,
            "late_bank_line": self._late_bank_line,
            "own_transfer_not_booked": self._own_transfer_not_booked,
            "own_transfer_without_reference": self._own_transfer_without_reference,
            "payment_file": self._payment_file,
            "payout_group": self._payout_group,
            "reference_prefixed": self._reference_prefixed,
            "reference_slip": self._reference_slip,
            "reversal_by_bank": self._reversal_by_bank,
            "short_payment": self._short_payment,
            "split_receipt": self._split_receipt,
        }

    def _post_receipt(
        self, account: BankAccount, day: datetime.date, amount: int, partner: Counterparty, reference: str
    ) -> CashItem:
        return self._events.ledger.post(
            day,
            "customer_receipt",
            account.currency,
            self._events.legs(account, amount, [("receivables", -amount)]),
            reference=reference,
            counterparty=partner.name,
            memo=f"Receipt for {reference}",
        )

    def _duplicate_bank_line(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main", "eur-collections")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        item = self._post_payment(account, day, amount, partner, reference)
        line, again = (
            events.bank_line(
                account,
                self._booked_on(account, day, later),
                -amount,
                "transfer_of_money",
                partner,
                reference=reference,
                memo="Supplier payment",
            )
            for later in (1, 2)
        )
        events.truth.together("paid_twice_by_bank", [line], [item])
        events.truth.open_line(
            "duplicate_bank_line", again, f"Duplicate of {line.bank_reference}; the books know one payment"
        )

    def _fee_deducted(self, day: datetime.date, occurrence: int) -> None:
        """A receipt less what a bank on its way kept: stated by CAMT, by some texts, else by nobody."""
        events = self._events
        account = self._account(occurrence, "eur-main", "usd-operating", "eur-collections", "usd-deposits")
        reference = events.invoice(day)
        partner = events.customer(account.currency)
        invoiced = events.amount(mix.CHARGED_RECEIPT_RANGE)
        charge = events.random.choice(mix.DEDUCTED_CHARGES)
        is_stated = account.file_format != "camt" and (occurrence // 4 + occurrence) % 2
        item = self._post_receipt(account, day, invoiced, partner, reference)
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            invoiced - charge,
            "wire",
            partner,
            reference=reference,
            memo=f"Invoice payment less charges {plain(charge)}" if is_stated else "Invoice payment",
            charges=charge,
        )
        events.truth.plant_line("fee_deducted", line, f"Difference {plain(-charge)}: a bank's charge")
        events.truth.together("fee_deducted", [line], [item])

    def _fx_payment(self, day: datetime.date, occurrence: int) -> None:
        """An invoice in a foreign currency, booked at one rate and settled by the bank at another."""
        events = self._events
        account = self._account(occurrence, "eur-main", "usd-operating", "eur-collections")
        is_euro = account.currency == "EUR"
        foreign = "USD" if is_euro else "GBP"
        unit_currency = "EUR" if is_euro else "GBP"
        sign = 1 if account.alias == "eur-collections" else -1
        reference = events.invoice(day) if sign > 0 else events.payment(day)
        partner = (events.customer if sign > 0 else events.supplier)(account.currency)
        amount = events.amount(mix.CHARGED_RECEIPT_RANGE)
        booked_rate = self._moved(mix.RATES[unit_currency, "USD"], *mix.BOOKED_RATE_BASIS_POINTS)
        least, most = mix.EXCHANGE_BASIS_POINTS
        is_dearer = events.random.random() < 0.5
        bank_rate = self._moved(booked_rate, *((least, most) if is_dearer else (-most, -least)))

        def converted(rate: int) -> int:
            return sign * (amount * 10_000 // rate if is_euro else amount * rate // 10_000)

        rate = f"{bank_rate // 10_000}.{bank_rate % 10_000:04d}"
        purpose = "Invoice payment" if sign > 0 else "Supplier payment"
        has_field = account.file_format == "camt"
        booked, settled = converted(booked_rate), converted(bank_rate)
        item = events.ledger.post(
            day,
            "customer_receipt" if sign > 0 else "supplier_payment",
            account.currency,
            events.legs(account, booked, [("receivables" if sign > 0 else "payables", -booked)]),
            reference=reference,
            counterparty=partner.name,
            memo=f"{foreign} invoice",
            original=(foreign, amount),
        )
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            settled,
            "wire",
            partner,
            reference=reference,
            memo=purpose
            if has_field
            else f"{purpose} {foreign} {amount // 100:,}.{amount % 100:02d} RATE {rate}",
            exchange=Exchange(foreign, amount, unit_currency, rate),
        )
        events.truth.plant_line(
            "fx_payment", line, f"Difference {plain(settled - booked)}: {foreign} {plain(amount)} at {rate}"
        )
        events.truth.together("fx_payment", [line], [item])

    def _moved(self, rate: int, least: int, most: int) -> int:
        """The rate, moved by a number of basis points between the two."""
        return rate + rate * self._events.random.randint(least, most) // 10_000

    def _late_bank_line(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-collections")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        item = self._post_payment(account, day, amount, partner, reference)
        line = events.bank_line(
            account,
            self._booked_on(account, day),
            -amount,
            "transfer_of_money",
            partner,
            reference=reference,
            memo="Supplier payment",
            is_late=True,
        )
        events.truth.plant_line(
            "late_bank_line",
            line,
            f"In a second statement of the day, delivered {mix.LATE_STATEMENT_DAYS} days later",
        )
        events.truth.together("late_bank_line", [line], [item])

    def _own_transfer(self, occurrence: int) -> tuple[BankAccount, BankAccount, int]:
        """From where, to where and how much."""
        source, target = _OWN_PAIRS[occurrence % len(_OWN_PAIRS)]
        return ACCOUNT_OF_ALIAS[source], ACCOUNT_OF_ALIAS[target], self._events.amount(mix.OWN_TRANSFER_RANGE)

    def _own_transfer_not_booked(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        source, target, amount = self._own_transfer(occurrence)
        leaving, arriving = (
            events.bank_line(
                account,
                self._booked_on(account, day, later),
                signed_amount,
                "own_transfer",
                company.OWN[account.currency],
                memo="Transfer between own accounts",
            )
            for account, signed_amount, later in ((source, -amount, 0), (target, amount, 1))
        )
        for line, other in ((leaving, arriving), (arriving, leaving)):
            events.truth.open_line(
                "own_transfer_not_booked",
                line,
                f"Nobody booked it; the other leg is {other.bank_reference} on {other.account.number}",
            )

    def _own_transfer_without_reference(self, day: datetime.date, occurrence: int) -> None:
        """One entry with both cash lines; the bank shows them on two days."""
        events = self._events
        kind = "own_transfer_without_reference"
        source, target, amount = self._own_transfer(occurrence)
        first = events.ledger.post(
            day,
            "transfer",
            source.currency,
            ((target.gl_account, amount), (source.gl_account, -amount)),
            memo=f"Transfer {source.alias} to {target.alias}",
        )
        for item in events.ledger.cash_items(first.entry):
            later = events.random.choice((1, 2)) if item.amount > 0 else 0
            line = events.bank_line(
                item.account,
                self._booked_on(item.account, day, later),
                item.amount,
                "own_transfer",
                company.OWN[item.account.currency],
                memo="Transfer between own accounts",
            )
            events.truth.plant_line(kind, line, f"{first.entry.entry_id} books both accounts, no reference")
            events.truth.together(kind, [line], [item])

    def _payment_file(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "eur-main", "usd-operating", "usd-payroll")
        file = f"PF-{day.year}-{events.number('PF'):06d}"
        items = [
            self._post_payment(
                account,
                day,
                self._payment_amount(),
                events.supplier(account.currency),
                events.payment(day),
                memo=f"Payment file {file}",
            )
            for _ in range(events.random.randint(*mix.BATCH_SIZE))
        ]
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            sum(item.amount for item in items),
            "batch",
            company.OWN[account.currency],
            reference=file,
            memo="Payment file",
        )
        events.truth.plant_line("payment_file", line, f"{len(items)} payments of {file}")
        events.truth.together("payment_file", [line], items)

    def _payout_group(self, day: datetime.date, occurrence: int) -> None:
        """Receipts of several invoices in one credit; both sides name the payout, in their memos only."""
        events = self._events
        account = self._account(occurrence, "eur-collections", "usd-deposits", "usd-operating")
        is_slip = account.alias == "usd-deposits"
        series, title = ("SLP", "DEPOSIT SLIP") if is_slip else ("PO", "PAYOUT")
        key = f"{title} {series}-{day.year}-{events.number(series):06d}"
        items = events.post_receipts(
            account,
            day,
            mix.DEPOSIT_RECEIPT_RANGE,
            events.random.randint(*mix.BATCH_SIZE),
            "",
            memo=key,
        )
        line = events.bank_line(
            account,
            self._booked_on(account, day, 2),
            sum(item.amount for item in items),
            "deposit" if is_slip else "card",
            (company.OWN if is_slip else company.CARD_PROCESSOR)[account.currency],
            memo=key,
        )
        events.truth.plant_line("payout_group", line, f"{len(items)} receipts of {key}")
        events.truth.together("payout_group", [line], items)

    def _settled_with(
        self, kind: str, account: BankAccount, day: datetime.date, change: Callable[[str], str]
    ) -> None:
        """A receipt whose reference arrives changed and whose amount arrives whole."""
        events = self._events
        reference = events.invoice(day)
        amount = events.amount(mix.RECEIPT_RANGE)
        events.settle(
            account,
            Dates(day, self._booked_on(account, day, 1)),
            amount,
            [("receivables", -amount)],
            activity="transfer_of_money",
            document_type="customer_receipt",
            counterparty=events.customer(account.currency),
            reference=reference,
            memo=f"Receipt for {reference}",
            seen=Seen(change(reference), "Invoice payment", kind),
        )

    def _reference_prefixed(self, day: datetime.date, occurrence: int) -> None:
        account = self._account(occurrence, "eur-collections", "usd-operating", "usd-deposits", "eur-main")

        def change(reference: str) -> str:
            _, year, number = reference.split("-")
            bare = f"{year}-{number.lstrip('0')}"
            styles = ("RF{}", "REF:{}", "RE. {}", "Invoice no. {}", "{}")
            return styles[occurrence % len(styles)].format(bare)

        self._settled_with("reference_prefixed", account, day, change)

    def _reference_slip(self, day: datetime.date, occurrence: int) -> None:
        account = self._account(occurrence, "usd-deposits", "eur-collections", "usd-operating", "eur-main")
        random = self._events.random
        self._settled_with("reference_slip", account, day, lambda reference: with_slip(reference, random))

    def _reversal_by_bank(self, day: datetime.date, occurrence: int) -> None:
        """An entry the bank made by mistake and takes back; the books see neither."""
        events = self._events
        account = self._account(
            occurrence, "eur-main", "eur-collections", "usd-operating", "usd-deposits", "usd-payroll"
        )
        is_credit = account.alias in ("eur-collections", "usd-deposits")
        partner = (events.customer if is_credit else events.supplier)(account.currency)
        amount = self._payment_amount() * (1 if is_credit else -1)
        text = f"Standing order {events.random.randrange(10_000, 100_000)}"
        has_mark = account.file_format in _FORMATS_WITH_REVERSAL_MARK
        wrong = events.bank_line(
            account, self._booked_on(account, day), amount, "transfer_of_money", partner, memo=text
        )
        reversal = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            -amount,
            "transfer_of_money",
            partner,
            memo=text if has_mark else f"Reversal {text}",
            is_return=True,
        )
        events.truth.plant_line("reversal_by_bank", reversal, f"Reverses {wrong.bank_reference}")
        events.truth.together("reversal_by_bank", [wrong, reversal], [])

    def _short_payment(self, day: datetime.date, occurrence: int) -> None:
        """A customer keeps a little back; every other one gives no reference."""
        events = self._events
        account = self._account(occurrence, "eur-collections", "usd-deposits", "eur-main")
        reference = events.invoice(day)
        partner = events.customer(account.currency)
        invoiced = events.amount(mix.CHARGED_RECEIPT_RANGE)
        missing = invoiced * events.random.randint(*mix.SHORT_PAYMENT_BASIS_POINTS) // 10_000
        item = self._post_receipt(account, day, invoiced, partner, reference)
        line = events.bank_line(
            account,
            self._booked_on(account, day, 2),
            invoiced - missing,
            "transfer_of_money",
            partner,
            reference="" if occurrence % 2 else reference,
            memo="Invoice payment",
        )
        events.truth.plant_line(
            "short_payment", line, f"Difference {plain(-missing)}: the customer paid less than invoiced"
        )
        events.truth.together("short_payment", [line], [item])

    def _split_receipt(self, day: datetime.date, occurrence: int) -> None:
        """One receipt of the books that the customer pays in two or three parts."""
        events = self._events
        account = self._account(occurrence, "eur-collections", "usd-operating", "usd-deposits", "eur-main")
        reference = events.invoice(day)
        partner = events.customer(account.currency)
        amount = events.amount(mix.CHARGED_RECEIPT_RANGE)
        count = events.random.choice((2, 3))
        shares = [amount * events.random.randint(20, 45) // 100 for _ in range(count - 1)]
        parts = [*shares, amount - sum(shares)]
        item = self._post_receipt(account, day, amount, partner, reference)
        lines = [
            events.bank_line(
                account,
                self._booked_on(account, day, later),
                part,
                "transfer_of_money",
                partner,
                reference=reference,
                memo=f"Part {later + 1} of {count}",
            )
            for later, part in enumerate(parts)
        ]
        for line in lines:
            events.truth.plant_line("split_receipt", line, f"One of {count} parts of {reference}")
        events.truth.together("split_receipt", lines, [item])
