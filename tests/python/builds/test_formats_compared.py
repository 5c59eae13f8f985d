"""Two formats of one account, compared before the bank switches one of them off."""

from __future__ import annotations

import datetime

import pytest
from click.testing import CliRunner
from dbt_runs import run_dbt, warehouse_of

from orchestration.cli import main
from orchestration.evidence import EvidenceError, compare_formats
from orchestration.evidence.same_items import Comparison
from orchestration.settings import Settings

FORMATS = ("mt940", "camt.053")
# By day of January 2026: amount, end-to-end id, the bank's reference, name, account.
PAYMENTS: dict[int, list[tuple[str, str, str, str, str]]] = {
    5: [
        ("250.00", "E2E-1", "BANK1", "Müller & Söhne GmbH", "NL44RABO0123456789"),
        # Two of a kind in one statement are two.
        ("-20.00", "E2E-2", "BANK2", "Kiosk", "NL44RABO0123456789"),
        ("-20.00", "E2E-2", "BANK2", "Kiosk", "NL44RABO0123456789"),
    ],
    6: [("-75.50", "E2E-3", "BANK3", "Gesellschaft mit einem sehr langen Namen", "NL44RABO0123456789")],
}
OPENING = {5: 1000, 6: 1210, 7: 1134.5}


def mt940(account: str, day: int, lines: str, opening: float, closing: float) -> str:
    def balance(amount: float) -> str:
        return f"C2601{day:02}EUR{amount:.2f}".replace(".", ",")

    return (
        f":20:S{day}\n:25:{account}\n:28C:{day}\n:60F:{balance(opening)}\n{lines}:62F:{balance(closing)}\n-\n"
    )


def line(day: int, amount: str, reference: str, bank: str, name: str, account: str, value: int = 0) -> str:
    sign = "D" if amount.startswith("-") else "C"
    # SWIFT's letters have no umlauts.
    name = name.replace("ü", "ue").replace("ö", "oe")
    return (
        f":61:2601{value or day:02}01{day:02}{sign}{amount.strip('-').replace('.', ',')}NTRFNONREF//{bank}\n"
        f":86:166?00GUTSCHRIFT?20EREF+{reference}?21SVWZ+Rechnung?31{account}?32{name[:27]}\n"
    )


def entry(day: int, amount: str, reference: str, bank: str, name: str, account: str, value: int = 0) -> str:
    side, indicator = ("Cdtr", "DBIT") if amount.startswith("-") else ("Dbtr", "CRDT")
    return f"""<Ntry><Amt Ccy="EUR">{amount.strip("-")}</Amt><CdtDbtInd>{indicator}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-01-{day:02}</Dt></BookgDt><ValDt><Dt>2026-01-{value or day:02}</Dt></ValDt>
<AcctSvcrRef>{bank}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId>
<MndtId>MND-1</MndtId></Refs><RltdPties><{side}><Nm>{name.replace("&", "&amp;")}</Nm></{side}><{side}Acct><Id>
<IBAN>{account}</IBAN></Id></{side}Acct></RltdPties><RmtInf><Ustrd>Rechnung</Ustrd></RmtInf></TxDtls>
</NtryDtls></Ntry>"""


