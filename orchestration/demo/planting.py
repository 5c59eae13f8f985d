"""What every planted kind is made of."""

from __future__ import annotations

import datetime

from orchestration.demo import company, mix
from orchestration.demo.company import ACCOUNT_OF_ALIAS, BankAccount
from orchestration.demo.events import Events
from orchestration.demo.ledger import CashItem


class Planting:
    """Plants on the accounts in turn, and keeps second acts within the run."""

    def __init__(self, events: Events, last_on: datetime.date) -> None:
        self._events = events
        self._last_on = last_on

    def _account(self, occurrence: int, *aliases: str) -> BankAccount:
        """The account whose turn it is among these."""
        return ACCOUNT_OF_ALIAS[aliases[occurrence % len(aliases)]]

    def _later(self, day: datetime.date, company_days: int) -> datetime.date:
        return min(self._events.calendars.company_day(day, company_days), self._last_on)

    def _booked_on(self, account: BankAccount, day: datetime.date, later: int = 0) -> datetime.date:
        return self._events.calendars.bank_day(account.currency, day, later)

    def _post_payment(
        self,
        account: BankAccount,
        day: datetime.date,
        amount: int,
        partner: company.Counterparty,
        reference: str,
        *,
        memo: str = "Supplier invoice",
        recorded_on: datetime.date | None = None,
    ) -> CashItem:
        """Book an outgoing payment. amount: positive, in minor units."""
        return self._events.ledger.post(
            day,
            "supplier_payment",
            account.currency,
            self._events.legs(account, -amount, [("payables", amount)]),
            reference=reference,
            counterparty=partner.name,
            memo=memo,
            recorded_on=recorded_on,
        )

    def _payment_amount(self) -> int:
        return self._events.amount(mix.SUPPLIER_PAYMENT_RANGE)
