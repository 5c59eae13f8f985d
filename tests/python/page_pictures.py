"""The pictures of the page for the morning in the documentation, each with the words that it shows.

tieout build && tieout report --from warehouse/tieout.duckdb
python -m tests.python.page_pictures reports/2026-03-26.html
"""

from __future__ import annotations

import html
import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PAGE, PHONE = IMAGES / "morning_page.png", IMAGES / "morning_page_phone.png"


def front_of(page: str) -> str:
    """The words of the page before what is behind it."""
    front = page[page.index("<header>") : page.index('<div class="parts"')]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", front)).split())


def words_in(picture: Path) -> str:
    """The words that a picture was made with."""
    with Image.open(picture) as image:
        return image.text["page"]


def main(page: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from browser import browser

    shots = []
    with tempfile.TemporaryDirectory() as profile, browser(Path(profile), {}) as window:
        for width, height, scheme in ((1440, 1080, "light"), (390, 844, "light"), (390, 844, "dark")):
            window.show_as(width, height, scheme=scheme)
            window.visit(page.resolve().as_uri())
            shots.append(Image.open(io.BytesIO(window.picture())).convert("RGB"))
    words = PngInfo()
    words.add_itxt("page", front_of(page.read_text(encoding="utf-8")))
    desktop, light, dark = shots
    both = Image.new("RGB", (light.width + dark.width + 24, light.height), "white")
    both.paste(light, (0, 0))
    both.paste(dark, (light.width + 24, 0))
    for image, path in ((desktop, PAGE), (both, PHONE)):
        image.quantize(256).save(path, optimize=True, pnginfo=words)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
