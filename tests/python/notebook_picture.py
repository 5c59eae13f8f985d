"""Writes docs/images/notebook.png: the page of a notebook, as `make notebooks` writes it.

make notebooks && PYTHONPATH=. python tests/python/notebook_picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from browser import browser

from orchestration.settings import PROJECT_DIR, Settings

_PAGE = Settings.from_environment().reports / "notebooks" / "follow_a_number.html"
_PICTURE = PROJECT_DIR / "docs" / "images" / "notebook.png"


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder, browser(Path(folder), {}) as page:
        page.show_as(1100, 900)
        page.visit(_PAGE.resolve().as_uri())
        _PICTURE.write_bytes(page.picture())


if __name__ == "__main__":
    main()
