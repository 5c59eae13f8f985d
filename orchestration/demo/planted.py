"""What goes wrong on purpose: one function per planted kind, each told to the truth as it happens."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

from orchestration.demo import company, mix
from orchestration.demo.events import Dates, Events, Seen
from orchestration.demo.planting import Planting
from orchestration.demo.rule_cases import RuleCases

# Plants start after the first days, and end early enough for their second act to be delivered.
_QUIET_DAYS_AT_START = 2
_QUIET_DAYS_AT_END = 10
# Its multiples, less their whole parts, lie evenly between 0 and 1 however many they are.
_GOLDEN_SECTION = 0.6180339887498949


def places(count: int, days: int, random: Random) -> list[int]:
    """The day indexes of so many events, spread evenly over `days`. One more moves none of the others."""
    start = random.random()
    return [int((start + number * _GOLDEN_SECTION) % 1 * days) for number in range(count)]


class Plants(Planting):
    """Spreads each planted kind evenly over the run."""

    @staticmethod
    def day_count(days: int) -> int:
        """On how many days of a run anything is planted."""
        return days - _QUIET_DAYS_AT_START - _QUIET_DAYS_AT_END

    def __init__(self, events: Events, days: list[datetime.date], lines_per_day: int) -> None:
        super().__init__(events, days[-1])
        self._days = days
        self._kinds: dict[str, Callable[[datetime.date, int], None]] = {
            "bank_fee_not_booked": self._bank_fee,
            "bundle_without_key": self._bundle_without_key,
            "correction_of_amount": self._correction_of_amount,
            "correction_of_memo": self._correction_of_memo,
            "duplicate_booking": self._duplicate_booking,
            "identical_payments": self._identical_payments,
            "interest_not_booked": self._interest,
            "late_entry": self._late_entry,
            "ledger_reversal": self._ledger_reversal,
            "outstanding_cheque": self._outstanding_cheque,
            "returned_by_bank": self._returned_by_bank,
            "returned_payment": self._returned_payment,
            "swapped_digits": self._swapped_digits,
            **RuleCases(events, days[-1]).kinds,
        }
        self._plan = self._planned(len(days) * lines_per_day)

    def _planned(self, lines: int) -> dict[int, list[tuple[str, int]]]:
        """What is planted by the index of its day: kinds, and which of its kind each is."""
        first = min(_QUIET_DAYS_AT_START, len(self._days) - 1)
        last = len(self._days) - _QUIET_DAYS_AT_END
        # A late entry is recorded next month, so none can start in the last month.
        before_last_month = sum(
            (day.year, day.month) < (self._last_on.year, self._last_on.month) for day in self._days
        )
        plan: dict[int, list[tuple[str, int]]] = {}
        for kind in self._kinds:
            width = (min(last, before_last_month) if kind == "late_entry" else last) - first
            if width < 1:
                continue
            count = max(mix.MINIMUM_PLANTED, lines * mix.PLANTED_PER_1000_LINES[kind] // 1000)
            for occurrence, place in enumerate(places(count, width, self._events.chance_of(kind))):
                plan.setdefault(first + place, []).append((kind, occurrence))
        return plan

    def on_day(self, index: int) -> None:
        """Plant what falls on the day of this index."""
        for kind, occurrence in self._plan.get(index, []):
            with self._events.planting(kind, occurrence):
                self._kinds[kind](self._days[index], occurrence)

    def _bank_fee(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main", "eur-collections", "usd-payroll")
        line = events.bank_line(
            account,
            self._booked_on(account, day),
            -events.amount(mix.FEE_RANGE),
            "fee",
            company.BANK[account.currency],
            memo="Service charge",
        )
        events.truth.open_line("bank_fee_not_booked", line, "A fee nobody booked")

    def _interest(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "eur-savings", "usd-deposits")
        line = events.bank_line(
            account,
            self._booked_on(account, day),
            events.amount(mix.INTEREST_RANGE),
            "interest",
            company.BANK[account.currency],
            memo="Interest credit",
        )
        events.truth.open_line("interest_not_booked", line, "Interest nobody booked")

    def _bundle_without_key(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-deposits", "eur-collections")
        size = events.random.randint(*mix.DEPOSIT_BUNDLE_SIZE)
        items = events.post_receipts(account, day, mix.DEPOSIT_RECEIPT_RANGE, size, "")
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            sum(item.amount for item in items),
            "deposit",
            company.OWN[account.currency],
            memo="Counter deposit",
        )
        events.truth.plant_line("bundle_without_key", line, f"{size} receipts, no reference at the bank")
        events.truth.together("bundle_without_key", [line], items)

    def _identical_payments(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "usd-payroll", "eur-main")
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        booked_on = self._booked_on(account, day, 1)
        items = [self._post_payment(account, day, amount, partner, "") for _ in range(2)]
        lines = [
            events.bank_line(account, booked_on, -amount, "transfer_of_money", partner, memo="Standing order")
            for _ in range(2)
        ]
        for line in lines:
            events.truth.plant_line("identical_payments", line, "One of two equal payments, both real")
        events.truth.together("identical_payments", lines, items)

    def _late_entry(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main", "usd-deposits")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        next_month = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        recorded_on = self._later(next_month, events.random.randint(1, 4))
        item = self._post_payment(account, day, amount, partner, reference, recorded_on=recorded_on)
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            -amount,
            "transfer_of_money",
            partner,
            reference=reference,
            memo="Supplier payment",
        )
        events.truth.plant_item("late_entry", item, f"Recorded on {recorded_on}")
        events.truth.together("late_entry", [line], [item])

    def _correction_of_amount(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        wrong = amount + events.random.randrange(100, 5_000)
        item = self._post_payment(account, day, wrong, partner, reference)
        corrected_on = self._later(day, events.random.randint(2, 6))
        item = events.ledger.correct(
            item, corrected_on, legs=events.legs(account, -amount, [("payables", amount)])
        )
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            -amount,
            "transfer_of_money",
            partner,
            reference=reference,
            memo="Supplier payment",
        )
        events.truth.plant_item(
            "correction_of_amount", item, f"First delivered too large, corrected on {corrected_on}"
        )
        events.truth.together("correction_of_amount", [line], [item])

    def _correction_of_memo(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-payroll", "eur-collections", "usd-operating")
        reference = events.payment(day)
        _, item = events.settle(
            account,
            Dates(day, self._booked_on(account, day, 1)),
            -(amount := self._payment_amount()),
            [("payables", amount)],
            activity="transfer_of_money",
            document_type="supplier_payment",
            counterparty=events.supplier(account.currency),
            reference=reference,
            memo="Supplier invoice, cost centre unknown",
            seen=Seen(reference, "Supplier payment", ""),
            kind="correction_of_memo",
        )
        corrected_on = self._later(day, events.random.randint(2, 6))
        events.ledger.correct(item, corrected_on, memo="Supplier invoice, cost centre 4120")
        events.truth.plant_item("correction_of_memo", item, f"Same amount, new memo on {corrected_on}")

    def _duplicate_booking(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "eur-main", "usd-operating")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        item = self._post_payment(account, day, amount, partner, reference)
        again = self._post_payment(account, self._later(day, 1), amount, partner, reference)
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            -amount,
            "transfer_of_money",
            partner,
            reference=reference,
            memo="Supplier payment",
        )
        events.truth.together("booked_twice", [line], [item])
        events.truth.open_item(
            "duplicate_booking", again, f"The second booking of {item.entry.entry_id}; the bank paid once"
        )

    def _ledger_reversal(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main", "usd-deposits")
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        reference = events.payment(day)
        wrong = self._post_payment(account, day, amount, partner, reference, memo="Wrong account")
        reversal = events.ledger.post(
            self._later(day, 2),
            "reversal",
            account.currency,
            events.legs(account, amount, [("payables", -amount)]),
            reference=reference,
            counterparty=partner.name,
            memo=f"Reversal of {wrong.entry.entry_id}",
        )
        events.truth.plant_item("ledger_reversal", wrong, f"Reversed by {reversal.entry.entry_id}")
        events.truth.together("ledger_reversal", [], [wrong, reversal])

    def _outstanding_cheque(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "usd-payroll")
        number = events.cheque_number()
        amount = events.amount(mix.CHEQUE_RANGE)
        item = events.ledger.post(
            day,
            "cheque",
            account.currency,
            events.legs(account, -amount, [("payables", amount)]),
            reference=number,
            counterparty=events.supplier(account.currency).name,
            memo=f"Cheque {number}",
        )
        events.truth.open_item("outstanding_cheque", item, f"Cheque {number} is never cashed")

    def _returned_by_bank(self, day: datetime.date, occurrence: int) -> None:
        """A direct debit the company did not know, taken and given back: the books see neither."""
        events = self._events
        account = self._account(occurrence, "eur-main", "eur-collections", "usd-operating")
        partner = events.supplier(account.currency)
        amount = self._payment_amount()
        taken = events.bank_line(
            account, self._booked_on(account, day), -amount, "direct_debit", partner, memo="Direct debit"
        )
        returned = events.bank_line(
            account,
            self._booked_on(account, day, 2),
            amount,
            "return",
            partner,
            memo="Return of direct debit",
            is_return=True,
        )
        events.truth.plant_line("returned_by_bank", returned, f"Takes back {taken.bank_reference}")
        events.truth.together("returned_by_bank", [taken, returned], [])

    def _returned_payment(self, day: datetime.date, occurrence: int) -> None:
        """A payment, or a customer's receipt, that comes back. The books see both movements."""
        events = self._events
        account = self._account(occurrence, "eur-main", "usd-operating", "eur-collections")
        is_receipt = account.alias == "eur-collections"
        sign = 1 if is_receipt else -1
        role = "receivables" if is_receipt else "payables"
        partner = (events.customer if is_receipt else events.supplier)(account.currency)
        reference = events.invoice(day) if is_receipt else events.payment(day)
        amount = sign * self._payment_amount()
        out_on, back_on = self._booked_on(account, day, 1), self._booked_on(account, day, 3)
        document_type = "customer_receipt" if is_receipt else "supplier_payment"
        first_line, _ = events.settle(
            account,
            Dates(day, out_on),
            amount,
            [(role, -amount)],
            activity="transfer_of_money",
            document_type=document_type,
            counterparty=partner,
            reference=reference,
            memo="Returned later",
            seen=Seen(reference, "Payment", ""),
            kind="returned_payment",
        )
        back_line = events.bank_line(
            account,
            back_on,
            -amount,
            "return",
            partner,
            reference=reference,
            memo="Returned, account closed",
            is_return=True,
        )
        back_item = events.ledger.post(
            back_on,
            "returned_payment",
            account.currency,
            events.legs(account, -amount, [(role, amount)]),
            reference=reference,
            counterparty=partner.name,
            memo="Returned payment",
        )
        events.truth.plant_line("returned_payment", back_line, f"Returns {first_line.bank_reference}")
        events.truth.together("returned_payment", [back_line], [back_item])

    def _swapped_digits(self, day: datetime.date, occurrence: int) -> None:
        events = self._events
        account = self._account(occurrence, "usd-operating", "eur-main")
        reference = events.payment(day)
        partner = events.supplier(account.currency)
        tens, ones = events.random.sample(range(1, 10), 2)
        thousands, rest = events.random.randrange(1, 9), events.random.randrange(10)
        paid = (thousands * 1000 + tens * 100 + ones * 10 + rest) * 100
        keyed = (thousands * 1000 + ones * 100 + tens * 10 + rest) * 100
        item = self._post_payment(account, day, keyed, partner, reference)
        line = events.bank_line(
            account,
            self._booked_on(account, day, 1),
            -paid,
            "transfer_of_money",
            partner,
            reference=reference,
            memo="Supplier payment",
        )
        events.truth.plant_item("swapped_digits", item, "Two digits of the amount are swapped in the books")
        events.truth.together("swapped_digits", [line], [item])
