"""The key behind the pseudonyms of employees: which one counts for a lake, and whether it is still the same.

Only the demo company's employees, whom nobody is, have a key that everybody knows. A lake remembers a
fingerprint of the key that it was first built with, never the key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from orchestration.errors import TieoutError
from orchestration.lake.read import lake_rows
from orchestration.settings import Settings

# SHA-256 of the demo company's files of employees. For Spark they stand in macros/payroll/employee_key.sql.
DEMO_EMPLOYEE_FILES = frozenset(
    {
        "e57546b790475b85ccaeb3e6e1c8a5e405475bc852bdb83c09c1647d8c650be4",
        "eaf6e14aeb5b44f62b1cc69915460887c6edd507e0df62c79df52ef3447e8884",
    }
)
DEMO_KEY = "demo-company-only"
_BLOCK_BYTES = 64


class PseudonymKeyError(TieoutError):
    """There is no key for these employees, or it is not the one of before. The message says what to do."""


def pseudonym_key(settings: Settings, employee_files: Iterable[str | None] = ()) -> str:
    """The key for the employees of the lake, and of files with these SHA-256 hashes that wait beside it.

    Raises PseudonymKeyError, before anything is written: without a key, unless all are the demo company's,
    and when it is not the key that the lake was built with before.
    """
    if settings.pseudonym_key is None:
        rows = lake_rows(settings.lake, "hr_employees", ["file_hash"])
        if not DEMO_EMPLOYEE_FILES.issuperset([*(row["file_hash"] for row in rows), *employee_files]):
            raise PseudonymKeyError(
                "TIEOUT_PSEUDONYM_KEY is not set, and these employees are not the demo company's: nothing is"
                " built. Make a key with `openssl rand -hex 32`, keep it with the other secrets, and set it"
                " for every command"
            )
    key = settings.pseudonym_key or DEMO_KEY
    file = _fingerprint_file(settings.lake)
    if file.exists() and file.read_text("ascii").strip() != _fingerprint(key):
        raise PseudonymKeyError(
            f"TIEOUT_PSEUDONYM_KEY is not the key that the lake {settings.lake} was built with: every"
            " employee_key would be another one. Nothing is built: set the key of before. If it is lost or"
            f" has to change, `rm {shlex.quote(str(file))}` first (docs/runbook.md, A pseudonym key)"
        )
    return key


def remember_key(settings: Settings) -> None:
    """Leave the fingerprint of a key of one's own in the lake, unless one is there."""
    file = _fingerprint_file(settings.lake)
    if settings.pseudonym_key is None or file.exists() or not settings.lake.is_dir():
        return
    work = file.with_name(f"{file.name}.{os.getpid()}")
    work.write_text(f"{_fingerprint(settings.pseudonym_key)}\n", "ascii")
    work.replace(file)


def pseudonym(key: str, employee_id: str) -> str:
    """What the macro employee_key makes of an id: its HMAC-SHA256, in hexadecimal digits."""
    return hmac.new(_bytes(key), employee_id.encode(), hashlib.sha256).hexdigest()


def hmac_pads(key: str) -> tuple[str, str]:
    """The inner and the outer key of HMAC-SHA256 (RFC 2104), in hexadecimal digits, for SQL without it."""
    block = _bytes(key)
    if len(block) > _BLOCK_BYTES:
        block = hashlib.sha256(block).digest()
    block = block.ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block).hex(), bytes(byte ^ 0x5C for byte in block).hex()


def _fingerprint(key: str) -> str:
    """No employee's pseudonym: those have an id, which has no blank at its end."""
    return pseudonym(key, "fingerprint of the key ")


def _bytes(key: str) -> bytes:
    """As the environment has them, which need not be UTF-8."""
    return key.encode("utf-8", "surrogateescape")


def _fingerprint_file(lake: Path) -> Path:
    return lake / "_pseudonym_key"
