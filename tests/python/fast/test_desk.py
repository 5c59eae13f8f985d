"""The desk: what its pages show, what becomes of an act, and what is refused."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from desk_books import HOSTILE, ITEMS, OWN, Asked, write_books

from orchestration.collect import collect
from orchestration.collect.decision_files import SUBJECTS
from orchestration.collect.signatures import new_key, signers_rows
from orchestration.desk import acts, facts, views
from orchestration.desk.books import DeskError
from orchestration.lake.datasets import Close
from orchestration.lake.load import open_load
from orchestration.lake.lock import lake_lock
from orchestration.lake.read import lake_rows
from orchestration.settings import Settings

# The bank's statements in the books of the tests, less their numbers.
STATEMENT = "b" * 64 + "-"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "landing").mkdir()
    places = {name: folder / name for name in ("landing", "lake", "published")}
    settings = replace(Settings.from_environment(), warehouse=folder / "tieout.duckdb", **places)
    write_books(settings.warehouse)
    return settings


@pytest.fixture(scope="module")
def shown(shelf: Settings) -> Asked:
    """A desk that is only looked at."""
    return Asked(shelf)


@pytest.fixture
def ann(settings: Settings, shelf: Settings) -> Asked:
    settings.warehouse.parent.mkdir()
    shutil.copy(shelf.warehouse, settings.warehouse)
    return Asked(replace(settings, published=settings.lake.with_name("published")))


@pytest.fixture
def bela(ann: Asked) -> Asked:
    return Asked(ann.settings, "Bela Nagy")


def test_a_match_is_a_row_of_a_file_of_its_own(ann: Asked) -> None:
    assert ann.match("b1", "l1").status == 200
    assert ann.match("b2", "l3", left="-30").status == 200
    first, second = ann.rows()
    assert first["decision_id"] != second["decision_id"]
    ours = {
        name: first[name] for name in ("decision", "subjects", "reason", "decided_by", "until_on", "unit")
    }
    assert ours == {
        "decision": "match",
        "subjects": "b1 l1",
        "reason": "they belong together",
        "decided_by": "Ann Keller",
        "until_on": "",
        "unit": "",
    }
    files = sorted(each.name for each in (ann.settings.landing / "decisions" / "desk").iterdir())
    assert len(files) == 2 and all(name.endswith(".csv") for name in files)


def test_what_is_decided_is_collected_as_it_is(ann: Asked) -> None:
    ann.match("b1", "l1", reason='Swapped, "see" mail; =1+1')
    ann.post("/decide", decision="snooze", subjects=["b2"], until_on="2027-01-31")
    ann.post("/decide", decision="accept", subjects=[_control("chain")])
    ann.post("/take-back", decision_id="D2")
    assert " 0 quarantined" in str(collect(ann.settings))
    rows = lake_rows(
        ann.settings.lake, "decisions", ["decision", "reason", "until_on", "difference", "unit", "not_red"]
    )
    by_kind = {row["decision"]: row for row in rows}
    assert by_kind["match"]["reason"] == 'Swapped, "see" mail; =1+1'
    assert str(by_kind["snooze"]["until_on"]) == "2027-01-31"
    assert str(by_kind["accept"]["difference"].normalize()) == "-12.28" and by_kind["accept"]["unit"] == "EUR"
    assert by_kind["accept"]["not_red"] == ""
    assert by_kind.keys() == {"match", "snooze", "accept", "withdraw"}


def test_an_acceptance_names_the_figures_of_the_control(ann: Asked) -> None:
    ann.post("/decide", decision="accept", subjects=[_control("read")], until_on="2027-01-31")
    (row,) = ann.rows()
    assert (row["difference"], row["unit"], row["until_on"]) == ("-1", "files", "2027-01-31")


@pytest.mark.parametrize(
    "body", ["", "[]", "7", "[" * 200_000, '{"books": ' * 50_000, "\0", '{"books": NaN}', '{"books": {}}']
)
def test_what_no_page_sends_is_refused(shown: Asked, body: str) -> None:
    for path in ("/decide", "/take-back", "/start-build"):
        answer = shown.ask("POST", path, OWN | {"content-type": "application/json"}, body)
        assert answer.status in (400, 409) and answer.error
    assert shown.rows() == []


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"subjects": ["b1", "l1"], "sums": {"EUR": "0.01"}}, "what is left is 0 EUR"),
        ({"subjects": ["b3", "l1"], "sums": {"EUR": "-100.10"}}, "what is left is -100.09999 EUR"),
        ({"subjects": ["b1", "l1"], "sums": {}}, "what is left is 0 EUR"),
        ({"subjects": ["b1"], "sums": {"EUR": "100.10"}}, "two items or more, of one account"),
        ({"subjects": ["b1", "b1"], "sums": {"EUR": "200.20"}}, "two items or more"),
        ({"subjects": ["b1", "u1"], "sums": {"EUR": "100.10", "USD": "100.10"}}, "of one account"),
        ({"subjects": ["b1", "m1"], "sums": {}}, "is not open any more"),
        ({"subjects": [], "sums": {}}, "is not open any more"),
        ({"subjects": ["b1", "l1"], "sums": {"EUR": "0"}, "reason": "  "}, "Say why"),
        ({"subjects": ["b1", "l1"], "sums": {"EUR": "0"}, "reason": "x" * 501}, "at most 500"),
        ({"decision": "snooze", "subjects": ["b1"]}, "until when"),
        ({"decision": "explain", "subjects": ["b1"], "until_on": "2027-01-31"}, "must be blank"),
        ({"decision": "accept", "subjects": ["b1"]}, "not red any more"),
        ({"decision": "approve", "subjects": ["D4"]}, "Nobody approves"),
        ({"decision": "approve", "subjects": ["D2"]}, "does not wait"),
        ({"decision": "reissue", "subjects": ["p1"]}, "not decided at the desk"),
        ({"decision": "withdraw", "subjects": ["D2"]}, "not decided at the desk"),
        ({"decision": "unmatch", "subjects": ["M2"]}, "no such match"),
        (
            {"decision": "replace", "subjects": [STATEMENT + "1", STATEMENT + "4"]},
            "not two statements of one",
        ),
        ({"decision": "replace", "subjects": [STATEMENT + "1", STATEMENT + "1"]}, "No page of the desk"),
        ({"decision": "reopen", "subjects": ["2026-03-26"], "count": 1}, "are others by now"),
        ({"decision": "reopen_period", "subjects": ["P-1"]}, "that is closed and not paid"),
        ({"decision": "reopen_period", "subjects": ["P-3"]}, "that is closed and not paid"),
        ({"decision": "review", "subjects": ["P-3"]}, "about to be closed or paid"),
        ({"decision": "review", "subjects": ["2026-03-25"]}, "about to be closed or paid"),
        ({"decision": "exclude", "subjects": ["l4"], "are_items": True}, "stands in no file"),
        ({"decision": "exclude", "subjects": ["m1"], "are_items": True}, "is not open any more"),
        ({"decision": "exclude", "subjects": ["0" * 64]}, "no such file"),
        ({"decision": "exclude", "subjects": ["b" * 64 + ":1"]}, "as an item of an account"),
        ({"decision": "unmatch", "subjects": []}, "No page of the desk"),
        ({"decision": "unmatch", "subjects": ["M1", "M2"]}, "one id"),
        ({"decision": "include", "subjects": ["0" * 64]}, "Nothing of this file is out of count"),
        ({"suggestion": "s9"}, "No page of the desk"),
        ({"at_least": "0.5", "account": "", "count": 3}, "By now it would be 2"),
        ({"at_least": "1", "account": "", "count": 0}, "nothing to decide"),
        ({"books": "of yesterday", "subjects": ["b1", "l1"], "sums": {"EUR": "0"}}, "built again"),
    ],
)
def test_what_the_page_did_not_show_is_not_done(shown: Asked, wanted: dict, why: str) -> None:
    answer = shown.post("/decide", **{"decision": "match", **wanted})
    assert answer.status in (400, 409) and why in answer.error
    assert shown.rows() == []


def test_all_from_a_probability_are_accepted_in_one_file_and_no_item_twice(ann: Asked) -> None:
    assert ann.post("/decide", at_least="0.5", account="", count=2).status == 200
    assert [row["subjects"] for row in ann.rows()] == ["b1 l1", "b2 l3 l4"]
    assert len(list((ann.settings.landing / "decisions" / "desk").iterdir())) == 1
    assert "No suggestion is left" in ann.get("/suggestions").text  # s2 wants an item of s1


def test_a_suggestion_is_shown_with_its_evidence_and_its_rivals(shown: Asked) -> None:
    page = shown.get("/suggestions").text
    assert "date from \N{MINUS SIGN}1 <small>-0.2" in page and "amount from 0.03 <small>+0.1" in page
    assert "60.0 %" in page.partition("Rivals")[2].partition("</article>")[0]


def test_what_waits_is_told_and_not_decided_again(ann: Asked, bela: Asked) -> None:
    ann.match("b1", "l1")
    ann.post("/decide", decision="explain", subjects=["b3"], reason=HOSTILE)
    assert "<script>alert" not in bela.get("/decisions").text
    told = bela.match("b1", "l2", left="3").error
    assert "Ann Keller has decided about it (match: they belong together)" in told
    page = bela.get("/account?account=A").text
    assert page.count("waits: match by <bdi>Ann Keller</bdi>") == 2
    assert "s-s1" not in bela.get("/suggestions").text
    # A file that somebody delivers by hand counts as well.
    by_hand = ann.settings.landing / "decisions" / "mail.csv"
    by_hand.write_text(
        "decision_id,decision,subjects,reason,decided_by,decided_at\nX,explain,b2,old,Cleo,2026-03-27T09:00:00\n"
    )
    assert "Cleo has decided" in bela.match("b2", "l3", left="-30").error
    assert "Cleo" in bela.post("/take-back", decision_id="X").error and by_hand.exists()


def test_what_takes_effect_after_a_closed_date_waits_until_then(ann: Asked, bela: Asked) -> None:
    ann.match("b1", "l1")
    collect(ann.settings)
    _built(ann, "later")
    assert bela.get("/account?account=A").text.count("waits: match by <bdi>Ann Keller</bdi>") == 2
    assert "Ann Keller has decided" in bela.match("b1", "l2", left="3").error
    (act,) = ann.rows()
    page = ann.get("/decisions").text
    assert (
        page.count(act["decision_id"]) == 2 and "the books do not count it yet" in page
    )  # its id, and its button
    assert ann.post("/take-back", decision_id=act["decision_id"], reason="too soon").status == 200


def test_an_act_is_taken_back_by_its_author_until_it_is_collected(ann: Asked, bela: Asked) -> None:
    ann.post("/decide", at_least="0.5", account="", count=2)
    first, second = ann.rows()
    assert "Ann Keller, not this desk" in bela.post("/take-back", decision_id=first["decision_id"]).error
    assert ann.post("/take-back", decision_id=first["decision_id"]).status == 200
    assert ann.rows() == [second]
    collect(ann.settings)
    page = ann.get("/decisions").text
    assert (
        page.count(second["decision_id"]) == 2 and "the books do not count it yet" in page
    )  # its id, and its button
    # From here on another decision takes it back, also of what was matched.
    assert ann.post("/take-back", decision_id=second["decision_id"], reason="too soon").status == 200
    undone = ann.rows()[-1]
    assert (undone["decision"], undone["subjects"]) == (
        "unmatch",
        acts.decided_match_id(second["decision_id"]),
    )
    assert ann.post("/take-back", decision_id=undone["decision_id"]).status == 200
    assert ann.rows() == [second]


@pytest.mark.parametrize(
    ("decision_id", "kind"), [("D1", "unmatch"), ("D2", "withdraw"), ("D5", None), ("D6", None)]
)
def test_what_the_books_know_is_taken_back_by_a_decision(
    ann: Asked, decision_id: str, kind: str | None
) -> None:
    answer = ann.post("/take-back", decision_id=decision_id)
    assert [row["decision"] for row in ann.rows()] == ([kind] if kind else [])
    assert answer.status == (200 if kind else 409)


def test_another_person_approves(ann: Asked) -> None:
    assert ann.post("/decide", decision="approve", subjects=["D3"]).status == 200
    assert ann.get("/decisions").text.count(">Approve</button>") == 0
    assert [row["subjects"] for row in ann.rows()] == ["D3"]


def test_of_two_desks_at_once_one_decides(ann: Asked, bela: Asked) -> None:
    versions = ann.version(), bela.version()
    start = threading.Barrier(2)

    def decide(desk: Asked, version: str, side: str) -> int:
        start.wait()
        return desk.match("b1", side, left="0" if side == "l1" else "3", books=version).status

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(decide, (ann, bela), versions, ("l1", "l2")))
    assert sorted(done) == [200, 409] and len(ann.rows()) == 1


def test_while_something_is_collected_nothing_is_half_done(
    ann: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "_SECONDS_TO_WAIT", 0.2)
    version = ann.version()
    with lake_lock(ann.settings.lake, 1):
        assert "nothing was done" in ann.match("b1", "l1", books=version).error
    assert ann.rows() == []


def test_a_file_is_whole_or_not_there(ann: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(acts.os, "fsync", fail)
    assert ann.match("b1", "l1").status == 409
    assert list((ann.settings.landing / "decisions" / "desk").iterdir()) == []


@pytest.mark.parametrize("linked", ["decisions", "decisions/desk"])
def test_nothing_is_delivered_through_a_link(ann: Asked, tmp_path: Path, linked: str) -> None:
    """Collection follows none, so what lies behind it would never be decided."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = ann.settings.landing / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    assert "is a link" in ann.match("b1", "l1").error
    assert list(elsewhere.rglob("*")) == []


