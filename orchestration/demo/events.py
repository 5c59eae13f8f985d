"""What happens on an ordinary day: receipts, payments, payroll, transfers, and how the bank sees them."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import accumulate
from random import Random
from typing import NamedTuple

from orchestration.demo import company, mix
from orchestration.demo.bank import BankLine, Banks, Detail, Exchange
from orchestration.demo.calendars import Calendars, has_holiday_between
from orchestration.demo.company import ACCOUNT_OF_ALIAS, ACCOUNTS, BankAccount, Counterparty
from orchestration.demo.ledger import CashItem, Ledger
from orchestration.demo.numbers import Numbers
from orchestration.demo.truth import Truth

_LAG_LIMITS = list(accumulate(mix.SETTLEMENT_LAG_WEIGHTS))


class Dates(NamedTuple):
    """When one movement reaches the books and the bank."""

    posted_on: datetime.date
    booked_on: datetime.date


class Seen(NamedTuple):
    """A reference as the bank passes it on. change: the planted kind, or empty when it is intact."""

    reference: str
    memo: str
    change: str


class Events:
    """Makes things happen: each event goes to the banks, the ledger and the truth at once."""

    def __init__(
        self,
        seed: int,
        calendars: Calendars,
        numbers: Numbers,
        banks: Banks,
        ledger: Ledger,
        truth: Truth,
        scale: int,
    ) -> None:
        """scale: multiplies payroll, so that a larger company pays more people."""
        self._seed = seed
        # Of what happens at the moment: `happening` and `planting` set it.
        self.random = self.chance_of()
        self.calendars = calendars
        self.banks = banks
        self.ledger = ledger
        self.truth = truth
        self.scale = scale
        # The first of what is proved on paper.
        self.cheques: list[BankLine] = []
        self.claims: list[tuple[BankLine, CashItem]] = []
        self.deposits: list[tuple[BankLine, list[CashItem]]] = []
        self._numbers = numbers
        self._limits = {
            alias: (list(accumulate(weights.values())), list(weights))
            for alias, weights in mix.ACTIVITY_WEIGHTS.items()
        }
        self._activities: dict[str, Callable[[BankAccount, datetime.date], None]] = {
            "receipt": self._receipt,
            "supplier_payment": self._supplier_payment,
            "cheque": self._cheque,
            "card_settlement": self._card_settlement,
            "subscription": self._subscription,
            "tax": self._tax,
            "expense_claim": self._expense_claim,
            "deposit_bundle": self._deposit_bundle,
            "payment_batch": self._payment_batch,
            "receipt_batch": self._receipt_batch,
        }

    def happening(self, kind: str, day: datetime.date) -> None:
        """Draw what follows from the chance of the kind on the day, which nothing else draws from."""
        self.random = self.chance_of(kind, day)

    def planting(self, kind: str, occurrence: int) -> AbstractContextManager[None]:
        """Draw what happens within from the chance of one plant, and number it apart."""
        self.random = self.chance_of(kind, occurrence)
        return self._numbers.planted(self.random)

    def chance_of(self, *what: object) -> Random:
        """The chance of one thing, whatever else is drawn."""
        return Random("/".join(str(part) for part in (self._seed, *what)))

    def open_books(self, day: datetime.date) -> None:
        """Book the opening balance of every cash account."""
        for account in ACCOUNTS:
            amount = self.banks.opening_balances[account.alias]
            legs = self.legs(account, amount, [("opening_equity", -amount)])
            item = self.ledger.post(day, "opening_balance", account.currency, legs, memo="Opening balance")
            self.truth.open_item("opening_balance", item, "Equals the opening balance of the first statement")

    def ordinary_day(self, day: datetime.date, lines: int) -> None:
        """Everything a business day brings, about so many bank lines."""
        for alias, share in mix.ACCOUNT_SHARES.items():
            account = ACCOUNT_OF_ALIAS[alias]
            expected = lines * share
            if not self.calendars.is_open(account.currency, day):
                expected *= mix.HOLIDAY_ACTIVITY_SHARE
            if self._is_month_end(day):
                expected *= mix.MONTH_END_ACTIVITY_FACTOR
            limits, names = self._limits[alias]
            self.happening(alias, day)
            for _ in range(int(expected + self.random.random())):
                name = names[bisect_right(limits, self.random.randrange(limits[-1]))]
                self._activities[name](account, day)
        self._calendar_events(day)

    def final_day(self, day: datetime.date) -> None:
        """Deposits the bank credits after the end, and fees the books learn of after it."""
        account = ACCOUNT_OF_ALIAS["usd-deposits"]
        self.happening("final_day", day)
        for _ in range(mix.MINIMUM_PLANTED):
            dates = Dates(day, self.calendars.bank_day("USD", day + datetime.timedelta(days=1)))
            self._deposit_bundle(account, day, dates)
        for alias in ("usd-operating", "eur-main"):
            self._booked_after_bank(alias, day, mix.FEE_RANGE, "fee")

    # The pieces every event is made of.

    def number(self, series: str) -> int:
        """The next number of a document series."""
        return self._numbers.next(series)

    def amount(self, limits: tuple[int, int]) -> int:
        """An amount in minor units; small ones are more frequent."""
        return min(self.random.randrange(*limits), self.random.randrange(*limits))

    def customer(self, currency: str) -> Counterparty:
        """Any customer of the currency."""
        return self.random.choice(company.CUSTOMERS[currency])

    def supplier(self, currency: str) -> Counterparty:
        """Any supplier of the currency."""
        return self.random.choice(company.SUPPLIERS[currency])

    def invoice(self, day: datetime.date) -> str:
        """The next invoice reference."""
        return f"INV-{day.year}-{self.number('INV'):06d}"

    def payment(self, day: datetime.date) -> str:
        """The next outgoing payment reference."""
        return f"PAY-{day.year}-{self.number('PAY'):06d}"

    def legs(
        self, account: BankAccount, amount: int, contra: list[tuple[str, int]]
    ) -> tuple[tuple[str, int], ...]:
        """The legs of an entry: contra names roles of the chart. Debits come first."""
        roles = company.GL_ACCOUNT_OF_ROLE[account.currency]
        others = tuple((roles[role], value) for role, value in contra)
        cash = ((account.gl_account, amount),)
        return cash + others if amount >= 0 else others + cash

    def dates(self, account: BankAccount, day: datetime.date) -> Dates:
        """The books first and the bank 0 to 4 business days later, or sometimes the bank first."""
        if self.random.random() < mix.BANK_FIRST_SHARE:
            booked_on = self.calendars.bank_day(account.currency, day)
            delay = self.random.choice(mix.BANK_FIRST_DELAYS)
            return Dates(self.calendars.company_day(booked_on, delay), booked_on)
        lag = bisect_right(_LAG_LIMITS, self.random.randrange(_LAG_LIMITS[-1]))
        return Dates(day, self.calendars.bank_day(account.currency, day, lag))

    def bank_line(
        self,
        account: BankAccount,
        booked_on: datetime.date,
        amount: int,
        activity: str,
        counterparty: Counterparty,
        *,
        reference: str = "",
        memo: str = "",
        is_return: bool = False,
        details: tuple[Detail, ...] = (),
        exchange: Exchange | None = None,
        charges: int = 0,
        is_late: bool = False,
    ) -> BankLine:
        """Schedule a line at the bank."""
        value_on = booked_on
        if activity in ("deposit", "cheque") and self.random.random() < mix.LATER_VALUE_SHARE:
            value_on = self.calendars.bank_day(account.currency, booked_on, 1)
        return self.banks.schedule(
            BankLine(
                account,
                booked_on,
                value_on,
                amount,
                activity,
                reference,
                memo,
                counterparty,
                self.banks.next_reference(account),
                is_return,
                details,
                exchange,
                charges,
                is_late,
            )
        )

    def seen_by_bank(self, reference: str, purpose: str) -> Seen:
        """The reference as it arrives: intact, missing, cut, inside the memo, or written differently."""
        draw = self.random.random()
        limit = mix.REFERENCE_MISSING_SHARE
        if draw < limit:
            return Seen("", purpose, "reference_missing")
        limit += mix.REFERENCE_TRUNCATED_SHARE
        if draw < limit and len(reference) > mix.REFERENCE_KEPT_CHARACTERS:
            return Seen(reference[: mix.REFERENCE_KEPT_CHARACTERS], purpose, "reference_truncated")
        limit += mix.REFERENCE_IN_MEMO_SHARE
        if draw < limit:
            return Seen("", f"{purpose} re {reference} thank you", "reference_in_memo")
        limit += mix.REFERENCE_REFORMATTED_SHARE
        if draw < limit:
            series, *middle, number = reference.split("-")
            shown = "-".join([series, *middle, number.lstrip("0")])
            if self.random.random() < mix.REFERENCE_LOWER_CASE_SHARE:
                shown = shown.lower()
            return Seen(shown, purpose, "reference_reformatted")
        return Seen(reference, purpose, "")

    def settle(
        self,
        account: BankAccount,
        dates: Dates,
        amount: int,
        contra: list[tuple[str, int]],
        *,
        activity: str,
        document_type: str,
        counterparty: Counterparty,
        reference: str,
        memo: str,
        seen: Seen,
        kind: str = "",
    ) -> tuple[BankLine, CashItem]:
        """One entry in the books and its one line at the bank. kind: of the match, when it is special."""
        line = self.bank_line(
            account,
            dates.booked_on,
            amount,
            activity,
            counterparty,
            reference=seen.reference,
            memo=seen.memo,
        )
        item = self.ledger.post(
            dates.posted_on,
            document_type,
            account.currency,
            self.legs(account, amount, contra),
            reference=reference,
            counterparty=counterparty.name,
            memo=memo,
        )
        is_bank_first = dates.booked_on < dates.posted_on
        if seen.change:
            self.truth.plant_line(seen.change, line, f"Sent as {reference}, arrived as {seen.reference!r}")
        if is_bank_first:
            self.truth.plant_line("bank_before_books", line, f"Booked by the company on {dates.posted_on}")
        elif has_holiday_between(self.calendars, account.currency, *dates):
            self.truth.plant_line("lag_over_bank_holiday", line, f"In the books since {dates.posted_on}")
        self.truth.together(
            kind or seen.change or ("bank_before_books" if is_bank_first else "settlement"), [line], [item]
        )
        return line, item

    # One function per activity.

    def _receipt(self, account: BankAccount, day: datetime.date) -> None:
        reference = self.invoice(day)
        amount = self.amount(mix.RECEIPT_RANGE)
        discount = 0
        if self.random.random() < mix.DISCOUNT_SHARE:
            discount = amount * mix.DISCOUNT_BASIS_POINTS // 10_000
        contra = [("receivables", -(amount + discount))]
        if discount:
            contra.insert(0, ("discounts", discount))
        self.settle(
            account,
            self.dates(account, day),
            amount,
            contra,
            activity="wire" if self.random.random() < mix.WIRE_SHARE else "transfer_of_money",
            document_type="customer_receipt",
            counterparty=self.customer(account.currency),
            reference=reference,
            memo=f"Receipt for {reference}",
            seen=self.seen_by_bank(reference, "Invoice payment"),
        )

    def _supplier_payment(self, account: BankAccount, day: datetime.date) -> None:
        reference = self.payment(day)
        amount = self.amount(mix.SUPPLIER_PAYMENT_RANGE)
        self.settle(
            account,
            self.dates(account, day),
            -amount,
            [("payables", amount)],
            activity="wire" if self.random.random() < mix.WIRE_SHARE else "transfer_of_money",
            document_type="supplier_payment",
            counterparty=self.supplier(account.currency),
            reference=reference,
            memo="Supplier invoice",
            seen=self.seen_by_bank(reference, "Supplier payment"),
        )

    def _expense_claim(self, account: BankAccount, day: datetime.date) -> None:
        reference = f"EXP-{day.year}-{self.number('EXP'):06d}"
        amount = self.amount(mix.EXPENSE_CLAIM_RANGE)
        settled = self.settle(
            account,
            self.dates(account, day),
            -amount,
            [("travel", amount)],
            activity="transfer_of_money",
            document_type="expense_claim",
            counterparty=self.random.choice(company.EMPLOYEES),
            reference=reference,
            memo="Expense claim",
            seen=self.seen_by_bank(reference, "Expense claim"),
        )
        if len(self.claims) < mix.PROVED_ON_PAPER:
            self.claims.append(settled)

    def cheque_number(self) -> str:
        """The next cheque number, as the books write it."""
        return str(self.number("CHK"))

    def _cheque(self, account: BankAccount, day: datetime.date) -> None:
        number = self.cheque_number()
        amount = self.amount(mix.CHEQUE_RANGE)
        lag = self.random.randint(*mix.CHEQUE_LAG_DAYS)
        line, _ = self.settle(
            account,
            Dates(day, self.calendars.bank_day(account.currency, day, lag)),
            -amount,
            [("payables", amount)],
            activity="cheque",
            document_type="cheque",
            counterparty=self.supplier(account.currency),
            reference=number,
            memo=f"Cheque {number}",
            seen=Seen(number.zfill(10), "Check paid", ""),
            kind="cheque",
        )
        if len(self.cheques) < mix.PROVED_ON_PAPER:
            self.cheques.append(line)

    def _card_settlement(self, account: BankAccount, day: datetime.date) -> None:
        reference = f"SET-{day:%y%m}-{self.number('SET'):05d}"
        gross = self.amount(mix.CARD_SALES_RANGE)
        fee = gross * mix.CARD_FEE_BASIS_POINTS // 10_000
        self.settle(
            account,
            self.dates(account, day),
            gross - fee,
            [("card_fees", fee), ("receivables", -gross)],
            activity="card",
            document_type="card_settlement",
            counterparty=company.CARD_PROCESSOR[account.currency],
            reference=reference,
            memo="Card sales net of processing fee",
            seen=self.seen_by_bank(reference, "Card settlement"),
        )

    def _subscription(self, account: BankAccount, day: datetime.date) -> None:
        subscription = self.random.choice(company.SUBSCRIPTIONS[account.currency])
        self._without_reference(
            account,
            day,
            subscription.amount,
            "subscriptions",
            subscription.supplier,
            activity="direct_debit",
            purpose="Subscription",
        )

    def _without_reference(
        self,
        account: BankAccount,
        day: datetime.date,
        amount: int,
        role: str,
        counterparty: Counterparty,
        *,
        activity: str,
        purpose: str,
    ) -> None:
        """A payment neither side has a reference for."""
        self.settle(
            account,
            self.dates(account, day),
            -amount,
            [(role, amount)],
            activity=activity,
            document_type="supplier_payment",
            counterparty=counterparty,
            reference="",
            memo=purpose,
            seen=Seen("", purpose, ""),
            kind="no_reference",
        )

    def _tax(self, account: BankAccount, day: datetime.date) -> None:
        self._pay_tax(account, day, self.amount(mix.TAX_RANGE), "taxes_payable")

    def _pay_tax(self, account: BankAccount, day: datetime.date, amount: int, role: str) -> None:
        reference = f"TAX-{day:%y%m}-{self.number('TAX'):05d}"
        self.settle(
            account,
            self.dates(account, day),
            -amount,
            [(role, amount)],
            activity="transfer_of_money",
            document_type="tax_payment",
            counterparty=company.TAX_OFFICE[account.currency],
            reference=reference,
            memo="Tax payment",
            seen=self.seen_by_bank(reference, "Tax payment"),
        )

    def post_receipts(
        self,
        account: BankAccount,
        day: datetime.date,
        limits: tuple[int, int],
        size: int,
        reference: str,
        *,
        memo: str = "",
    ) -> list[CashItem]:
        """Book several customer receipts.

        reference and memo: shared by all, or empty for each its own invoice.
        """
        items = []
        for _ in range(size):
            invoice = self.invoice(day)
            amount = self.amount(limits)
            items.append(
                self.ledger.post(
                    day,
                    "customer_receipt",
                    account.currency,
                    self.legs(account, amount, [("receivables", -amount)]),
                    reference=reference or invoice,
                    counterparty=self.customer(account.currency).name,
                    memo=memo or f"Receipt for {invoice}",
                )
            )
        return items

    def _deposit_bundle(self, account: BankAccount, day: datetime.date, dates: Dates | None = None) -> None:
        slip = f"DEP-{day.year}-{self.number('DEP'):06d}"
        dates = dates or self.dates(account, day)
        size = self.random.randint(*mix.DEPOSIT_BUNDLE_SIZE)
        items = self.post_receipts(account, dates.posted_on, mix.DEPOSIT_RECEIPT_RANGE, size, slip)
        line = self.bank_line(
            account,
            dates.booked_on,
            sum(item.amount for item in items),
            "deposit",
            company.OWN[account.currency],
            reference=slip,
            memo="Branch deposit",
        )
        if len(self.deposits) < mix.PROVED_ON_PAPER:
            self.deposits.append((line, items))
        self.truth.plant_line("deposit_bundle", line, f"{size} receipts under deposit slip {slip}")
        self.truth.together("deposit_bundle", [line], items)

    def _payment_batch(self, account: BankAccount, day: datetime.date) -> None:
        self._batch(account, day, -1, "supplier_payment", "payables", mix.SUPPLIER_PAYMENT_RANGE)

    def _receipt_batch(self, account: BankAccount, day: datetime.date) -> None:
        self._batch(account, day, 1, "customer_receipt", "receivables", mix.RECEIPT_RANGE)

    def _batch(
        self,
        account: BankAccount,
        day: datetime.date,
        sign: int,
        document_type: str,
        role: str,
        limits: tuple[int, int],
    ) -> None:
        """Several entries of the books that the bank books as one line, with details where it has them."""
        run = f"RUN-{day.year}-{self.number('RUN'):06d}"
        # MT940 carries no details, so there only the run's reference links the two sides.
        has_details = account.file_format == "camt"
        is_by_run = not has_details or self.random.random() < mix.BATCH_BY_RUN_SHARE
        dates = self.dates(account, day)
        items, details = [], []
        for _ in range(self.random.randint(*mix.BATCH_SIZE)):
            amount = sign * self.amount(limits)
            reference = self.invoice(day) if sign > 0 else self.payment(day)
            partner = self.customer(account.currency) if sign > 0 else self.supplier(account.currency)
            items.append(
                self.ledger.post(
                    dates.posted_on,
                    document_type,
                    account.currency,
                    self.legs(account, amount, [(role, -amount)]),
                    reference=run if is_by_run else reference,
                    counterparty=partner.name,
                    memo=f"{reference} in {run}" if is_by_run else reference,
                )
            )
            details.append(Detail(amount, reference, partner, reference))
        line = self.bank_line(
            account,
            dates.booked_on,
            sum(item.amount for item in items),
            "batch",
            company.OWN[account.currency],
            reference=run if is_by_run else "",
            memo="Batch",
            details=tuple(details) if has_details else (),
        )
        kind = "batch_by_run_reference" if is_by_run else "batch_by_details"
        self.truth.plant_line(kind, line, f"{len(items)} entries of the books in one bank line")
        self.truth.together(kind, [line], items)

    # What the calendar brings.

    def _is_month_end(self, day: datetime.date) -> bool:
        following = self.calendars.company_day(day + datetime.timedelta(days=1))
        return following.month != day.month

    def _calendar_events(self, day: datetime.date) -> None:
        self.happening("invoices_of_the_day", day)
        for currency in ("USD", "EUR"):
            self._invoices_of_the_day(day, currency)
        self.happening("month_end", day)
        if self._is_month_end(day):
            self._booked_after_bank("eur-savings", day, mix.INTEREST_RANGE, "interest")
            self._booked_after_bank("usd-operating", day, mix.FEE_RANGE, "fee")
            self._booked_after_bank("eur-main", day, mix.FEE_RANGE, "fee")
        following = self.calendars.company_day(day + datetime.timedelta(days=1))
        if following.month != day.month:
            self._rent(following)
        if day.weekday() == 4 and day.isocalendar().week % 2 == 0:
            self.happening("payroll", day)
            self._payroll(day)
        # These follow the balances, which move with everything else: what comes after them would move too.
        if day.weekday() == 0:
            self._sweep("usd-deposits", "usd-operating", day)
            self._sweep("eur-collections", "eur-main", day)
        if day.weekday() == 2:
            self._top_up("usd-operating", "usd-payroll", day)
        if day.weekday() == 3:
            self._level_savings(day)

    def _booked_after_bank(
        self, alias: str, day: datetime.date, limits: tuple[int, int], activity: str
    ) -> None:
        """Interest or a fee the company learns of from the statement, and books the day after."""
        account = ACCOUNT_OF_ALIAS[alias]
        is_fee = activity == "fee"
        amount = -self.amount(limits) if is_fee else self.amount(limits)
        booked_on = self.calendars.bank_day(account.currency, day)
        self.settle(
            account,
            Dates(self.calendars.company_day(booked_on, 1), booked_on),
            amount,
            [("bank_fees" if is_fee else "interest_income", -amount)],
            activity=activity,
            document_type="bank_fee" if is_fee else "interest",
            counterparty=company.BANK[account.currency],
            reference="",
            memo="Account fee" if is_fee else "Credit interest",
            seen=Seen("", "Account fee" if is_fee else "Credit interest", ""),
        )

    def _rent(self, day: datetime.date) -> None:
        for alias, amount in (("usd-operating", mix.RENT_USD), ("eur-main", mix.RENT_EUR)):
            account = ACCOUNT_OF_ALIAS[alias]
            self._without_reference(
                account,
                day,
                amount,
                "rent",
                company.LANDLORD[account.currency],
                activity="transfer_of_money",
                purpose="Rent",
            )

    def _sweep(self, source: str, target: str, day: datetime.date) -> None:
        """Move what the account has above its opening balance, to the cent: no plant moves it for long."""
        surplus = self.banks.expected_balances[source] - self.banks.opening_balances[source]
        self.transfer(source, target, day, surplus)

    def _top_up(self, source: str, target: str, day: datetime.date) -> None:
        """Bring the account back to its opening balance."""
        shortfall = self.banks.opening_balances[target] - self.banks.expected_balances[target]
        self.transfer(source, target, day, shortfall)

    def _level_savings(self, day: datetime.date) -> None:
        """Bring the main account back to its opening balance."""
        surplus = self.banks.expected_balances["eur-main"] - self.banks.opening_balances["eur-main"]
        if surplus > 0:
            self.transfer("eur-main", "eur-savings", day, surplus)
        else:
            self.transfer("eur-savings", "eur-main", day, -surplus)

    def transfer(self, source: str, target: str, day: datetime.date, amount: int) -> None:
        """Move money between own accounts through the money-in-transit account. Nothing when not positive."""
        if amount <= 0:
            return
        self.happening(f"transfer/{source}/{target}", day)
        reference = f"TRF-{day.year}-{self.number('TRF'):06d}"
        leaving_on = self.calendars.bank_day(ACCOUNT_OF_ALIAS[source].currency, day)
        arriving_on = self.calendars.bank_day(
            ACCOUNT_OF_ALIAS[target].currency, leaving_on, self.random.choice((1, 1, 2))
        )
        for alias, signed_amount, dates in (
            (source, -amount, Dates(day, leaving_on)),
            (target, amount, Dates(arriving_on, arriving_on)),
        ):
            account = ACCOUNT_OF_ALIAS[alias]
            line, _ = self.settle(
                account,
                dates,
                signed_amount,
                [("money_in_transit", -signed_amount)],
                activity="own_transfer",
                document_type="transfer",
                counterparty=company.OWN[account.currency],
                reference=reference,
                memo=f"Transfer {source} to {target}",
                seen=Seen(reference, "Transfer between own accounts", ""),
                kind="own_transfer",
            )
            self.truth.plant_line("own_transfer", line, f"{reference}: {source} to {target}")

    def _payroll(self, day: datetime.date) -> None:
        account = ACCOUNT_OF_ALIAS["usd-payroll"]
        gross = self.random.randrange(*mix.PAYROLL_GROSS_RANGE) * self.scale
        withheld = gross * mix.PAYROLL_WITHHELD_BASIS_POINTS // 10_000
        reference = f"PRL-{day.year}-{self.number('PRL'):06d}"
        self.settle(
            account,
            Dates(day, self.calendars.bank_day("USD", day)),
            withheld - gross,
            [("wages", gross), ("payroll_liabilities", -withheld)],
            activity="batch",
            document_type="payroll",
            counterparty=company.OWN["USD"],
            reference=reference,
            memo="Payroll, net pay",
            seen=Seen(reference, "Payroll", ""),
            kind="payroll",
        )
        self._pay_tax(ACCOUNT_OF_ALIAS["usd-operating"], day, withheld, "payroll_liabilities")

    def _invoices_of_the_day(self, day: datetime.date, currency: str) -> None:
        roles = company.GL_ACCOUNT_OF_ROLE[currency]
        sold, bought = self.amount(mix.RECEIPT_RANGE), self.amount(mix.SUPPLIER_PAYMENT_RANGE)
        self.ledger.post_without_cash(
            day,
            "sales_invoices",
            currency,
            ((roles["receivables"], sold * 5), (roles["revenue"], -sold * 5)),
            "Invoices of the day",
        )
        self.ledger.post_without_cash(
            day,
            "purchase_invoices",
            currency,
            ((roles["purchases"], bought * 5), (roles["payables"], -bought * 5)),
            "Purchases of the day",
        )
