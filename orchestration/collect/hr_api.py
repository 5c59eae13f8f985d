"""The HR system's REST API, read with dlt's REST source: every entity, page by page, like its CSV export.

`GET <url>/<entity>` answers `{"items": [...], "next": "<url of the next page>"}`; the last page has no next.
Items have the columns of the entity as keys. Requests carry a bearer token, which is why they never leave the
origin of the URL: not by a next link, not by a redirect. Too many requests (429) and errors of the server
(5xx) are tried again, after the time that Retry-After asks for. No message repeats a value, the token, or
what a server said.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pyarrow

from orchestration.collect.errors import HrUnavailableError
from orchestration.collect.extract import Extract, write_extract
from orchestration.collect.hr_files import convert_hr
from orchestration.collect.landing import HR_PREFIX
from orchestration.collect.ledger_files import Chunk, contract_columns
from orchestration.lake.errors import UnreadableFile
from orchestration.settings import SettingsError

# dlt reads this when it is first imported.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import requests
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator
from dlt.sources.rest_api import rest_api_resources

log = logging.getLogger(__name__)

_CHUNK_ROWS = 20_000
_PAGE_ROWS = 500
_CONNECT_SECONDS, _READ_SECONDS = 15, 120
_ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 120.0
# Bounds of one entity: 100,000 employees have some hundred thousand rows.
_MAX_PAGES = 20_000
_MAX_ROWS = 10_000_000
_MAX_PAGE_BYTES = 64 << 20
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _RefusedError(Exception):
    """An answer that is not taken. Its words are ours, so they can be shown."""


class HrApi:
    """One HR system. Raises SettingsError for an unusable URL or a missing token."""

    def __init__(self, url: str, token: str | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise SettingsError(
                "TIEOUT_HR_URL cannot be used: give the URL that entities are below, such as"
                " https://hr.example.com/api/v1, without user, password and query"
            )
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise SettingsError(
                "TIEOUT_HR_URL must start with https://: the token would cross the network unencrypted"
            )
        if not token:
            raise SettingsError("TIEOUT_HR_TOKEN is missing: TIEOUT_HR_URL needs a bearer token")
        self._url = url.rstrip("/") + "/"
        self._token = token
        self._name = parts.netloc

    def path(self, source: str) -> str:
        """The path under which extracts of an entity are recorded."""
        return f"api:{self._name}/{source.removeprefix(HR_PREFIX)}"

    def extract(self, source: str, file: Path) -> Extract:
        """Every row of an entity. Raises UnreadableFile when rows break the contract, HrUnavailableError."""
        chunks = self._chunks(source)
        return write_extract(file, source, (convert_hr(chunk, source, "record", "", "") for chunk in chunks))

    def _chunks(self, source: str) -> Iterator[Chunk]:
        columns = contract_columns(source)
        ignored: dict[str, None] = {}
        first = 1
        for items in _batched(self._items(source), _CHUNK_ROWS):
            numbers = pyarrow.arange(first, first + len(items))
            first += len(items)
            if first - 1 > _MAX_ROWS:
                raise self._unavailable(source, f"it has more than {_MAX_ROWS} rows")
            texts: dict[str, list[str | None]] = {name: [] for name in columns}
            for number, item in zip(numbers.to_pylist(), items, strict=True):
                if not isinstance(item, dict):
                    raise UnreadableFile("is not an object", f"record {number}")
                for name in columns:
                    texts[name].append(_text(item.get(name), name, number))
                ignored |= dict.fromkeys(name for name in item if name not in columns)
            yield Chunk(
                numbers, {name: pyarrow.array(values, pyarrow.string()) for name, values in texts.items()}
            )
        if ignored:
            names = ", ".join(ascii(name[:40]) for name in itertools.islice(ignored, 20))
            log.info("%s: keys ignored: %s", self.path(source), names)

    def _items(self, source: str) -> Iterator[Any]:
        """The items of all pages. Raises HrUnavailableError."""
        (resource,) = rest_api_resources(
            {
                "client": {
                    "base_url": self._url,
                    "auth": BearerTokenAuth(self._token),
                    "session": self._session(),
                    "paginator": _NextLink(),
                },
                "resources": [
                    {
                        "name": source,
                        "endpoint": {
                            "path": source.removeprefix(HR_PREFIX),
                            "params": {"limit": _PAGE_ROWS},
                            "data_selector": "items",
                        },
                    }
                ],
            }
        )
        try:
            yield from resource
        except Exception as error:
            raise self._unavailable(source, _reason(error)) from None

    def _session(self) -> requests.Session:
        client = Client(
            request_timeout=(_CONNECT_SECONDS, _READ_SECONDS),
            raise_for_status=False,
            request_max_attempts=_ATTEMPTS,
            request_backoff_factor=_FIRST_WAIT_SECONDS,
            request_max_retry_delay=_LONGEST_WAIT_SECONDS,
        )
        session = client.session
        adapter = _OneOriginAdapter(self._url)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _unavailable(self, source: str, reason: str) -> HrUnavailableError:
        name = self.path(source).removeprefix("api:")
        return HrUnavailableError(
            f"the HR system's {name} cannot be read: {reason}. Check that it is up, and that"
            " TIEOUT_HR_URL and TIEOUT_HR_TOKEN are right; the next collect tries again"
        )


class _OneOriginAdapter(requests.adapters.HTTPAdapter):
    """Sends only to the origin of a URL, redirects included, and takes only so many bytes of an answer."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._origin = urljoin(url, "/")

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """As HTTPAdapter, with the whole body read. Raises _RefusedError."""
        if urljoin(request.url or "", "/") != self._origin:
            raise _RefusedError("an answer leads to another server")
        response = super().send(request, **(options | {"stream": True}))
        body = bytearray()
        for block in response.iter_content(1 << 16):
            body += block
            if len(body) > _MAX_PAGE_BYTES:
                response.close()
                raise _RefusedError(f"a page has more than {_MAX_PAGE_BYTES} bytes")
        response._content = bytes(body)  # what Response.content would have kept
        return response


class _NextLink(JSONLinkPaginator):
    """Follows `next`, for so many pages. Raises _RefusedError for a page without items."""

    def __init__(self) -> None:
        super().__init__("next")
        self._pages = 0

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        """Take the link to the next page."""
        page = response.json()
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise _RefusedError("a page has no list of items")
        if not isinstance(page.get("next"), str | None):
            raise _RefusedError("the link to the next page is not text")
        self._pages += 1
        if page.get("next") and self._pages >= _MAX_PAGES:
            raise _RefusedError(f"it has more than {_MAX_PAGES} pages")
        super().update_state(response, data)


def _batched(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(itertools.islice(items, size)):
        yield batch


def _text(value: object, name: str, number: int) -> str | None:
    """A JSON value as a CSV export would write it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    raise UnreadableFile(f"{name} is not a plain value", f"record {number}")


def _reason(error: BaseException) -> str:
    """Why reading failed, without what the server said. Raises MemoryError, which is no fault of its own."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, MemoryError):
            raise cause
        if isinstance(cause, _RefusedError):
            return str(cause)
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return f"it answers {cause.response.status_code}"
        if isinstance(cause, requests.exceptions.JSONDecodeError):
            return "an answer is not JSON"
        if isinstance(cause, requests.ConnectionError | requests.Timeout):
            return f"the connection fails ({type(cause).__name__})"
    return type(causes[-1]).__name__
