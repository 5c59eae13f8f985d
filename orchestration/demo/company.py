"""Who the demo company is: bank accounts, chart of accounts, customers and suppliers. All invented."""

from __future__ import annotations

from typing import NamedTuple

NAME = "Tallowmere Instruments"
US_BANK_NAME = "Harrowgate Commercial Bank"
EUR_BANK_NAME = "Bankhaus Wiesengrund"
EUR_BANK_BIC = "BKWGDEF0XXX"
# Checks as a routing number, but 99 is not a Federal Reserve prefix, so no bank has it.
US_ROUTING_NUMBER = "999999992"
CALENDAR_OF_CURRENCY = {"USD": "US", "EUR": "TARGET"}


class BankAccount(NamedTuple):
    """One bank account. number: as statements give it. file_format: what the bank delivers.

    reference_prefix starts the bank's own references, so that they are unique across accounts.
    """

    alias: str
    number: str
    currency: str
    gl_account: str
    name: str
    file_format: str
    is_weekly: bool
    reference_prefix: str


class GeneralLedgerAccount(NamedTuple):
    """One row of the chart of accounts."""

    gl_account: str
    name: str
    type: str
    currency: str
    bank_account: str


class Counterparty(NamedTuple):
    """A customer, supplier or employee. account: an IBAN in euro, empty in dollars."""

    name: str
    account: str


