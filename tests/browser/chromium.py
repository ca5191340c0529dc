"""Drives a headless Chromium as a person would: by mouse and keyboard, over its own protocol.

That protocol is JSON through a pair of pipes (`--remote-debugging-pipe`), so it takes no further package, and no driver
that has to be of the browser's version. https://chromedevtools.github.io/devtools-protocol/ has its commands.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 30.0
"""Seconds after which the browser is taken for stuck."""

_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, ""), "ArrowUp": (38, "")}


class Chromium:
    """A browser, without a window and without a profile."""

    def __init__(self, program: Path, folder: Path, *options: str) -> None:
        self._log = folder / "stderr"
        theirs, self._to = _high(os.pipe())
        self._from, answers = _high(os.pipe())
        command = [
            str(program),
            "--headless",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder / 'profile'}",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            # Its own sandbox doesn't run as root, as tests in a container do.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            *options,
        ]
        # The browser reads from descriptor 3 and writes to 4; a child gets those numbers only if it takes them itself.
        renumber = f"import os, sys; os.dup2({theirs}, 3); os.dup2({answers}, 4); os.execvp(sys.argv[1], sys.argv[1:])"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", renumber, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs, answers),
                env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
            )
        os.close(theirs)
        os.close(answers)
        self._unread = b""
        self._sent = 0
        self.events: list[dict[str, Any]] = []

    def close(self) -> None:
        """End the browser, and with it all that it has started."""
        try:
            self.command("Browser.close")
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._to)
            os.close(self._from)

    def command(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Send a command and wait for its result."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(time.monotonic() + PATIENCE)
            if answer.get("id") == self._sent:
                if "error" in answer:
                    raise CommandError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(self._from, 2**16) if ready else b""
            if not part:
                raise AssertionError(f"Chromium doesn't answer. It printed:\n{self._log.read_text(errors='replace')}")
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    @contextmanager
    def tab(self, *, width: int = 1280, dark: bool = False, javascript: bool = True) -> Iterator[Tab]:
        """A tab of its own, which shares cookies with no other one."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        tab.resize(width)
        tab.prefer_dark(dark)
        tab.send("Emulation.setScriptExecutionDisabled", value=not javascript)
        for domain in ("Page", "Runtime", "Log"):
            tab.send(f"{domain}.enable")
        try:
            yield tab
        finally:
            self.command("Target.disposeBrowserContext", browserContextId=context)


class CommandError(Exception):
    """The browser refused a command."""


class Tab:
    """A tab of the browser."""

    def __init__(self, chromium: Chromium, session: str) -> None:
        self._chromium = chromium
        self._session = session
        self._mouse: dict[str, float] = {}

    def send(self, method: str, **parameters: Any) -> Any:
        return self._chromium.command(method, self._session, **parameters)

    def resize(self, width: int, height: int = 900) -> None:
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer_dark(self, dark: bool) -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, address: str) -> None:
        """Open an address, and wait until the page is loaded."""
        self.value("window.left = true")
        failed = self.send("Page.navigate", url=address).get("errorText")
        assert not failed, failed
        self.until("!window.left && document.readyState == 'complete'")

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression, which may be a promise; it works without the page's scripts, too."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise CommandError(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until an expression is true; returns its value."""
        return self._until(lambda: self.value(expression), expression)

    def _until(self, attempt: Callable[[], Any], wanted: str) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found = attempt()
            except CommandError:  # between one page and the next
                found = None
            if found:
                return found
            assert time.monotonic() < deadline, f"{wanted} never became true on this page:\n{self.text()}"
            time.sleep(0.02)

    def text(self) -> str:
        """What a person reads on the page."""
        return str(self.value("document.body.innerText"))

    def shows(self, text: str) -> None:
        """Wait until the page has this text."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def click(self, selector: str) -> None:
        """Click into the middle of an element."""
        self.hold(selector)
        self.let_go()

    def hold(self, selector: str) -> None:
        """Press the mouse button in the middle of an element."""
        find = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{find}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.value(f"{find}.getBoundingClientRect().toJSON()")
        self._mouse = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self.send("Input.dispatchMouseEvent", type="mousePressed", button="left", clickCount=1, **self._mouse)

    def let_go(self) -> None:
        """Release the mouse button where it was pressed."""
        self.send("Input.dispatchMouseEvent", type="mouseReleased", button="left", clickCount=1, **self._mouse)

    def press(self, key: str) -> None:
        """Press a key and release it."""
        code, text = _KEYS[key]
        pressed = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **pressed)
        self.send("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def write(self, text: str) -> None:
        """Write into what has the focus."""
        self.send("Input.insertText", text=text)

    def complaints(self) -> list[str]:
        """What the browser's console has of errors and warnings, such as broken rules of the page's security policy."""
        self.value("1")  # what happened before has been reported when this is answered
        found = []
        for event in self._chromium.events:
            if event.get("sessionId") == self._session:
                name, about = event["method"], event["params"]
                if name == "Runtime.exceptionThrown" or (
                    name == "Log.entryAdded" and about["entry"]["level"] in {"error", "warning"}
                ):
                    found.append(json.dumps(about))
                if name == "Runtime.consoleAPICalled" and about["type"] in {"error", "warning", "assert"}:
                    found.append(json.dumps(about))
        return found

    def screenshot(self) -> bytes:
        """The whole page as PNG."""
        picture = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(picture["data"])


@contextmanager
def running(program: Path, *options: str) -> Iterator[Chromium]:
    """A browser that runs for as long as it is used."""
    # What it removes of its profile while it ends, nobody else has to.
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        chromium = Chromium(program, Path(folder), *options)
        try:
            yield chromium
        finally:
            chromium.close()


def _high(pair: tuple[int, int]) -> tuple[int, int]:
    """The same pipe, at descriptors that can't be 3 and 4."""
    moved = tuple(fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in pair)
    for one in pair:
        os.close(one)
    return moved[0], moved[1]
