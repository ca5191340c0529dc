"""Another web site that is open in the same browser can neither read the page of the sandbox nor change anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from browser.chromium import Chromium
from browser.conftest import ELSEWHERE
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.serving import serving

READ = """
async (address) => {
  const read = [];
  for (const mode of ["cors", "no-cors"]) {
    try {
      read.push(await (await fetch(address, {mode, credentials: "include"})).text());
    } catch { }
  }
  const frame = document.createElement("iframe");
  frame.src = address;
  await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
  try {
    read.push(frame.contentDocument.body.innerText);
  } catch { }
  return read.join("");
}
"""
SEND = """
async (address) => {
  const body = new URLSearchParams({kind: "drop"});
  for (const mode of ["cors", "no-cors"]) {
    await fetch(address, {method: "POST", mode, credentials: "include", body}).catch(() => {});
  }
  const form = Object.assign(document.createElement("form"), {method: "post", action: address});
  form.append(Object.assign(document.createElement("input"), {name: "kind", value: "drop"}));
  document.body.append(form);
  form.submit();
}
"""


@pytest.fixture(scope="module")
def other_port() -> Iterator[int]:
    """Another server on this machine, with an empty page."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = b"<!doctype html><title>Another site</title><body>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server, serving(server):
        yield server.server_port


@pytest.mark.parametrize("host", ["127.0.0.1", ELSEWHERE])
def test_another_site_reads_and_changes_nothing(
    chromium: Chromium, sandbox: Sandbox, other_port: int, host: str
) -> None:
    """One on another port of this machine is the same site for cookies, so the browser sends them along."""
    page = f"{sandbox.stream_url}/_sandbox/page/"
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        assert DEMO_STREAM_ID in tab.text()
        tab.open(f"http://{host}:{other_port}/")
        for path in ("", "live", "page.css"):
            assert tab.value(f"({READ})({json.dumps(page + path)})") == ""
        assert any("frame-ancestors" in complaint for complaint in tab.complaints()), "nor is it shown in a frame"
        tab.value(f"({SEND})({json.dumps(page + 'add-fault')})")
        tab.shows("This form does not come from the sandbox's page")
        assert sandbox.faults.current == []
        # The browser still has the cookie: that alone wasn't enough.
        tab.open(page)
        assert DEMO_STREAM_ID in tab.text()


def test_a_site_whose_name_leads_to_this_machine_gets_nothing(chromium: Chromium, sandbox: Sandbox) -> None:
    """DNS rebinding: its pages and the sandbox have one origin then, even if it knew the token."""
    own = urlsplit(sandbox.page_url)
    with chromium.tab() as tab:
        tab.open(f"http://{ELSEWHERE}:{own.port}/?{own.query}")
        tab.shows("at 127.0.0.1 and localhost only")
        assert DEMO_STREAM_ID not in tab.text()
        sent = (
            "fetch('/_sandbox/page/add-fault', {method: 'POST', body: 'kind=drop'}).then((response) => response.status)"
        )
        assert tab.value(sent) == 403
        assert sandbox.faults.current == []
