"""What the page of the sandbox shows, and what its forms do."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING

import pytest
import requests

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox, Switches
from pulumi_fastpix.sandbox.clock import SystemClock
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from pulumi_fastpix.sandbox.page.fault_fields import FAULT_KINDS
from unit.sandbox.client import Browser, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fastpix.sandbox.page.fault_fields import FaultKind


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    with Browser(sandbox) as browser:
        yield browser


def text_of(response: requests.Response) -> str:
    """The text of a page, in one line."""
    without_tags = re.sub(r"<[^>]*>", " ", response.text.replace("<wbr>", ""))
    return html.unescape(re.sub(r"\s+", " ", without_tags))


def test_the_page_shows_what_the_sandbox_holds(sandbox: Sandbox, browser: Browser) -> None:
    store = sandbox.store
    settings = StreamSettings(max_resolution="720p", reconnect_window=300, metadata={"show": "42"})
    stream = store.live_streams.create("private", settings=settings, workspace="far")
    rules = Rules(default_policy="deny", allow=("partner.example", "*.venue.example"))
    restricted = store.playback_ids.create(DEMO_STREAM_ID, restrictions={"domains": rules})
    store.playback_ids.restrict(DEMO_STREAM_ID, restricted, {"userAgents": Rules(deny=("bot",))})
    store.simulcasts.create(DEMO_STREAM_ID, "rtmp://third.example/live", "third-party-key")
    key = store.signing_keys.create().id
    for name in ("", "live"):
        page = text_of(browser.get(name))
        for shown in (
            f"{stream} idle workspace far",
            "720p · reconnect window 300 s · show=42",
            "1080p · reconnect window 60 s · 1 simulcast",
            f"{restricted} public domains: deny by default; allow partner.example, *.venue.example",
            "user agents: allow by default; deny bot",
            "2 playback IDs.",
            key,
            sandbox.access_token_id,
        ):
            assert shown in page, name


def test_the_page_shows_requests_with_the_faults_that_hit_them(
    sandbox: Sandbox, browser: Browser, http: Client
) -> None:
    sandbox.faults.add(
        Fault(kind="latency", seconds=0.01),
        Fault(kind="status", status=502, when="after", method="POST", times=1),
        Fault(kind="drop", method="DELETE"),
    )
    http.post(f"/live/streams/{DEMO_STREAM_ID}/playback-ids", json={})
    with pytest.raises(requests.ConnectionError):
        http.delete(f"/live/streams/{DEMO_STREAM_ID}")
    page = text_of(browser.get("live"))
    assert re.search(
        r"#1 POST \S+/playback-ids fault kind=latency,seconds=0.01 fault kind=status,method=POST,times=1,status=502,"
        r"when=after 502 ?API: 201 ?\d+ ms",
        page,
    )
    assert re.search(
        r"#2 DELETE /v1/live/streams/1{4}\w+ fault kind=latency,seconds=0.01 fault kind=drop,\S+ dropped", page
    )
    assert "kind=drop,method=DELETE has hit 1 request " in page
    assert "kind=latency,seconds=0.01 has hit 2 requests " in page
    assert "status=502,when=after has hit 1 request, its last" in page


def test_no_secret_is_on_the_page(sandbox: Sandbox, browser: Browser, http: Client) -> None:
    store = sandbox.store
    made = store.signing_keys.create_once("again")
    stream = store.live_streams.get(DEMO_STREAM_ID)
    store.simulcasts.create(DEMO_STREAM_ID, "rtmp://third.example/live", "third-party-key")
    http.get(f"/live/streams/{stream.stream_key}")
    secrets = (stream.stream_key, stream.srt_secret, stream.srt_playback_secret, made.private_key, sandbox.secret_key)
    for page in (browser.get("").text, browser.get("live").text):
        assert made.id in page
        for secret in (*secrets, "third-party-key", "PRIVATE KEY", "BEGIN PUBLIC"):
            assert secret not in page


def test_whatever_is_shown_is_text_and_never_markup(sandbox: Sandbox, browser: Browser, http: Client) -> None:
    attack = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    metadata = {attack: attack}
    sandbox.store.live_streams.create(settings=StreamSettings(metadata=metadata), workspace=attack)
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, restrictions={"domains": Rules(allow=(attack,))})
    sandbox.faults.add(Fault(kind="latency", seconds=0, path=f"*{attack}*"))
    http.get(f"/live/{attack}")
    refused = browser.send_form("add-fault", kind=attack, path=attack, times=attack)
    for page in (browser.get("").text, browser.get("live").text, refused.text):
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "<img" not in page
        assert not re.search(r"<script(?! src=\"/_sandbox/page/page.js\" defer>)", page)


def test_thousands_of_objects_are_cut_short_and_counted(sandbox: Sandbox, browser: Browser, http: Client) -> None:
    with sandbox.store.transaction(writing=True, patience=5):
        for _ in range(10_000):
            newest = sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        for _ in range(25):
            sandbox.store.live_streams.create()
        last = sandbox.store.live_streams.create()
        sandbox.store.live_streams.delete(last)
    for _ in range(60):
        http.get("/nothing")
    page = browser.get("")
    text = text_of(page)
    assert "The newest 20 of 26 streams." in text
    assert "The newest 50 of 60 requests." in text
    for stream in sandbox.store.live_streams.list(limit=25):
        sandbox.store.live_streams.delete(stream.id)
    page = browser.get("")
    assert "The newest 20 of 10,001 playback IDs." in text_of(page)
    assert newest in page.text
    assert len(page.content) < 100_000


def test_long_lists_of_restrictions_are_cut_short_and_counted(sandbox: Sandbox, browser: Browser) -> None:
    allowed = tuple(f"{number}.example" for number in range(100))
    rules = Rules(default_policy="deny", allow=allowed, deny=allowed[:20])
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, restrictions={"domains": rules})
    shown = r"allow 0\.example, .*, 19\.example and 80 more ?; deny .*, 19\.example [0-9a-f]{8}-"
    assert re.search(shown, text_of(browser.get("")))


def test_half_a_character_does_not_keep_the_page_from_being_shown(sandbox: Sandbox, browser: Browser) -> None:
    """As Python makes it of a command line that isn't UTF-8."""
    sandbox.faults.add(Fault(kind="drop", path="*\udcff"))
    assert "kind=drop,path=*?" in text_of(browser.get(""))


