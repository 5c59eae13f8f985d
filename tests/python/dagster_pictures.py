"""Writes the pictures of Dagster in docs/images, from the zone and the DAGSTER_HOME that the variables name.

Of a company whose bank has no red, so that its dates are closed:
tieout demo --out landing --days 8 && tieout night && PYTHONPATH=. python tests/python/dagster_pictures.py
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from browser import Browser, browser

from orchestration.cli.ui import dagster_ui
from orchestration.serve import Server
from orchestration.settings import PROJECT_DIR, Settings

_FOLDER = PROJECT_DIR / "docs" / "images"


class Picture(NamedTuple):
    """A page of Dagster: its file, its address, its size, and what holds when it is there."""

    name: str
    address: str
    width: int
    height: int
    condition: str


PICTURES = [
    Picture(
        "dagster_graph.png",
        "/asset-groups",
        1700,
        1300,
        "document.querySelectorAll('svg path').length > 60",
    ),
    Picture(
        "dagster_closed.png",
        "/assets/closed_business_dates?view=partitions",
        1400,
        720,
        "document.body.innerText.includes('Partitions Selected')",
    ),
    Picture(
        "dagster_batches.png",
        "/assets/intermediate/int_bank_statement_lines_cleaned?view=events",
        1400,
        720,
        "document.body.innerText.includes('rows per second')",
    ),
]
# What a page still moves and fills in when it is there.
_SECONDS_TO_SETTLE = 3


def main() -> None:
    """Write the pictures."""
    server = Server(Settings.from_environment(), 0)
    with (
        dagster_ui() as ui,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        browser(Path(folder), {}) as page,
    ):
        threading.Thread(target=server.run, args=(ui,), daemon=True).start()
        page.visit(server.address)
        for picture in PICTURES:
            _take(page, picture)


def _take(page: Browser, picture: Picture) -> None:
    page.show_as(picture.width, picture.height)
    page.run(f"location.href = {picture.address!r}")
    page.wait_for(picture.condition)
    time.sleep(_SECONDS_TO_SETTLE)
    (_FOLDER / picture.name).write_bytes(page.picture())


if __name__ == "__main__":
    main()