def camt(account: str, day: int, entries: str, opening: float, closing: float) -> str:
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount:.2f}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-{day:02}</Dt></Dt></Bal>"
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
    )
    return f"""<Document><BkToCstmrStmt><Stmt><Id>{day}</Id><ElctrncSeqNb>{day}</ElctrncSeqNb>
<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>EUR</Ccy></Acct>{balances}{entries}
</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    zone = tmp_path_factory.mktemp("formats")
    bank = zone / "landing" / "bank"
    bank.mkdir(parents=True)

    def deliver(name: str, text: str) -> None:
        (bank / name).write_text(text, encoding="utf-8")

    for day in (5, 6):
        lines = "".join(line(day, *payment) for payment in PAYMENTS[day])
        entries = "".join(entry(day, *payment) for payment in PAYMENTS[day])
        balances = OPENING[day], OPENING[day + 1]
        deliver(f"same-{day}.sta", mt940("SAME", day, lines, *balances))
        deliver(f"same-{day}.xml", camt("SAME", day, entries, *balances))
    # The same day once more, under another number: nothing of it counts twice.
    again = "".join(line(5, *payment) for payment in PAYMENTS[5])
    deliver("same-again.sta", mt940("SAME", 5, again, 1000, 1210).replace(":28C:5", ":28C:905"))

    account = "NL44RABO0123456789"
    old = [
        ("10.00", "E2E-A", "A1", "Alfa", account),
        ("20.00", "E2E-B", "A2", "Beta", account),
        ("-30.00", "E2E-C", "A3", "Gamma", account),
        ("40.00", "E2E-D", "A4", "Delta", account),
        ("50.00", "E2E-E", "A5", "Epsilon", account),
        ("80.00", "E2E-H", "A8", "Theta", account),
    ]
    new = [
        ("10.00", "E2E-A", "A1", "Omega", account),
        ("20.00", "NOTPROVIDED", "A2", "Beta", account),
        ("30.00", "E2E-C", "A3", "Gamma", account),
        ("41.00", "E2E-D", "A4", "Delta", account),
        ("60.00", "E2E-F", "A6", "Zeta", account),
        ("80.00", "E2E-H", "", "Theta", account),
    ]
    old_lines = "".join(line(5, *payment) for payment in old)
    new_entries = "".join(entry(5, *payment) for payment in new)
    deliver(
        "other.sta", mt940("OTHER", 5, old_lines + line(5, "70.00", "E2E-G", "A7", "Eta", account), 0, 240)
    )
    deliver(
        "other.xml",
        camt("OTHER", 5, new_entries + entry(5, "70.00", "E2E-G", "A7", "Eta", account, value=7), 0, 311),
    )
    deliver("other-6.sta", mt940("OTHER", 6, "", 240, 240))
    # Booked a day later in the one format than in the other, across the end of the span.
    moved = ("-5.00", "E2E-M", "M1", "My", account)
    deliver("moved-5.sta", mt940("MOVED", 5, line(5, *moved), 10, 5))
    deliver("moved-6.sta", mt940("MOVED", 6, "", 5, 5))
    deliver("moved-5.xml", camt("MOVED", 5, "", 10, 10))
    deliver("moved-6.xml", camt("MOVED", 6, entry(6, *moved), 10, 5))
    run_dbt(
        "build",
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test", "--select"),
        *("+int_bank_statement_lines_classified", "stg_bank__statement_line_details", "stg_collect__files"),
        zone=zone,
        landing=zone / "landing",
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TIEOUT_LAKE", str(zone / "lake"))
        patched.setenv("TIEOUT_WAREHOUSE", str(warehouse_of(zone)))
        return Settings.from_environment()


def compared(settings: Settings, account: str, first: int, end: int) -> Comparison:
    days = datetime.date(2026, 1, first), datetime.date(2026, 1, end)
    return compare_formats(settings, account, *days, FORMATS)


def told(comparison: Comparison) -> set[tuple[str, str, str | None, str | None]]:
    return {
        (difference.amount, difference.field, difference.old_value, difference.new_value)
        for difference in comparison.differences
        if not difference.is_harmless
    }


def test_formats_that_give_the_same_are_proved_so(settings: Settings) -> None:
    found = compared(settings, "SAME", 5, 7)
    assert found.counts == (4, 4)
    assert (found.day_count, found.balance_days) == (2, 2)
    assert found.is_same, str(found)
    # What the new one says more, and what the old one cut, is counted.
    harmless = {(difference.weight, difference.field) for difference in found.differences}
    assert harmless == {("gained", "references"), ("cut", "counterparty")}
    assert str(found).endswith("camt.053 gives the same items as mt940.")


def test_the_last_day_is_not_included(settings: Settings) -> None:
    assert compared(settings, "SAME", 5, 6).counts == (3, 3)


def test_what_differs_is_named(settings: Settings) -> None:
    found = compared(settings, "OTHER", 5, 7)
    assert told(found) == {
        ("10.00", "counterparty", "Alfa", "Omega"),
        ("20.00", "references", "E2E-B", "MND-1"),
        ("-30.00", "sign", "-30.00", "30.00"),
        ("40.00", "amount", "40.00", "41.00"),
        ("50.00", "item", "50.00", None),
        ("60.00", "item", None, "60.00"),
        ("70.00", "value date", "2026-01-05", "2026-01-07"),
        ("80.00", "bank reference", "A8", None),
    }
    assert found.lonely_days == ((datetime.date(2026, 1, 6), "mt940"),)
    assert found.other_balances == ("2026-01-05 closes with 240.00 in mt940, 311.00 in camt.053",)
    assert not found.is_same


@pytest.mark.parametrize("first", [5, 6])
def test_an_item_on_two_days_is_one_item_also_at_an_end_of_the_span(settings: Settings, first: int) -> None:
    found = compared(settings, "MOVED", first, first + 1)
    assert told(found) == {
        ("-5.00", "booking date", "2026-01-05", "2026-01-06"),
        ("-5.00", "value date", "2026-01-05", "2026-01-06"),
    }


def test_a_format_that_is_not_there_is_refused_with_what_is(settings: Settings) -> None:
    with pytest.raises(
        EvidenceError, match=r"no statement in bai2 on these days; it has camt\.053 2026-01-05"
    ):
        compare_formats(
            settings, "SAME", datetime.date(2026, 1, 5), datetime.date(2026, 1, 7), ("mt940", "bai2")
        )
    with pytest.raises(EvidenceError, match="no statement at all"):
        compared(settings, "NOBODY", 5, 7)
    with pytest.raises(EvidenceError, match="ends before it starts"):
        compared(settings, "SAME", 7, 7)


@pytest.mark.parametrize(("account", "code"), [("SAME", 0), ("OTHER", 1)])
def test_the_exit_code_says_whether_they_are_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, account: str, code: int
) -> None:
    monkeypatch.setenv("TIEOUT_WAREHOUSE", str(settings.warehouse))
    monkeypatch.setenv("TIEOUT_LAKE", str(settings.lake))
    result = CliRunner().invoke(main, ["compare-formats", account, "2026-01-05", "2026-01-07"])
    assert result.exit_code == code, result.output
