"""A real browser, Chromium from Debian, driven over its DevTools socket."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
_SECONDS = 60
# Of keys that are no letters: name, text and code.
_KEYS = {
    "Enter": ("Enter", "\r", 13),
    "Escape": ("Escape", "", 27),
    "Space": (" ", " ", 32),
    "Tab": ("Tab", "\t", 9),
}


class Browser:
    """One page of a browser: where it is sent, and what its scripts say."""

    def __init__(self, devtools: ClientConnection) -> None:
        self._devtools = devtools
        self._numbers = count(1)

    def visit(self, address: str) -> None:
        """Go to an address as if a person had typed it, and wait until the page is loaded."""
        self._call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """What a script of the page returns, its promise awaited."""
        told = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys one after another, by their names: a letter, Enter, Escape, Space or Tab."""
        for key in keys:
            name, text, code = _KEYS.get(key, (key, key, 0))
            for kind in ("keyDown", "keyUp"):
                self._call(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=name,
                    text=text if kind == "keyDown" else "",
                    windowsVirtualKeyCode=code,
                )

    def wait_for(self, condition: str) -> None:
        """Until a condition of the page's scripts holds."""
        end = time.monotonic() + _SECONDS
        while True:
            try:
                if self.run(condition):
                    return
            except AssertionError:  # between two pages
                pass
            assert time.monotonic() < end, f"{condition} does not hold: {self.run('document.body.innerText')}"
            time.sleep(0.1)

    def show_as(self, width: int, height: int, *, media: str = "", scheme: str = "light") -> None:
        """A screen of this size, narrow ones a phone's. media: print, for what paper would show."""
        is_phone = width < 600
        self._call(
            *("Emulation.setDeviceMetricsOverride",),
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self) -> bytes:
        """What the screen shows, as a PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def sheets(self) -> int:
        """How many sheets of A4 a print takes."""
        printed = self._call("Page.printToPDF", preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)
        return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._devtools.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._devtools.recv(timeout=_SECONDS))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]


@contextmanager
def browser(profile: Path, names: dict[str, str]) -> Iterator[Browser]:
    """A browser with a profile of its own. names: hosts and the addresses that its DNS would give them."""
    rules = ", ".join(f"MAP {name} {address}" for name, address in names.items())
    command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--remote-debugging-port=0", f"--user-data-dir={profile}", f"--host-resolver-rules={rules}"]
    with subprocess.Popen([*command, "about:blank"], stderr=subprocess.DEVNULL) as process:
        try:
            port = _port(profile / "DevToolsActivePort")
            with connect(_page(port), max_size=None) as devtools:
                yield Browser(devtools)
        finally:
            process.terminate()


def _port(file: Path) -> str:
    end = time.monotonic() + _SECONDS
    while not (file.exists() and file.read_text().count("\n")):
        assert time.monotonic() < end, "the browser does not start"
        time.sleep(0.05)
    return file.read_text().split()[0]


def _page(port: str) -> str:
    """Address of the socket of its only page."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
        (page,) = [each for each in json.load(answer) if each["type"] == "page"]
    return page["webSocketDebuggerUrl"]
