"""Employees that are not in the lake yet: collecting them needs the key of their pseudonyms beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from orchestration.collect.landing import HR_PREFIX, open_delivery, scan
from orchestration.lake.pseudonyms import pseudonym_key
from orchestration.settings import Settings

_EMPLOYEES = f"{HR_PREFIX}employees"
_HR = "hr"
# The demo company's files of employees are smaller. A larger one need not be read to be told from them.
_DEMO_BYTES = 64 << 10


def require_pseudonym_key(settings: Settings, folders: Collection[str] | None) -> None:
    """Raises PseudonymKeyError when what waits in these folders, or in all, needs a key that is not set."""
    is_asked = settings.pseudonym_key is None and (folders is None or _HR in folders)
    pseudonym_key(settings, _waiting(settings) if is_asked else ())


def _waiting(settings: Settings) -> Iterator[str | None]:
    """Hashes of the files of employees, None for what cannot be the demo company's."""
    if settings.hr_url is not None:
        yield None
    for delivery in scan(settings.landing, {_HR}):
        if delivery.source != _EMPLOYEES or delivery.refusal is not None:
            continue
        if delivery.byte_count > _DEMO_BYTES:
            yield None
        else:
            with open_delivery(settings.landing, delivery) as file:
                yield hashlib.sha256(file.read(_DEMO_BYTES)).hexdigest()