def test_who_signs_signs_at_the_desk(ann: Asked, tmp_path: Path) -> None:
    public = new_key(tmp_path / "key")
    (tmp_path / "signers.csv").write_text(signers_rows("Ann Keller", public) + "\n")
    settings = replace(ann.settings, signers=tmp_path / "signers.csv", company="Nord AG")
    with pytest.raises(DeskError, match="--key"):
        Asked(settings, "KELLER, Ann")
    desk = Asked(settings, key=(tmp_path / "key").read_text().strip())
    desk.post("/decide", at_least="0.5", account="", count=2)
    desk.post("/take-back", decision_id=desk.rows()[0]["decision_id"])  # what is left is signed again
    collect(settings)
    (row,) = lake_rows(settings.lake, "decisions", ["signed_with"])
    assert row["signed_with"] == public


def test_nobody_decides_under_a_name_that_is_none(ann: Asked) -> None:
    with pytest.raises(DeskError, match="TIEOUT_USER"):
        Asked(ann.settings, "Ann\N{ZERO WIDTH SPACE}Keller")


@pytest.mark.parametrize(
    "page",
    [
        *(
            "/",
            "/account?account=A",
            "/account?account=B%2F2+%26+co",
            "/suggestions",
            "/controls",
            "/decisions",
        ),
        *("/matches?account=A", "/statements?account=A", "/closes", "/files"),
    ],
)
def test_what_others_write_is_text(shown: Asked, page: str) -> None:
    answer = shown.get(page)
    assert answer.status == 200
    assert "<script>alert" not in answer.text and "\N{RIGHT-TO-LEFT OVERRIDE}" not in answer.text
    assert answer.text.count("<script") == 1 and " style=" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'") and "unsafe" not in policy


