"""Signatures of decision files: Ed25519 over the bytes of the file, in a file of its name and .sig beside it.

Each line of a signature file is a public key and the signature that it made, in base64, so that several
persons may sign one file. Where the company has a name it is signed before the bytes, so that what is decided
for one company is not taken by another. Whoever has a key (TIEOUT_SIGNERS) must sign; others need not.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.collect.persons import person_key, unwritable
from orchestration.errors import TieoutError
from orchestration.lake.disk import open_plain
from orchestration.settings import Settings, SettingsError

if TYPE_CHECKING:
    from nacl.signing import SigningKey

SUFFIX = ".sig"
KEY_VARIABLE = "TIEOUT_SIGNING_KEY"
_COLUMNS = ["person", "public_key"]
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
# Of a signature file: more lines than a file has authors.
_MAX_BYTES = 65_536


class SigningError(TieoutError):
    """The file cannot be signed, or the key not be made. The message says why and what to do."""


Signers = dict[str, set[bytes]]
"""The public keys of each person, by person_key."""


def signature_file(file: Path) -> Path:
    """Where the signatures of a file stand."""
    return file.with_name(file.name + SUFFIX)


def read_signers(settings: Settings) -> Signers:
    """Who signs, and with which keys. Raises SettingsError, so that a list that is lost lets nobody in."""
    path = settings.signers
    if path is None:
        return {}
    wrong = f"TIEOUT_SIGNERS is {str(path)!r}:"
    if path.resolve().is_relative_to(settings.landing.resolve()):
        raise SettingsError(f"{wrong} it must not lie in the landing folder, where anybody delivers")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{wrong} it cannot be read: {error}") from error
    if reader.fieldnames != _COLUMNS:
        raise SettingsError(f"{wrong} its columns must be {','.join(_COLUMNS)}")
    signers: Signers = {}
    owners: dict[bytes, str] = {}
    for number, row in enumerate(rows, start=2):
        person, key = person_key(row["person"] or ""), _decoded(row["public_key"] or "", _KEY_BYTES)
        if not person or key is None:
            raise SettingsError(
                f"{wrong} line {number} is not a person and a public key of `tieout keys new`"
            )
        if owners.setdefault(key, person) != person:
            raise SettingsError(f"{wrong} line {number}: one key is one person's, and this one is another's")
        signers.setdefault(person, set()).add(key)
    return signers


def signed_by(content: bytes, signatures: Path, company: str | None = None) -> set[bytes]:
    """The public keys whose signatures of the content stand in the signature file, and hold.

    company: whose decisions they are. None is no signature: an empty set. Raises ValueError for a file that
    is no signature file, and for a signature that does not hold: the content was altered, is another file's
    or another company's.
    """
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    keys = set()
    for number, line in enumerate(_lines(signatures), start=1):
        key, _, signature = line.partition(" ")
        key_bytes, signature_bytes = _decoded(key, _KEY_BYTES), _decoded(signature, _SIGNATURE_BYTES)
        if key_bytes is None or signature_bytes is None:
            raise ValueError(f"line {number} of its {SUFFIX} is not a public key and a signature")
        try:
            VerifyKey(key_bytes).verify(_signed_bytes(content, company), signature_bytes)
        except (BadSignatureError, ValueError):
            raise ValueError(
                f"line {number} of its {SUFFIX} is no signature of these bytes: they were altered since, or"
                f" it is that of another file{f' or of another company than {company}' if company else ''}"
            ) from None
        keys.add(key_bytes)
    return keys


def sign(file: Path, private_key: str, company: str | None = None) -> str:
    """Add a signature of the file to those beside it, and return the public key that proves it.

    private_key: as new_key gives it. company: for whom it is decided. Raises SigningError, also when a
    signature that stands there already is none of these bytes.
    """
    key = _signing_key(private_key)
    signatures = signature_file(file)
    content = file.read_bytes()
    public = bytes(key.verify_key)
    try:
        has_signed = public in signed_by(content, signatures, company)
    except ValueError as error:
        raise SigningError(f"{signatures}: {error}. Remove it, and let each author sign again") from None
    if not has_signed:
        signature = key.sign(_signed_bytes(content, company)).signature
        lines = [*_lines(signatures), f"{_encoded(public)} {_encoded(signature)}"]
        work = signatures.with_name(f".{signatures.name}")
        work.write_text("\n".join(lines) + "\n", encoding="ascii")
        work.replace(signatures)
    return _encoded(public)


def private_key_of(file: Path | None) -> str:
    """The private key in a file that its owner alone can read, or else that of the environment.

    Raises SigningError.
    """
    if file is None:
        key = os.environ.get(KEY_VARIABLE, "")
        if not key:
            raise SigningError(f"there is no key to sign with: give --key FILE, or set {KEY_VARIABLE}")
        return key.strip()
    mode = file.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningError(f"{file} is open to others (mode {stat.S_IMODE(mode):o}): chmod 600 {file}")
    return file.read_text(encoding="ascii", errors="replace").strip()


def signers_rows(person: str, public_key: str) -> str:
    """A file of signers with one person, as CSV. Raises SigningError for what is no name."""
    strange = unwritable(person)
    if strange is not None or not person_key(person):
        raise SigningError(f"{person!r} is no name that a decision could bear")
    rows = io.StringIO()
    csv.writer(rows, lineterminator="\n").writerows([_COLUMNS, [person, public_key]])
    return rows.getvalue().rstrip()


def new_key(file: Path) -> str:
    """Make a key pair, write the private key to a new file that its owner alone can read, and return the
    public one. Raises SigningError when the file is there already."""
    from nacl.signing import SigningKey

    key = SigningKey.generate()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningError(
            f"{file} is there already: a key is never written over. Give another file"
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as target:
        target.write(_encoded(bytes(key)) + "\n")
    return _encoded(bytes(key.verify_key))


def encoded_key(key: bytes) -> str:
    """A public key as it is written."""
    return _encoded(key)


def _signed_bytes(content: bytes, company: str | None) -> bytes:
    return f"Decisions of {company}\n".encode() + content if company else content


def _signing_key(private_key: str) -> SigningKey:
    from nacl.signing import SigningKey

    seed = _decoded(private_key, _KEY_BYTES)
    if seed is None:
        raise SigningError("the private key is none: `tieout keys new FILE` makes one")
    return SigningKey(seed)


def _lines(signatures: Path) -> list[str]:
    """The lines of a signature file, or none. Raises ValueError for what is no plain, small text."""
    try:
        with open_plain(signatures) as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        said = f"cannot be read: {error.strerror}" if error.strerror else "is no file"
        raise ValueError(f"its {SUFFIX} {said}") from None
    if len(content) > _MAX_BYTES or not content.isascii():
        raise ValueError(f"its {SUFFIX} is no signature file")
    return [line.strip() for line in content.decode("ascii").splitlines() if line.strip()]


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _decoded(text: str, length: int) -> bytes | None:
    """The bytes, or None when they are not so many in the one way to write them."""
    try:
        value = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == length and _encoded(value) == text.strip() else None
