"""Where things are: every path and switch Tieout reads from the environment, with its default.

A setting is a field: its variable is TIEOUT_ and its name, its docstring is its row in docs/settings.md,
which `tieout settings` writes. Relative paths are relative to the project, so a command means the same from
any folder. A value that is empty is the default.
"""

from __future__ import annotations

import datetime
import getpass
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.errors import TieoutError

PROJECT_DIR = Path(__file__).resolve().parent.parent


class SettingsError(TieoutError, ValueError):
    """A setting has a value Tieout cannot use. The message names the variable and what it may be."""


def acting_user() -> str:
    """Who acts, in the audit trail: TIEOUT_USER, or else the login name."""
    return os.environ.get("TIEOUT_USER") or getpass.getuser()


# A colon before the first slash: an address, which would become a folder of that name.
_ADDRESS = re.compile(r"[^/]*:")
TARGETS = ("duckdb", "spark", "spark_connect", "spark_thrift")


def _path(text: str) -> Path:
    if _ADDRESS.match(text):
        raise ValueError(
            "give a path on this machine. An object store serves TIEOUT_PUBLISH_TO alone, and other places as"
            " a folder that is mounted. A folder with a colon in its name is ./name"
        )
    path = (PROJECT_DIR / text).resolve()
    if not str(path).isascii() and sys.getfilesystemencoding() != "utf-8":
        raise ValueError("this locale has other letters in paths than UTF-8: set PYTHONUTF8=1 too")
    if "\\" in str(path) or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in str(path)):
        raise ValueError("give a path in UTF-8, without backslashes and control characters")
    return path


def _database_path(text: str) -> Path:
    if "?" in str(path := _path(text)):
        raise ValueError("give a path without a question mark, behind which DuckDB reads options")
    return path


def _warehouse_path(text: str) -> Path:
    path = _database_path(text)
    if "#" in str(path) or '"' in path.name:
        raise ValueError(
            "give a path without #, and a name without quotes, which dbt names the database after"
        )
    return path


def _spark_path(text: str) -> Path:
    if set("[]{}*?;").intersection(str(path := _path(text))):
        raise ValueError("give a path without []{}*?; in which Spark and its metastore read something else")
    return path


def _target(text: str) -> str:
    if text not in TARGETS:
        raise ValueError(f"give one of {', '.join(TARGETS)}")
    return text


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("give on or off")
    return text == "on"


def _optional(text: str) -> str | None:
    return text or None


def _optional_path(text: str) -> Path | None:
    return _path(text) if text else None


def _secret_bytes(text: str) -> bytes | None:
    return text.encode() or None


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError("give a whole number of at least 1")
    return int(text)


def _megabytes(text: str) -> int:
    return _positive(text) * 1024 * 1024


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _alert_addresses(text: str) -> tuple[str, ...]:
    return tuple(text.split())  # apprise's addresses may hold a comma


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("give a date as YYYY-MM-DD") from None


def _time(text: str) -> datetime.time:
    try:
        return datetime.datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        raise ValueError("give a time of day as HH:MM") from None


def _window(text: str) -> tuple[datetime.time, datetime.time]:
    start, _, end = text.partition("-")
    try:
        return _time(start), _time(end)
    except ValueError:
        raise ValueError("give a window as HH:MM-HH:MM") from None


def _token(text: str) -> str | None:
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{20,}", text):
        raise ValueError("give at least 20 letters, digits, - or _, for it stands in an address")
    return text or None


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+/?", text):
        raise ValueError("give an address such as https://desk.example.com")
    return text.rstrip("/")