def test_a_request_has_its_time_of_day_after_the_machine_has_slept() -> None:
    """Meanwhile the sandbox's clock has stood still."""

    class Clock(SystemClock):
        stood_still = 0.0

        def now(self) -> float:
            return super().now() - self.stood_still

    clock = Clock()
    with Sandbox(clock=clock) as sandbox, Browser(sandbox) as browser, Client(sandbox) as http:
        clock.stood_still = 7200.0
        before = time.time()
        http.get("/nothing")
        page = browser.get("live").text
        hours = {time.strftime("%H:", time.localtime(one)) for one in (before, time.time())}
        assert any(f"<time>{hour}" in page for hour in hours)


@pytest.mark.parametrize("kind", FAULT_KINDS, ids=lambda kind: str(kind.name))
def test_a_fault_of_every_kind_can_be_set_as_the_form_offers_it(
    sandbox: Sandbox, browser: Browser, kind: FaultKind
) -> None:
    """The form sends the fields of all kinds, filled in as they are at first."""
    form = browser.get("").text
    fields = {
        f"{one.name}.{field.name}": field.initial or next(iter(field.options), "")
        for one in FAULT_KINDS
        for field in one.inputs
    }
    for name in fields:
        assert f'name="{name}"' in form
    shown = browser.send_form("add-fault", kind=kind.name, method="*", path="*", times="", skip="", rate="", **fields)
    (fault,) = sandbox.faults.current
    assert (fault.kind, shown.status_code) == (kind.name, 200)
    assert f"kind={kind.name}" in text_of(shown)