def test_a_get_changes_nothing_and_strangers_get_nothing(ann: Asked) -> None:
    before = ann.rows()
    for path in ("/decide", "/take-back", "/start-build"):
        assert ann.get(path).status == 405
        assert ann.ask("POST", path, OWN | {"content-type": "text/plain"}, "{}").status == 415
    is_json = {"content-type": "application/json"}
    assert ann.ask("POST", "/decide", is_json, "{}").status == 403
    assert ann.get("/", authorization="Bearer of-a-desk-that-was-before").status == 403
    assert ann.get("/", host="rebound.test:8070").status == 421
    assert ann.ask("POST", "/decide", OWN | is_json | {"origin": "http://foreign.test"}, "{}").status == 403
    assert ann.ask("POST", "/decide", OWN | is_json, "[]").status == 400
    assert ann.ask("POST", "/decide", OWN | is_json, "{").status == 400
    assert ann.rows() == before


def test_the_newest_books_that_are_free_are_shown(ann: Asked) -> None:
    first = ann.version()
    before = ann.settings.published / "current" / "tieout.duckdb"
    write_books(before, "select 'b0', 'A', 'bank', 'EUR', 'Acme', 1, 1, 'open'")
    os.utime(before, (0, 0))
    build = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    connection.execute("delete from marts.fct_reconciliation_items where item_id = 'b1'; checkpoint")
    print("written", flush=True)
    input()
