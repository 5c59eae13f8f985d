"""Writes docs/images/desk.png: the desk of the warehouse that TIEOUT_WAREHOUSE names, a pair of it picked.

PYTHONPATH=. python tests/python/desk_picture.py
"""

from __future__ import annotations

import base64
import tempfile
import threading
from pathlib import Path

from browser import browser

from orchestration.desk import desk
from orchestration.serve import Server
from orchestration.settings import PROJECT_DIR, Settings

_ACCOUNT = "/account?account=4400127790&text=wexcombe"
_SCREEN = {"width": 1200, "height": 900, "deviceScaleFactor": 1, "mobile": False}
_PICTURE = PROJECT_DIR / "docs" / "images" / "desk.png"


def main() -> None:
    """Write the picture."""
    settings = Settings.from_environment()
    server = Server(settings, 0)
    threading.Thread(target=server.run, args=(desk(settings, "Ann Keller"),), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder, browser(Path(folder), {}) as page:
        page._call("Emulation.setDeviceMetricsOverride", **_SCREEN)
        page.visit(server.address)
        page.run(f"location.href = {_ACCOUNT!r}")
        page.wait_for("document.title.startsWith('Operating') && document.readyState === 'complete'")
        page.press("h", "Space", "l", "Space")
        page.run("scrollTo(0, 0)")
        _PICTURE.write_bytes(base64.b64decode(page._call("Page.captureScreenshot")["data"]))


if __name__ == "__main__":
    main()
