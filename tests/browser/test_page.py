"""The page of the sandbox as a person uses it, in a real browser."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

from browser.chromium import Chromium, Tab
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from pulumi_fastpix.sandbox.faults.fault import Kind
from unit.sandbox.client import Client

STREAM = f"/live/streams/{DEMO_STREAM_ID}"
ATTACK = "<script>window.attacked = true</script><img src=x onerror='window.attacked = true'>"
SHOWN_FIELDS = "[...document.querySelectorAll('.kind')].filter((one) => one.offsetParent).map((one) => one.className)"
NEW_STREAM = {
    "playbackSettings": {"accessPolicy": "private"},
    "inputMediaSettings": {"maxResolution": "720p", "reconnectWindow": 60, "metadata": {"title": ATTACK}},
}


def test_what_a_program_does_appears_without_a_reload(chromium: Chromium, sandbox: Sandbox, http: Client) -> None:
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        tab.shows("Live\n")
        assert tab.value("location.href") == f"{sandbox.stream_url}/_sandbox/page/"
        tab.value("window.stillHere = true")
        tab.value("window.announcer = document.querySelector('#requests [aria-live=polite]')")
        made = http.post("/live/streams", json=NEW_STREAM).json()["data"]["streamId"]
        tab.shows(made)
        tab.shows("POST /v1/live/streams")
        assert ATTACK in tab.text()
        sandbox.faults.add(Fault(kind="status", status=502, path="*/playback-ids"))
        assert http.post(f"{STREAM}/playback-ids", json={}).status_code == 502
        tab.until("document.querySelector('#live-requests tr:nth-child(1) .failed')?.innerText == '502'")
        tab.shows("fault kind=status,path=*/playback-ids,status=502")
        assert tab.value("[window.stillHere, window.attacked]") == [True, None]
        assert tab.value("window.announcer.innerText") == "2 requests.", "it is read out to who can't see the page"
        assert tab.complaints() == []


def test_a_person_who_chooses_something_keeps_it_while_the_page_goes_on(
    chromium: Chromium, sandbox: Sandbox, http: Client
) -> None:
    """The part that they are in is exchanged, because something else in it has changed."""
    select = f"status-{DEMO_STREAM_ID}"
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        tab.value(f"document.getElementById('{select}').focus()")
        tab.press("ArrowDown")
        tab.value(f"window.old = document.getElementById('{select}')")
        http.post(f"{STREAM}/playback-ids", json={})
        tab.until("!window.old.isConnected")
        assert tab.value("[document.activeElement.id, document.activeElement.value]") == [select, "preparing"]


def test_a_choice_and_the_focus_outlast_that_part_also_at_another_control(
    chromium: Chromium, sandbox: Sandbox, http: Client
) -> None:
    select = f"status-{DEMO_STREAM_ID}"
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        tab.value(f"document.getElementById('{select}').focus()")
        tab.press("ArrowDown")
        tab.press("Tab")
        tab.value("window.old = document.activeElement")
        http.post(f"{STREAM}/playback-ids", json={})
        tab.until("!window.old.isConnected")
        tab.press("Enter")
        tab.until(f"document.querySelector('#stream-{DEMO_STREAM_ID} .badge').innerText == 'preparing'")
        assert sandbox.store.live_streams.get(DEMO_STREAM_ID).status == "preparing"


def test_a_click_that_takes_its_time_is_not_lost_while_requests_come(
    chromium: Chromium, sandbox: Sandbox, http: Client
) -> None:
    for _ in range(20):  # from which on the list has its full height, and moves nothing below it
        http.get(STREAM)
    sandbox.faults.add(Fault(kind="latency", seconds=0))
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        tab.hold("[aria-label^='Remove the fault']")
        http.get(STREAM)
        tab.shows("21 requests.")  # so the fault's part, too, which now says that it has hit, was to be exchanged
        tab.let_go()
        tab.shows("No fault is set")


def test_what_reverses_the_direction_of_writing_reaches_nothing_else(chromium: Chromium, sandbox: Sandbox) -> None:
    metadata = {"first": "\u202eright to left", "second": "left to right"}
    made = sandbox.store.live_streams.create(settings=StreamSettings(metadata=metadata))
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        places = f"[...document.querySelectorAll('[aria-labelledby=\"stream-{made}\"] .about code')]"
        first, second = tab.value(f"{places}.map((one) => one.getBoundingClientRect().toJSON())")
        assert first["right"] <= second["left"]


def test_a_page_that_is_open_goes_on_when_the_sandbox_runs_again(chromium: Chromium, tmp_path: Path) -> None:
    """As from one `sandbox exec` to the next."""
    data = tmp_path / "fastpix.db"
    with chromium.tab() as tab:
        with Sandbox(data) as sandbox:
            tab.open(sandbox.page_url)
            tab.shows("Live\n")
        tab.shows("The sandbox has ended.")
        with Sandbox(data) as sandbox:
            assert sandbox.moved_from is None
            made = sandbox.store.live_streams.create()
            tab.shows(made)
            tab.shows("Live\n")


def test_a_fault_is_set_and_removed_by_keyboard(chromium: Chromium, sandbox: Sandbox, http: Client) -> None:
    with chromium.tab() as tab:
        tab.open(sandbox.page_url)
        go_to(tab, "#fault-kind")
        for _ in range(2):  # from `status` to the first one
            tab.press("ArrowUp")
        for kind in get_args(Kind):
            assert tab.value("document.activeElement.value") == kind
            assert tab.value(SHOWN_FIELDS) == [f"kind of-{kind}"]
            tab.press("ArrowDown")
        for _ in range(6):
            tab.press("ArrowUp")
        go_to(tab, "#fault-status-status")
        tab.write("504")  # Tab has selected what was there
        go_to(tab, "#fault-times")
        tab.write("1")
        tab.press("Enter")
        tab.shows("kind=status,times=1,status=504")
        assert [http.get(STREAM).status_code for _ in range(2)] == [504, 200]
        tab.shows("has hit 1 request, its last")
        go_to(tab, "[aria-label^='Remove the fault']")
        tab.press("Enter")
        tab.shows("No fault is set")
        assert sandbox.faults.current == []
        assert tab.complaints() == []


def test_everything_works_without_javascript(chromium: Chromium, sandbox: Sandbox, http: Client) -> None:
    with chromium.tab(javascript=False) as tab:
        tab.open(sandbox.page_url)
        made = http.post("/live/streams", json=NEW_STREAM).json()["data"]["streamId"]
        assert made not in tab.text()
        tab.click("noscript a")
        tab.shows(made)
        tab.click(".add-fault button")
        tab.shows("kind=status,status=503")
        assert http.get(STREAM).status_code == 503
        tab.click("[aria-label^='Remove the fault']")
        tab.shows("No fault is set")
        tab.click("summary")
        tab.value("document.getElementById('switch-stream_status').value = 'active'")
        tab.click("#switches form button.main")
        tab.shows("stream-status=active")
        assert http.get(STREAM).json()["data"]["status"] == "active"
        tab.value("document.getElementById('fault-path').value = 'nowhere'")
        tab.click(".add-fault button")
        tab.shows("Nothing was changed. path must begin with")
        assert tab.value("document.getElementById('fault-path').value") == "nowhere"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_keeps_a_person_out(chromium: Chromium, sandbox: Sandbox, http: Client, dark: bool) -> None:
    """As far as axe knows: names of fields, headings, contrast. Nor has anybody to scroll sideways."""
    rules = Rules(default_policy="deny", allow=("partner.example", "*.venue.example"))
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private", restrictions={"domains": rules, "userAgents": rules})
    sandbox.store.signing_keys.create()
    sandbox.faults.add(Fault(kind="status", status=503, times=1), Fault(kind="latency", seconds=0.1, method="PUT"))
    for status in ("idle", "preparing", "active", "disabled"):
        made = sandbox.store.live_streams.create()
        sandbox.store.live_streams.set_status(made, status)
    sandbox.store.live_streams.create(workspace="w" * 80)
    for path in (STREAM, STREAM, "/live/streams/none"):
        http.get(path)
    http.request("M" * 80, STREAM)
    with chromium.tab(dark=dark) as tab:
        tab.open(sandbox.page_url)
        tab.shows("Live\n")
        ground = tab.value("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(15, 18, 24)" if dark else "rgb(244, 245, 248)")
        tab.click("summary")
        assert_accessible(tab)
        tab.resize(400)
        assert_accessible(tab)
        tab.value("document.getElementById('fault-path').value = 'nowhere'")
        tab.click(".add-fault button.main")
        tab.shows("Nothing was changed.")
        assert_accessible(tab)
    with chromium.tab(dark=dark, width=400) as tab:
        tab.open(f"{sandbox.stream_url}/_sandbox/page/")
        tab.shows("has not opened the page")
        assert_accessible(tab)


def assert_accessible(tab: Tab) -> None:
    tab.value(resources.files("axe_core_python").joinpath("axe.min.js").read_text() + "; 0")
    found = tab.value("axe.run().then(({violations, passes}) => ({violations, passed: passes.length}))")
    broken = {one["id"]: [node["html"] for node in one["nodes"]] for one in found["violations"]}
    assert not broken, json.dumps(broken, indent=1)
    assert found["passed"] > 5
    for one in ("document.documentElement", "document.querySelector('.tall') ?? document.body"):
        assert tab.value(f"(({{scrollWidth, clientWidth}}) => scrollWidth <= clientWidth)({one})")


def go_to(tab: Tab, selector: str) -> None:
    """Press Tab until an element has the focus, which shows."""
    for _ in range(100):
        tab.press("Tab")
        if tab.value(f"document.activeElement.matches({json.dumps(selector)})"):
            assert tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    pytest.fail(f"The keyboard doesn't lead to {selector}.")
