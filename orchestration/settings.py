"""Where things are: every path and switch Tieout reads from the environment, with its default.

Relative paths are relative to the project, so a command means the same from any folder.
"""

from __future__ import annotations

import datetime
import getpass
import os
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.errors import TieoutError

PROJECT_DIR = Path(__file__).resolve().parent.parent


class SettingsError(TieoutError, ValueError):
    """A setting has a value Tieout cannot use. The message names the variable and what it may be."""


def acting_user() -> str:
    """Who acts, in the audit trail: TIEOUT_USER, or else the login name."""
    return os.environ.get("TIEOUT_USER") or getpass.getuser()


@dataclass(frozen=True)
class Settings:
    """Settings of one run.

    landing: folder of files as delivered. lake: folder of the append-only Parquet datasets.
    warehouse: the DuckDB file. spark_warehouse: folder of Spark's tables. ledger_url: SQLAlchemy URL of
    the general ledger's database, or None when the ledger arrives as files. ledger_schema: its schema
    there, or None for the default one. payments: folder that payment files are written to. hr_url: where the
    HR system's API is, or None when HR data arrives as files. hr_token: the bearer token for it.
    pseudonym_key: the secret behind employee_key, the pseudonym of an employee outside the schema payroll.
    max_file_bytes: a larger file is quarantined unread. batch_bytes: one load takes files up to this size in
    all, or one larger file. ledger_lag_hours: how far behind the latest collected line the ledger's database
    is read again, for lines that were committed late. lock_timeout_seconds: how long a collect, a publish or
    a night waits for another one. published: folder of the published copy. published_keep: its newest
    versions that are kept. publish_to: URLs of further places to publish to. reports: folder of the morning
    pages. alert_urls: addresses that alerts go to, in apprise's form. alert_repeat_hours: after how long a
    condition that stands is told again. alert_per_hour: messages to one address in an hour at most. link: the
    address of Dagster's UI or of the morning page, put under each alert, or None.
    """

    landing: Path
    lake: Path
    warehouse: Path
    spark_warehouse: Path
    ledger_url: str | None = field(repr=False)  # it may carry a password
    ledger_schema: str | None
    max_file_bytes: int
    batch_bytes: int = 64 * 1024 * 1024
    ledger_lag_hours: int = 48
    lock_timeout_seconds: int = 600
    payments: Path = PROJECT_DIR / "payments"
    hr_url: str | None = None
    hr_token: str | None = field(default=None, repr=False)
    pseudonym_key: str = field(default="demo-company-only", repr=False)
    published: Path = PROJECT_DIR / "published"
    reports: Path = PROJECT_DIR / "reports"
    published_keep: int = 30
    publish_to: tuple[str, ...] = field(default=(), repr=False)  # they may carry passwords
    alert_urls: tuple[str, ...] = field(default=(), repr=False)  # they carry passwords and tokens
    alert_repeat_hours: int = 24
    alert_per_hour: int = 6
    link: str | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings. Raises SettingsError when a value is unusable."""
        return cls(
            landing=_path("TIEOUT_LANDING", "landing"),
            lake=_path("TIEOUT_LAKE", "lake"),
            warehouse=_path("TIEOUT_WAREHOUSE", "warehouse/tieout.duckdb"),
            spark_warehouse=_path("TIEOUT_SPARK_WAREHOUSE", "warehouse/spark"),
            ledger_url=os.environ.get("TIEOUT_LEDGER_URL") or None,
            ledger_schema=os.environ.get("TIEOUT_LEDGER_SCHEMA") or None,
            max_file_bytes=_positive_integer("TIEOUT_MAX_FILE_MB", 1024) * 1024 * 1024,
            batch_bytes=_positive_integer("TIEOUT_BATCH_MB", 64) * 1024 * 1024,
            ledger_lag_hours=_positive_integer("TIEOUT_LEDGER_LAG_HOURS", 48),
            payments=_path("TIEOUT_PAYMENTS", "payments"),
            reports=_path("TIEOUT_REPORTS", "reports"),
            hr_url=os.environ.get("TIEOUT_HR_URL") or None,
            hr_token=os.environ.get("TIEOUT_HR_TOKEN") or None,
            pseudonym_key=os.environ.get("TIEOUT_PSEUDONYM_KEY") or cls.pseudonym_key,
            alert_urls=tuple(os.environ.get("TIEOUT_ALERT_URLS", "").split()),
            alert_repeat_hours=_positive_integer("TIEOUT_ALERT_REPEAT_HOURS", 24),
            alert_per_hour=_positive_integer("TIEOUT_ALERT_PER_HOUR", 6),
            link=os.environ.get("TIEOUT_LINK") or None,
            lock_timeout_seconds=_positive_integer("TIEOUT_LOCK_TIMEOUT_SECONDS", 600),
            published=_path("TIEOUT_PUBLISHED", "published"),
            published_keep=_positive_integer("TIEOUT_PUBLISHED_KEEP", 30),
            publish_to=tuple(os.environ.get("TIEOUT_PUBLISH_TO", "").replace(",", " ").split()),
        )


@dataclass(frozen=True)
class Timetable:
    """When Dagster does what. Times are local to time_zone.

    first_business_date: the first partition. night_at: when the end of day starts; by default in the morning,
    when the banks have delivered. cut_off: from this time on the business date of a night is the day's own,
    before it the one before. pay_at: when pay periods that have ended are closed and paid. off_peak: the
    half-open window in which files that arrive are collected at once, the whole day when its ends are equal;
    outside it they wait. arrival_quiet_seconds: how long nothing may arrive before what arrived is collected.
    """

    time_zone: ZoneInfo
    first_business_date: datetime.date
    night_at: datetime.time
    cut_off: datetime.time
    pay_at: datetime.time
    off_peak: tuple[datetime.time, datetime.time]
    arrival_quiet_seconds: int

    @classmethod
    def from_environment(cls) -> Timetable:
        """Read the settings. Raises SettingsError when a value is unusable."""
        start, _, end = _text("TIEOUT_OFF_PEAK", "00:00-00:00").partition("-")
        return cls(
            time_zone=_time_zone("TIEOUT_TIME_ZONE", "UTC"),
            first_business_date=_date("TIEOUT_FIRST_BUSINESS_DATE", "2026-01-02"),
            night_at=_time("TIEOUT_NIGHT_AT", _text("TIEOUT_NIGHT_AT", "05:00")),
            cut_off=_time("TIEOUT_CUT_OFF", _text("TIEOUT_CUT_OFF", "18:00")),
            pay_at=_time("TIEOUT_PAY_AT", _text("TIEOUT_PAY_AT", "06:00")),
            off_peak=(_time("TIEOUT_OFF_PEAK", start), _time("TIEOUT_OFF_PEAK", end)),
            arrival_quiet_seconds=_positive_integer("TIEOUT_ARRIVAL_QUIET_SECONDS", 60),
        )


def _text(variable: str, default: str) -> str:
    return os.environ.get(variable) or default


def _time(variable: str, text: str) -> datetime.time:
    try:
        return datetime.datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        raise SettingsError(
            f"{variable} has {text!r}: give a time of day as HH:MM, or a window as HH:MM-HH:MM"
        ) from None


def _date(variable: str, default: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(_text(variable, default))
    except ValueError:
        raise SettingsError(
            f"{variable} is {_text(variable, default)!r}: give a date as YYYY-MM-DD"
        ) from None


def _time_zone(variable: str, default: str) -> ZoneInfo:
    try:
        return ZoneInfo(_text(variable, default))
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f"{variable} is {_text(variable, default)!r}: give an IANA time zone such as Europe/Berlin"
        ) from None


def _path(variable: str, default: str) -> Path:
    return (PROJECT_DIR / (os.environ.get(variable) or default)).resolve()


def _positive_integer(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise SettingsError(f"{variable} is {text!r}: give a whole number of at least 1")
    return int(text)