"""
    command = [sys.executable, "-c", build, str(ann.settings.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as builds:
        builds.stdout.readline()
        page = ann.get("/account?account=A").text
    assert f"Figures of before</span> cannot read {ann.settings.warehouse}: " in page
    assert " has it open: wait, or read the published copy." in page
    assert 'data-item="b1"' in page
    assert 'data-item="b0"' not in page
    with ann.settings.night_lock.open("w") as night:
        fcntl.flock(night, fcntl.LOCK_EX)
        assert ann.version() == first
    assert ann.version() != first and 'data-item="b1"' not in ann.get("/account?account=A").text
    assert "Figures of before" not in ann.get("/").text


def test_without_a_warehouse_the_published_copy_is_read_or_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, published=tmp_path / "published")
    assert "there are no books yet" in Asked(settings).get("/").text
    write_books(settings.published / "current" / "tieout.duckdb")
    assert "Main account" in Asked(settings).get("/").text
    with duckdb.connect(str(settings.published / "current" / "tieout.duckdb")) as connection:
        connection.execute("drop table marts.fct_decisions")
    assert "has no table marts.fct_decisions" in Asked(settings).get("/").text


def test_without_payroll_the_bank_is_worked_off(ann: Asked) -> None:
    with duckdb.connect(str(ann.settings.warehouse)) as connection:
        connection.execute("drop table marts.fct_payroll_controls; drop table marts.fct_pay_periods")
    assert (
        "pay period" not in ann.get("/controls").text
        and 'data-decision="accept"' in ann.get("/controls").text
    )
    assert "Pay periods" not in ann.get("/closes").text
    ann.match("b1", "l1")
    assert "Acme" in ann.get("/decisions").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"b1", "b2", "b3", "l1", "l2", "l3", "l4"}),
        ("&text=brandt", {"b2", "l3", "l4"}),
        ("&text=brandt+r-l4", {"l4"}),
        ("&amount=50", {"b2"}),
        ("&amount=%E2%88%9220..30", {"l3", "l4"}),
        ("&amount=99..", {"b1", "l1"}),
        ("&page=" + "9" * 5000, {"b1", "b2", "b3", "l1", "l2", "l3", "l4"}),
        ("&amount=NaN&days=1e999&page=-1", set()),
        ("&amount=1e999999999..1e1000000000", {"b1", "b2", "b3", "l1", "l2", "l3", "l4"}),
        ("&amount=x&days=y", {"b1", "b2", "b3", "l1", "l2", "l3", "l4"}),
        ("&days=41", {"l3", "l4"}),
        ("&only=breaks&amount=0..1", {"b3"}),
        ("&only=repetitions", {"b3"}),
        ("&only=decided", {"l5"}),
    ],
)
def test_items_are_filtered(shown: Asked, query: str, found: set[str]) -> None:
    page = shown.get(f"/account?account=A{query}").text
    assert {item[0] for item in ITEMS if f'data-item="{item[0]}"' in page} == found


def test_ten_thousand_open_items_are_shown_and_decided_in_under_a_second(settings: Settings) -> None:
    """Of a processor: how long others keep it is not the desk's."""
    write_books(
        settings.warehouse,
        """
        select
            side || number, 'A', side, 'EUR', 'Party ' || number % 997, number * 1.01, number % 90, 'open'
        from range(5000) as numbers (number)
        cross join (values ('bank'), ('ledger')) as sides (side)
        """,
    )
    desk = Asked(replace(settings, published=settings.lake))
    desk.get("/")
    for page in (
        "/",
        "/account?account=A&page=100",
        "/account?account=A&text=party+99&amount=10..4000&days=3",
    ):
        started = time.process_time()
        assert desk.get(page).status == 200
        assert time.process_time() - started < 1
    version, started = desk.version(), time.process_time()
    assert desk.match("bank7", "ledger7", books=version).status == 200
    assert time.process_time() - started < 1