def iban(country: str, basic_number: str) -> str:
    """The IBAN of a basic account number, with its two check digits (ISO 13616, modulo 97)."""
    digits = "".join(str(int(character, 36)) for character in f"{basic_number}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{basic_number}"


ACCOUNTS = (
    BankAccount("usd-operating", "4400127790", "USD", "1010", "Operating account USD", "bai2", False, "OP"),
    BankAccount("usd-payroll", "4400127808", "USD", "1020", "Payroll account USD", "ofx", True, "PR"),
    BankAccount("usd-deposits", "4400131152", "USD", "1030", "Deposit account USD", "csv", False, "DP"),
    BankAccount(
        "eur-main", iban("DE", "999999000471100815"), "EUR", "1110", "Main account EUR", "camt", False, "EM"
    ),
    BankAccount(
        "eur-collections",
        iban("DE", "999999000471100823"),
        "EUR",
        "1120",
        "Collections account EUR",
        "mt940",
        False,
        "EC",
    ),
    BankAccount(
        "eur-savings",
        iban("DE", "999999000471100831"),
        "EUR",
        "1130",
        "Savings account EUR",
        "camt",
        True,
        "ES",
    ),
)
ACCOUNT_OF_ALIAS = {account.alias: account for account in ACCOUNTS}
ACCOUNT_OF_GL_ACCOUNT = {account.gl_account: account for account in ACCOUNTS}

# General ledger accounts other than cash, by role and currency.
_ROLES = (
    ("money_in_transit", "Money in transit between own accounts", "asset", "1090", "1190"),
    ("receivables", "Trade receivables", "asset", "1200", "1210"),
    ("payables", "Trade payables", "liability", "2000", "2010"),
    ("payroll_liabilities", "Payroll withholdings payable", "liability", "2100", "2110"),
    ("taxes_payable", "Taxes payable", "liability", "2200", "2210"),
    ("opening_equity", "Opening balance equity", "equity", "3000", "3010"),
    ("revenue", "Product revenue", "revenue", "4000", "4010"),
    ("discounts", "Early payment discounts given", "revenue", "4800", "4810"),
    ("interest_income", "Interest income", "revenue", "4900", "4910"),
    ("purchases", "Materials and services", "expense", "5000", "5010"),
    ("wages", "Wages and salaries", "expense", "6000", "6010"),
    ("rent", "Rent", "expense", "6100", "6110"),
    ("subscriptions", "Software subscriptions", "expense", "6200", "6210"),
    ("travel", "Travel and expense claims", "expense", "6300", "6310"),
    ("bank_fees", "Bank fees", "expense", "6800", "6810"),
    ("card_fees", "Card processing fees", "expense", "6900", "6910"),
)
GL_ACCOUNT_OF_ROLE = {
    currency: {role: numbers[index] for role, _, _, *numbers in _ROLES}
    for index, currency in enumerate(("USD", "EUR"))
}


def chart_of_accounts() -> list[GeneralLedgerAccount]:
    """Every general ledger account, ordered by number."""
    chart = [
        GeneralLedgerAccount(account.gl_account, account.name, "asset", account.currency, account.number)
        for account in ACCOUNTS
    ]
    for _, name, account_type, *numbers in _ROLES:
        for number, currency in zip(numbers, ("USD", "EUR"), strict=True):
            chart.append(GeneralLedgerAccount(number, f"{name} {currency}", account_type, currency, ""))
    return sorted(chart)


_US_FIRST = (
    "Brindlewick",
    "Quillmoor",
    "Ostrander Vale",
    "Pemberlock",
    "Sallowfield",
    "Tarnbrook",
    "Wexcombe",
    "Yarrowdale",
    "Cobblethorn",
    "Dunmarrow",
    "Fennimore Gap",
    "Grindleford",
)
_US_SECOND = (
    "Tooling LLC",
    "Laboratories Inc",
    "Freight, Sons and Co",
    "Valve & Pump Corp",
    "Optics LLC",
    "Supply Inc",
    "Packaging Co",
    "Analytics Inc",
)
_EUR_FIRST = (
    "Altenbruck",
    "Birkenried",
    "Corvelle",
    "Drosselau",
    "Eisenwinkel",
    "Falkenrode",
    "Giraudelle",
    "Hasselmark",
    "Lindquell",
    "Montavesa",
    "Noordvliet",
    "Ravensteeg",
)
_EUR_SECOND = (
    "Messtechnik GmbH",
    "Logistik GmbH",
    "Werkzeuge KG",
    "Optique SARL",
    "Forniture SRL",
    "Handel & Co KG",
    "Labor AG",
    "Techniek BV",
)
_EMPLOYEES = (
    "Adair Whitlow",
    "Benno Castellane",
    "Corin Ashgrove",
    "Delphine Marrow",
    "Edda Lindholt",
    "Fenwick Oduya",
    "Greta Salloway",
    "Hollis Brandvold",
    "Imre Castwell",
    "Junia Pellworth",
)


def _partners(first: tuple[str, ...], second: tuple[str, ...], is_euro: bool) -> tuple[Counterparty, ...]:
    names = [f"{one} {two}" for two in second for one in first]
    return tuple(
        Counterparty(name, iban("DE", f"99999900{8_800_000_000 + number * 7919:010d}") if is_euro else "")
        for number, name in enumerate(names, start=1)
    )


_US_PARTNERS = _partners(_US_FIRST, _US_SECOND, is_euro=False)
_EUR_PARTNERS = _partners(_EUR_FIRST, _EUR_SECOND, is_euro=True)
# Two names in three are customers, one in three a supplier.
CUSTOMERS = {
    "USD": tuple(p for number, p in enumerate(_US_PARTNERS) if number % 3),
    "EUR": tuple(p for number, p in enumerate(_EUR_PARTNERS) if number % 3),
}
SUPPLIERS = {"USD": _US_PARTNERS[::3], "EUR": _EUR_PARTNERS[::3]}
EMPLOYEES = tuple(Counterparty(name, "") for name in _EMPLOYEES)
LANDLORD = {
    "USD": Counterparty("Stonemarsh Property Partners LLC", ""),
    "EUR": Counterparty("Uferhof Immobilien KG", iban("DE", "999999009100000017")),
}
TAX_OFFICE = {
    "USD": Counterparty("Federal Tax Deposit", ""),
    "EUR": Counterparty("Finanzkasse Wiesengrund", iban("DE", "999999009100000025")),
}
CARD_PROCESSOR = {
    "USD": Counterparty("Clovermint Card Services", ""),
    "EUR": Counterparty("Kartenwerk Zahlungsdienste GmbH", iban("DE", "999999009100000033")),
}
BANK = {"USD": Counterparty(US_BANK_NAME, ""), "EUR": Counterparty(EUR_BANK_NAME, "")}
OWN = {"USD": Counterparty(f"{NAME} Inc", ""), "EUR": Counterparty(f"{NAME} GmbH", "")}


class Subscription(NamedTuple):
    """A supplier who charges the same amount every time. amount: in minor units."""

    supplier: Counterparty
    amount: int


SUBSCRIPTIONS = {
    "USD": (
        Subscription(Counterparty("Nimbusloft Hosting", ""), 24_900),
        Subscription(Counterparty("Paperlane Signatures", ""), 4_500),
        Subscription(Counterparty("Tidewire Telephony", ""), 118_075),
    ),
    "EUR": (
        Subscription(Counterparty("Wolkenspeicher GmbH", iban("DE", "999999009100000041")), 18_900),
        Subscription(Counterparty("Funknetz Mobil AG", iban("DE", "999999009100000058")), 64_260),
    ),
}