def _hosts(text: str) -> tuple[str, ...]:
    hosts = _addresses(text.lower())
    if not all(re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", host) for host in hosts):
        raise ValueError("give host names such as tieout.example.com, without https:// and *")
    return hosts


def _time_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("give an IANA time zone such as Europe/Berlin") from None


def _setting(default: str, read: Callable[[str], Any], *, variable: str = "", secret: bool = False) -> Any:
    """A field that is read from its variable. secret: it may carry a password, and is never shown."""
    return field(repr=not secret, metadata={"default": default, "read": read, "variable": variable})


class _FromEnvironment:
    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings. Raises SettingsError when a value is unusable."""
        values = {}
        for each in fields(cls):
            name = variable(each)
            text = os.environ.get(name) or each.metadata["default"]
            try:
                values[each.name] = each.metadata["read"](text)
            except ValueError as error:
                shown = repr(text) if each.repr else "not as it must be"
                raise SettingsError(f"{name} is {shown}: {error}") from None
        return cls(**values)


def variable(setting: Any) -> str:
    """The environment's variable behind a field."""
    return setting.metadata["variable"] or f"TIEOUT_{setting.name.upper()}"


@dataclass(frozen=True)
class Settings(_FromEnvironment):
    """Where things are and how much is taken, for every command."""

    landing: Path = _setting("landing", _path)
    """Folder of delivered files, never written to but by the desk, to `decisions/desk`."""

    lake: Path = _setting("lake", _path)
    """Folder of the lake; keep it, it is the memory."""

    target: str = _setting("duckdb", _target)
    """Engine that builds, as a target of dbt: `duckdb`, `spark`, `spark_connect` or `spark_thrift`."""

    warehouse: Path = _setting("warehouse/tieout.duckdb", _warehouse_path)
    """The DuckDB file: the warehouse, or, where Spark builds, what of it is read."""

    spark_warehouse: Path = _setting("warehouse/spark", _spark_path)
    """Folder of Spark's tables and metastore."""

    data_tests: bool = _setting("on", _switch)
    """`off` leaves dbt's data tests out of nights, closes and builds, and what is published says so; controls
    are asked all the same."""

    payments: Path = _setting("payments", _path)
    """Folder that payment files are written to."""

    published: Path = _setting("published", _database_path)
    """Folder of the published copy."""

    reports: Path = _setting("reports", _path)
    """Folder of the pages for the morning."""

    group: str | None = _setting("", _optional)
    """Group that may read, beside their owner, what stands in all these places, names and pay included; the
    published payroll excepted, which is its owner's alone. None: nobody else."""

    readers: str | None = _setting("", _optional)
    """Group that may read the published copy without its payroll, and the pages for the morning;
    `TIEOUT_GROUP` unless given."""

    ledger_url: str | None = _setting("", _optional, secret=True)
    """SQLAlchemy URL of the ledger's database, `postgresql+pg8000://...` or `sqlite:///...`, where the
    ledger does not arrive as files."""

    ledger_schema: str | None = _setting("", _optional)
    """Schema of `journal_lines` and `accounts` there; the database's default one unless given."""

    ledger_ca: Path | None = _setting("", _optional_path)
    """PEM file of who signs the certificate of the ledger's database, where that is nobody the system
    knows. A database on another machine is reached over TLS that is verified, or not at all, unless the URL
    ends with `?sslmode=disable`; one on this machine with this, or with `?sslmode=require` in the URL."""

    ledger_lag_hours: int = _setting("48", _positive)
    """How far behind the latest collected line the database is read again, for lines committed late."""

    source_seconds: int = _setting("3600", _positive)
    """How long one table of the ledger's database, or all of the HR system, may take to read."""

    hr_url: str | None = _setting("", _optional)
    """HTTPS address of the HR system's API, where HR data does not arrive as files."""

    hr_token: str | None = _setting("", _optional, secret=True)
    """Bearer token for it."""

    pseudonym_key: str | None = _setting("", _optional, secret=True)
    """Secret behind `employee_key`, the pseudonym of employees outside the schema `payroll`; no build without
    it, the demo company's excepted. `openssl rand -hex 32` makes one: keep it, and give it to nobody who may
    not see pay."""

    chain_key: bytes | None = _setting("", _secret_bytes, secret=True)
    """Secret under which the links of the lake's chain are hashed, so that nobody without it can write one.
    Once set it stays the same; keep a copy where the lake is not."""

    signers: Path | None = _setting("", _optional_path)
    """CSV file of who signs decisions, `person,public_key`, outside the landing folder: a decision of theirs
    that is not signed is refused. Nobody signs unless given."""

    company: str | None = _setting("", _optional)
    """Name of the company, where somebody signs decisions for several: it is signed with them, and what is
    signed for another, or for none, is refused."""

    max_file_bytes: int = _setting("1024", _megabytes, variable="TIEOUT_MAX_FILE_MB")
    """A larger file is quarantined unread."""

    max_rows_bytes: int = _setting("4096", _megabytes, variable="TIEOUT_MAX_ROWS_MB")
    """A file whose rows take more, unpacked, is quarantined."""

    max_read_bytes: int = _setting("1024", _megabytes, variable="TIEOUT_MAX_READ_MB")
    """A file that takes more memory to read is quarantined."""

    max_file_seconds: int = _setting("30", _positive)
    """A file that takes more processor time to read, and one second more for each megabyte, is
    quarantined."""

    batch_bytes: int = _setting("64", _megabytes, variable="TIEOUT_BATCH_MB")
    """One load of collection takes files up to this size in all, or one larger file."""

    lock_timeout_seconds: int = _setting("600", _positive)
    """How long a collect, a publish or a night waits for another one."""

    published_keep: int = _setting("30", _positive)
    """Newest published versions that are kept, besides the last of each month."""

    publish_to: tuple[str, ...] = _setting("", _addresses, secret=True)
    """URLs of further places to publish to, separated by spaces: `postgresql://...?schema=tieout`,
    `s3://bucket/folder`."""

    alert_urls: tuple[str, ...] = _setting("", _alert_addresses, secret=True)
    """Addresses that alerts go to, separated by blanks, in the form of
    [apprise](https://github.com/caronc/apprise); they carry secrets and are never shown."""

    alert_repeat_hours: int = _setting("24", _positive)
    """After how long a condition that stands is told again."""

    alert_per_hour: int = _setting("6", _positive)
    """Messages to one address in an hour at most; the rest goes with the next."""

    link: str | None = _setting("", _optional)
    """Address of Dagster's UI or of the morning's page, put under each alert."""

    desk: str = _setting("http://127.0.0.1:8070", _address)
    """Address of the desk, which the page for the morning links to."""

    ui_token: str | None = _setting("", _token, secret=True)
    """Token that opens what `tieout ui`, `tieout desk` and `tieout docs` serve; a new one at each start
    unless given."""

    ui_hosts: tuple[str, ...] = _setting("", _hosts)
    """Names, separated by spaces, under which a reverse proxy on this machine serves them by HTTPS."""

    @property
    def is_on_spark(self) -> bool:
        """Whether Spark builds, and hands over what is read."""
        return self.target != "duckdb"

    @property
    def published_copy(self) -> Path:
        """The file of the published version, behind a link that a publication moves."""
        return self.published / "current" / "tieout.duckdb"

    @property
    def night_lock(self) -> Path:
        """File whose lock a night holds, from its first step to its last."""
        return self.warehouse.with_suffix(".night.lock")


@dataclass(frozen=True)
class Timetable(_FromEnvironment):
    """When Dagster does what."""

    time_zone: ZoneInfo = _setting("UTC", _time_zone)
    """Time zone of all times below."""

    first_business_date: datetime.date = _setting("2026-01-02", _date)
    """First partition."""

    night_at: datetime.time = _setting("05:00", _time)
    """When the night starts. In the morning, because banks deliver the day before then."""

    cut_off: datetime.time = _setting("18:00", _time)
    """A night that starts from this time on is that day's, an earlier one the day before's."""

    pay_at: datetime.time = _setting("06:00", _time)
    """When pay periods that have ended are closed and paid."""

    off_peak: tuple[datetime.time, datetime.time] = _setting("00:00-00:00", _window)
    """Window in which arrivals are collected at once, outside it they wait; half-open, it may pass midnight,
    and equal ends mean always."""

    arrival_quiet_seconds: int = _setting("60", _positive)
    """How long nothing may arrive before arrivals are collected."""