def test_what_a_file_can_decide_the_desk_can() -> None:
    """To withdraw is to take back; the others tell what persons are paid, which the desk does not read."""
    assert set(SUBJECTS) - set(acts.DECIDED) == {"withdraw", "reissue", "void_payslip", "forms_given"}


def test_a_match_of_a_rule_is_undone(ann: Asked, bela: Asked) -> None:
    page = ann.get("/matches?account=A").text
    assert 'data-decision="unmatch" data-subject="M1"' in page and "1 match," in page
    assert ann.post("/decide", decision="unmatch", subjects=["M1"]).status == 200
    assert [(row["decision"], row["subjects"]) for row in ann.rows()] == [("unmatch", "M1")]
    assert 'data-subject="M1"' not in bela.get("/matches?account=A").text
    assert "Ann Keller has decided" in bela.post("/decide", decision="unmatch", subjects=["M1"]).error


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("&text=acme", True),
        ("&text=acme+r-m1", True),
        ("&text=acme+nobody", False),
        ("&amount=1", True),
        ("&amount=%E2%88%921..2", True),
        ("&amount=1.01..", False),
        ("&amount=..0.99", False),
        ("&amount=0", False),
        ("&amount=1e999999999", True),
        ("&amount=0..1e999", True),
        ("&amount=0..1e-400", False),
        ("&amount=1e30..", False),
        ("&page=9", True),
        ("&page=" + "9" * 5000, True),
    ],
)
def test_matches_are_filtered(shown: Asked, query: str, is_found: bool) -> None:
    page = shown.get(f"/matches?account=A{query}").text
    assert ('data-subject="M1"' in page) == is_found and "Nothing to show" not in page


