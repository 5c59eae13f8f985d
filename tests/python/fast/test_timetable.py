"""Business dates, windows and arrivals: what orchestration decides from the clock, with the clock given."""

from __future__ import annotations

import datetime
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from orchestration.calendars.business_dates import (
    business_date_on_or_before,
    common_holidays,
    is_business_date,
    is_within,
    last_business_date_of_month,
)
from orchestration.collect.arrivals import Arrivals, listings, settled
from orchestration.collect.landing import scan
from orchestration.defs.night import night_of
from orchestration.defs.partitions import business_dates
from orchestration.settings import Settings, SettingsError, Timetable

CUT_OFF = datetime.time(18)


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def test_a_holiday_of_every_calendar_is_no_business_date() -> None:
    assert date("2026-12-25") in common_holidays()
    assert not is_business_date(date("2026-12-25"))
    assert is_business_date(date("2026-04-03"))  # Good Friday: the Federal Reserve is open
    assert not is_business_date(date("2026-03-28"))  # a Saturday
    assert business_date_on_or_before(date("2026-12-27")) == date("2026-12-24")


@pytest.mark.parametrize(
    ("start", "end", "at", "expected"),
    [
        ("20:00", "06:00", "05:59", True),
        ("20:00", "06:00", "06:00", False),
        ("20:00", "06:00", "20:00", True),
        ("08:00", "09:00", "09:00", False),
        ("00:00", "00:00", "12:00", True),
    ],
)
def test_windows_are_half_open_and_may_pass_midnight(start: str, end: str, at: str, expected: bool) -> None:
    times = [datetime.time.fromisoformat(text) for text in (start, end, at)]
    assert is_within(times[2], (times[0], times[1])) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-02-10", "2026-02-27"), ("2026-12-31", "2026-12-31"), ("2026-05-01", "2026-05-29")],
)
def test_last_business_date_of_month(day: str, expected: str) -> None:
    assert last_business_date_of_month(date(day)) == date(expected)


def test_a_night_starts_after_every_day_on_which_a_bank_worked() -> None:
    timetable = replace(Timetable.from_environment(), time_zone=ZoneInfo("Europe/Berlin"), cut_off=CUT_OFF)
    assert night_of(moment("2026-03-27T04:00+00:00"), timetable) == date("2026-03-26")
    assert night_of(moment("2026-03-27T16:59+00:00"), timetable) == date("2026-03-26")
    assert night_of(moment("2026-03-27T17:00+00:00"), timetable) == date("2026-03-27")  # 18:00: the cut-off
    assert night_of(moment("2026-03-28T04:00+00:00"), timetable) == date("2026-03-27")
    assert night_of(moment("2026-03-29T03:00+00:00"), timetable) is None  # Sunday: Saturday is over
    assert night_of(moment("2026-12-26T04:00+00:00"), timetable) is None  # Christmas Day is over


def test_partitions_are_the_business_dates_to_today() -> None:
    timetable = replace(Timetable.from_environment(), first_business_date=date("2025-12-22"))
    partitions = business_dates(timetable)
    assert partitions.get_partition_keys(current_time=moment("2025-12-29T09:00+00:00")) == [
        *("2025-12-22", "2025-12-23", "2025-12-24", "2025-12-26", "2025-12-29")
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TIEOUT_NIGHT_AT", "5am"),
        ("TIEOUT_OFF_PEAK", "20:00"),
        ("TIEOUT_TIME_ZONE", "Mars/Olympus"),
        ("TIEOUT_FIRST_BUSINESS_DATE", "1.1.2026"),
    ],
)
def test_an_unusable_setting_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        Timetable.from_environment()


def test_arrivals_are_collected_once_it_is_quiet(settings: Settings) -> None:
    bank, ledger = settings.landing / "bank" / "a.xml", settings.landing / "ledger" / "journal_lines.csv"
    bank.write_text("1")
    state, ready = settled(Arrivals({}, {}), listings(scan(settings.landing)), 0, 60, is_time=True)
    assert ready == []
    bank.write_text("12")  # it grows: the minute starts again
    state, ready = settled(state, listings(scan(settings.landing)), 30, 60, is_time=True)
    ledger.write_text("1")
    state, ready = settled(state, listings(scan(settings.landing)), 89, 60, is_time=True)
    assert ready == []
    state, ready = settled(state, listings(scan(settings.landing)), 90, 60, is_time=True)
    assert ready == ["bank"]
    state, ready = settled(state, listings(scan(settings.landing)), 200, 60, is_time=False)
    assert ready == []  # the ledger's file waits for its window
    state, ready = settled(state, listings(scan(settings.landing)), 300, 60, is_time=True)
    assert ready == ["ledger"]
    assert settled(state, listings(scan(settings.landing)), 900, 60, is_time=True) == (state, [])


def test_a_sensor_state_survives_json(settings: Settings) -> None:
    import json

    (settings.landing / "bank" / "a.xml").write_text("1")
    listed = listings(scan(settings.landing))
    state, _ = settled(Arrivals({}, {}), listed, 0, 60, is_time=True)
    restored = Arrivals(*json.loads(json.dumps(state)))
    assert settled(restored, listed, 60, 60, is_time=True)[1] == ["bank"]
