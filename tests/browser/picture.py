"""The picture of the sandbox's page in the documentation. `make screenshot` takes it anew."""

from __future__ import annotations

import hashlib
import struct
import sys
import zlib
from pathlib import Path

from browser.chromium import Chromium, running
from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from pulumi_fastpix.sandbox.page import app
from support.needed import find
from unit.sandbox.client import Client

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "sandbox.png"
STYLE = Path(app.__file__).parent / "static" / "page.css"
# What differs from one time to the next: times of day, milliseconds, the access token.
SETTLE = """
for (const time of document.querySelectorAll("time")) {
  time.textContent = time.textContent.length > 8 ? "2026-05-04 19:58:31" : "19:59:42";
}
for (const one of document.querySelectorAll(".note, .objects code")) {
  one.textContent = one.textContent.replace(/^\\d+ ms$/, "3 ms").replace(/^sandbox-[0-9a-f]{8}$/, "sandbox-5f0c27d1");
}
"""


def taken(chromium: Chromium, *, dark: bool = False, width: int = 1280) -> tuple[bytes, str]:
    """A picture of the page as PNG, with what it was made from as its comment; and that comment."""
    with Sandbox(seed=19) as sandbox, Client(sandbox) as http, chromium.tab(dark=dark, width=width) as tab:
        _fill(sandbox, http)
        tab.open(sandbox.page_url)
        tab.shows("Live\n")
        tab.value(SETTLE)
        style = hashlib.sha256(STYLE.read_bytes()).hexdigest()
        comment = f"{style} {' '.join(tab.text().split())}"
        tab.resize(width, int(tab.value("document.documentElement.scrollHeight")))
        return _with_comment(tab.screenshot(), comment), comment


def comment_of(picture: bytes) -> str:
    """What a picture was made from: a hash of the style sheet, and the text of the page."""
    return zlib.decompress(picture.partition(b"zTXtComment\0\0")[2]).decode("latin-1")


def _fill(sandbox: Sandbox, http: Client) -> None:
    store = sandbox.store
    stream = store.live_streams.create("private", settings=StreamSettings(metadata={"show": "42"}))
    store.live_streams.set_status(stream, "active")
    ids = f"/live/streams/{stream}/playback-ids"
    http.post(ids, json={"accessPolicy": "public"})
    sandbox.faults.add(Fault(kind="status", status=503, method="POST", times=1))
    for _ in range(2):
        http.post(ids, json={"accessPolicy": "public"})
    partner = store.playback_ids.list(stream)[-1].id
    rules = Rules(default_policy="deny", allow=("partner.example",))
    store.playback_ids.restrict(stream, partner, {"domains": rules})
    http.get(f"/live/streams/{stream}")
    store.signing_keys.create()
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, spread=0.1))


def _with_comment(picture: bytes, comment: str) -> bytes:
    """The picture with a compressed comment in front of its end, as the PNG specification has it (zTXt)."""
    data = b"zTXtComment\0\0" + zlib.compress(comment.encode("latin-1"))
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    end = picture.rindex(b"\0\0\0\0IEND")
    return picture[:end] + chunk + picture[end:]


if __name__ == "__main__":
    with running(find("tools/program", "chromium")) as chromium:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(taken(chromium)[0])
    sys.stdout.write(f"Written: {PICTURE}. Look at it.\n")