def test_a_decision_says_what_it_is_about(ann: Asked) -> None:
    ann.match("b1", "l1")
    ann.post("/decide", decision="accept", subjects=[_control("chain")])
    ann.post("/decide", decision="unmatch", subjects=["M1"])
    for _ in range(2):  # as it waits, and as the books know it
        page = ann.get("/decisions").text
        assert "2026-03-23 Acme 100.10 EUR" in page and "2026-03-23 ACME 100.10 EUR" in page
        assert "chain: &lt;script&gt;" in page
        collect(ann.settings)
        _built(ann)
        with duckdb.connect(str(ann.settings.warehouse)) as connection:
            connection.execute("update marts.fct_reconciliation_items set status = 'matched'")
            connection.execute("update marts.fct_control_totals set status = 'green'")


def test_while_the_warehouse_is_written_what_is_asked_of_it_says_so(ann: Asked) -> None:
    ann.get("/")
    with ann.settings.night_lock.open("w") as night:
        fcntl.flock(night, fcntl.LOCK_EX)
        page = ann.get("/matches?account=A")
        assert (
            page.status == 404 and "is being written by a night" in page.text and 'href="/files"' in page.text
        )
        assert ann.get("/account?account=A").status == 200


def test_a_statement_is_replaced_and_that_is_taken_back(ann: Asked) -> None:
    page = ann.get("/statements?account=A").text
    assert page.count('data-decision="replace"') == 2  # two of one day; the third is of another
    first, second = STATEMENT + "1", STATEMENT + "2"
    ann.post("/decide", decision="replace", subjects=[first, second])
    assert ann.get("/statements?account=A").text.count("waits: replace") == 2
    (row,) = ann.rows()
    assert (row["decision"], row["subjects"]) == ("replace", f"{first} {second}")
    collect(ann.settings)
    ann.post("/take-back", decision_id=row["decision_id"])
    assert ann.rows()[-1]["subjects"] == f"{second} {first}"


def test_closes_are_reviewed_and_reopened(ann: Asked, bela: Asked) -> None:
    for day in (23, 24, 25):
        at = datetime.datetime(2026, 3, day, 20, tzinfo=datetime.UTC)
        with open_load(ann.settings, lambda at=at: at) as load:
            load.write("closes", [Close(load.id, at.date(), "ann", at, 2, 1, None, None)])
    page = ann.get("/closes").text
    subjects = re.findall('data-decision="reopen" data-subject="([^"]+)" data-count="([^"]+)"', page)
    # The 24th was reopened on the 25th and not closed again.
    assert subjects == [("2026-03-25", "1"), ("2026-03-23", "2")]
    assert re.findall('data-decision="review" data-subject="([^"]+)"', page) == ["2026-03-26", "P-1", "P-2"]
    assert re.findall('data-decision="reopen_period" data-subject="([^"]+)"', page) == ["P-2"]
    assert "others by now" in ann.post("/decide", decision="reopen", subjects=["2026-03-23"], count=1).error
    ann.post("/decide", decision="reopen", subjects=["2026-03-23"], count=2)
    for desk in (ann, bela):  # each person reviews for themselves, and once
        answers = [desk.post("/decide", decision="review", subjects=["2026-03-26"]) for _ in range(2)]
        assert answers[0].status == 200 and "has decided about it" in answers[1].error
    bela.post("/decide", decision="reopen_period", subjects=["P-2"])
    assert [row["decision"] for row in ann.rows()] == ["reopen", "review", "review", "reopen_period"]
    assert " 0 quarantined" in str(collect(ann.settings))
    assert "reviewed by <bdi>Ann Keller</bdi>, <bdi>Bela Nagy</bdi>" in ann.get("/closes").text


