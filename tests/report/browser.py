"""A headless Chromium, spoken to over two pipes with the standard library alone (DevTools protocol)."""

from __future__ import annotations

import base64
import io
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe")
SECONDS = 60.0
MM = 96 / 25.4
PAPER = (210.0, 297.0)
MARGIN = 14.0


def program() -> str | None:
    """The browser's program, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One browser with one tab; ``events`` holds what it told since the last page was opened."""

    def __init__(self) -> None:
        self.room = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        to_read, self.write = os.pipe()
        self.read, to_write = os.pipe()
        command = [str(program()), *FLAGS, f"--user-data-dir={self.room.name}", "about:blank"]
        self.child = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{to_write}', "bash", *command],
            pass_fds=(to_read, to_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.count, self.session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None
    ) -> None:
        os.close(self.write)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, 9)
            self.child.wait()
        os.close(self.read)
        self.room.cleanup()

    def _message(self, until: float) -> dict[str, Any]:
        """The next message; TimeoutError when none comes."""
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read], [], [], max(0.0, until - time.monotonic()))
            part = os.read(self.read, 1 << 20) if ready else b""
            if not part:
                raise TimeoutError(f"the browser does not answer (status {self.child.poll()})")
            self.buffer += part
        raw, _, self.buffer = self.buffer.partition(b"\0")
        made: dict[str, Any] = json.loads(raw)
        return made

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and return its result."""
        self.count += 1
        call: dict[str, Any] = {"id": self.count, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.write, json.dumps(call).encode() + b"\0")
        until = time.monotonic() + SECONDS
        while (made := self._message(until)).get("id") != self.count:
            self.events.append(made)
        assert "error" not in made, made["error"]
        result: dict[str, Any] = made["result"]
        return result

    def open(self, page: Path, width: int = 1000, height: int = 1200) -> None:
        """Show a page and wait until it is loaded."""
        self.ask("Emulation.setEmulatedMedia", media="")
        self.size(width, height)
        self.events.clear()
        self.ask("Page.navigate", url=page.resolve().as_uri())
        until = time.monotonic() + SECONDS
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.events.append(self._message(until))
        self.run("document.fonts.ready.then(() => 1)")

    def size(self, width: int, height: int) -> None:
        """The size of the window in pixels."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                 mobile=False)

    def run(self, code: str) -> Any:
        """The value of a JavaScript expression in the page."""
        made = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in made, made
        return made["result"].get("value")

    def complaints(self) -> list[Any]:
        """Errors and warnings of the console, and requests for anything outside the file."""
        bad = []
        for e in self.events:
            method, said = e.get("method"), e.get("params", {})
            if method in ("Runtime.exceptionThrown", "Network.loadingFailed", "Runtime.consoleAPICalled"):
                bad.append(said)
            if method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
                bad.append(said["entry"])
            url = said["request"]["url"] if method == "Network.requestWillBeSent" else "data:"
            if not url.startswith(("file:", "data:")):
                bad.append(url)
        return bad

    def click(self, selector: str) -> None:
        """A click with the mouse on the left end of an element, scrolled into view."""
        x, y = self.run(f"(() => {{ const e = document.querySelector({selector!r}); e.scrollIntoView(); "
                        "const r = e.getBoundingClientRect(); return [r.x + 8, r.y + r.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, selector: str) -> Image.Image:
        """How an element looks."""
        x, y, w, h = self.run(f"(() => {{ const e = document.querySelector({selector!r}), "
                              "r = e.getBoundingClientRect(); "
                              "return [r.x + scrollX, r.y + scrollY, r.width, r.height]; })()")
        made = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                        clip={"x": x, "y": y, "width": max(1, w), "height": max(1, h), "scale": 1})
        return Image.open(io.BytesIO(base64.b64decode(made["data"]))).convert("RGB")

    def pdf(self) -> bytes:
        """The page as printed on A4 with the margins of its own style sheet."""
        made = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(made["data"])

    def as_printed(self) -> None:
        """Lay the page out as on paper: print style at the width between the margins."""
        self.ask("Emulation.setEmulatedMedia", media="print")
        self.size(int((PAPER[0] - 2 * MARGIN) * MM), int(PAPER[1] * MM))