def test_a_fault_that_is_set_hits_the_next_request_until_it_is_removed(
    sandbox: Sandbox, browser: Browser, http: Client, demo: str
) -> None:
    browser.send_form("add-fault", **{"kind": "status", "status.status": " 503 ", "times": "2", "method": "GET"})
    browser.send_form("add-fault", **{"kind": "latency", "latency.seconds": "0.01", "drop.when": "after"})
    assert sandbox.faults.current == [
        Fault(kind="status", status=503, times=2, method="GET"),
        Fault(kind="latency", seconds=0.01),
    ]
    assert http.get(demo).status_code == 503
    browser.send_form("remove-fault", number="1")
    assert http.get(demo).status_code == 200
    assert "kind=latency,seconds=0.01 has hit 1 request" in text_of(browser.send_form("remove-fault", number="1"))
    assert text_of(browser.send_form("remove-fault", number="²")).count("Nothing was changed.") == 1
    browser.send_form("clear-faults")
    assert sandbox.faults.current == []


def test_a_fault_that_is_refused_is_explained_and_can_be_corrected(sandbox: Sandbox, browser: Browser) -> None:
    for fields, problem in (
        ({"kind": "status", "times": "3", "path": "/v2/x"}, "path must begin with /v1/ or with *"),
        ({"kind": "status", "status.status": "", "path": "/v1/x"}, "a 'status' fault needs status."),
        ({"kind": "status", "status.status": "lots", "path": "/v1/x"}, "status must be a whole number."),
        ({"kind": "earthquake", "path": "/v1/x"}, "kind must be 'latency', 'rate-limit', 'status',"),
        ({"path": "/v1/x"}, "The form lacks 'kind'."),
    ):
        refused = browser.send_form("add-fault", **fields)
        assert refused.status_code == 422
        assert f"Nothing was changed. {problem}" in text_of(refused)
        assert f'value="{fields["path"]}"' in refused.text
    assert sandbox.faults.current == []
    for body in (b"\xff", b"x" * 2**17):
        refused = browser.post("add-fault", data=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert (refused.status_code, "Nothing was changed." in refused.text) == (422, True)


def test_switches_are_set_and_set_back(sandbox: Sandbox, browser: Browser) -> None:
    page = browser.get("").text
    for name in Switches.model_fields:
        assert re.search(rf'name="{name}"[^>]* aria-describedby="about-{name}"', page)
        assert re.search(rf'id="about-{name}">\w', page), "it says what the switch decides"
    shown = browser.send_form("set-switches", stream_status="active", bad_token="403", max_playback_ids="7")
    assert sandbox.switches == Switches(stream_status="active", bad_token=403, max_playback_ids=7)
    assert "max-playback-ids=7 stream-status=active bad-token=403 " in text_of(shown)
    assert "lets the API show all of them as active" in text_of(shown)
    assert re.search(r'name="stream_status".*<option selected>active</option>', shown.text)
    refused = browser.send_form("set-switches", malformed_playback_id="422", max_playback_ids="0")
    assert (refused.status_code, "max_playback_ids must be at least 1" in refused.text) == (422, True)
    assert sandbox.switches.max_playback_ids == 7
    browser.send_form("reset-switches")
    assert sandbox.switches == Switches()


def test_statuses_requests_and_access_tokens_are_changed(
    sandbox: Sandbox, browser: Browser, http: Client, demo: str
) -> None:
    form = {"id": DEMO_STREAM_ID, "workspace": "sandbox"}
    browser.send_form("set-status", **form, status="active")
    assert http.get(demo).json()["data"]["status"] == "active"
    for fields, problem in (
        ({**form, "status": "live"}, "must be 'idle', 'preparing', 'active' or 'disabled'"),
        ({**form, "status": "idle", "workspace": "far"}, "has no live stream"),
    ):
        refused = browser.send_form("set-status", **fields)
        assert (refused.status_code, problem in text_of(refused)) == (422, True)
    browser.send_form("clear-requests")
    assert sandbox.requests == []
    browser.send_form("renew-secret", id=sandbox.access_token_id)
    assert http.get(demo).status_code == 401
    http.auth = (sandbox.access_token_id, sandbox.secret_key)
    assert http.get(demo).status_code == 200
    shown = browser.send_form("revoke-token", id=sandbox.access_token_id)
    assert http.get(demo).status_code == 401
    assert (shown.status_code, "No access tokens." in text_of(shown)) == (200, True)
    assert browser.send_form("revoke-token", id=sandbox.access_token_id).status_code == 422