def test_rows_and_files_go_out_of_count_and_come_back(ann: Asked, bela: Asked) -> None:
    statement = Path(__file__).parents[1] / "samples" / "statement.bai2"
    shutil.copy(statement, ann.settings.landing / "bank" / "statement.bai2")
    collect(ann.settings)
    (file,) = facts.files(ann.settings.lake)
    lines = sorted(
        row["line_number"] for row in lake_rows(ann.settings.lake, "bank_statement_lines", ["line_number"])
    )
    with duckdb.connect(str(ann.settings.warehouse)) as connection:
        for item, line in (("b1", lines[0]), ("b2", lines[1])):
            connection.execute(
                "update marts.fct_reconciliation_items set file_hash = ?, line_number = ? where item_id = ?",
                [file.file_hash, line, item],
            )
    assert ann.post("/decide", decision="exclude", subjects=["b1"], are_items=True).status == 200
    # Its item waits as any other that somebody has decided about.
    assert "Ann Keller has decided" in bela.match("b1", "l1").error
    assert "waits: exclude" in bela.get("/account?account=A").text
    # What is said of a file says all of it, so nobody else speaks of it meanwhile, and what is out stays out.
    refused = bela.post("/decide", decision="exclude", subjects=["b2"], are_items=True).error
    assert "Another decision about this file waits" in refused
    collect(ann.settings)
    _built(ann)
    assert bela.post("/decide", decision="exclude", subjects=["b2"], are_items=True).status == 200
    collect(ann.settings)
    _built(ann)
    assert facts.out_of_count(ann.settings.lake) == {file.file_hash: set(lines[:2])}
    assert "2 rows out of count" in ann.get("/files").text
    assert ann.post("/decide", decision="include", subjects=[file.file_hash]).status == 200
    collect(ann.settings)
    _built(ann)
    assert facts.out_of_count(ann.settings.lake) == {}
    assert ann.post("/decide", decision="exclude", subjects=[file.file_hash]).status == 200
    whole = ann.rows()[-1]["decision_id"]
    assert statement.name in ann.get("/decisions").text
    collect(ann.settings)
    assert facts.out_of_count(ann.settings.lake) == {file.file_hash: {facts.WHOLE}}
    assert ann.post("/take-back", decision_id=whole).status == 200
    assert (ann.rows()[-1]["decision"], ann.rows()[-1]["subjects"]) == ("withdraw", whole)


def test_a_file_of_twenty_thousand_decisions_is_shown_a_page_at_a_time(ann: Asked) -> None:
    rows = [f"X-{number},explain,i{number},old,Cleo,2026-03-27T09:00:00" for number in range(20_000)]
    file = ann.settings.landing / "decisions" / "mail.csv"
    file.parent.mkdir()
    file.write_text("\n".join(["decision_id,decision,subjects,reason,decided_by,decided_at", *rows]) + "\n")
    ann.get("/")  # reads it
    started = time.process_time()
    page = ann.get("/decisions?page=2").text
    assert time.process_time() - started < 1
    assert "20,000 wait" in page and page.count('data-take-back="X-') == views.PAGE


def _built(desk: Asked, outcome: str = "applied") -> None:
    """What the lake has of decisions as the next build would know it."""
    with duckdb.connect(str(desk.settings.warehouse)) as connection:
        for row in lake_rows(desk.settings.lake, "decisions", ["decision_id", "decision", "decided_by"]):
            connection.execute(
                "insert into marts.fct_decisions by name select ? as decision_id, ? as decision,"
                " ? as decided_by, ? as outcome, timestamp '2026-03-27 09:00:00' as decided_at",
                [*row.values(), outcome],
            )


def _control(code: str) -> str:
    return hashlib.md5(code.encode()).hexdigest()
