"""The page of the sandbox opens for whoever has the address that was printed, and for no other web site."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.page.guard import PAGE_PATH, page_url
from unit.sandbox.client import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from unit.sandbox.client import Client


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    with Browser(sandbox) as browser:
        yield browser


def state(sandbox: Sandbox) -> object:
    """All that the page could change."""
    tokens = [sandbox.store.access_tokens.get(sandbox.access_token_id)]
    streams = sandbox.store.live_streams.list()
    return streams, tokens, sandbox.faults.current, sandbox.switches.model_dump(), sandbox.requests


def shows_nothing(response: requests.Response) -> bool:
    return response.status_code == 403 and DEMO_STREAM_ID not in response.text and "<form" not in response.text


def test_the_printed_address_opens_the_page_and_leaves_no_token_behind(sandbox: Sandbox) -> None:
    entered = requests.get(sandbox.page_url, allow_redirects=False, timeout=10)
    assert (entered.status_code, entered.headers["location"]) == (303, PAGE_PATH)
    cookie, *attributes = entered.headers["set-cookie"].split("; ")
    assert set(attributes) == {"HttpOnly", f"Path={PAGE_PATH}", "SameSite=strict"}
    page = requests.get(f"{sandbox.stream_url}{PAGE_PATH}", headers={"Cookie": cookie}, timeout=10)
    assert page.status_code == 200
    assert DEMO_STREAM_ID in page.text
    assert sandbox.page_url.partition("=")[2] not in page.text


def test_every_response_forbids_what_the_page_does_not_need(sandbox: Sandbox, browser: Browser) -> None:
    files = ("", "live", "page.css", "page.js", "icon.svg")
    sent = browser.send_form("clear-faults")
    responses = [*map(browser.get, files), sent, *sent.history, requests.get(browser.page, timeout=10)]
    responses.append(requests.get(sandbox.page_url, allow_redirects=False, timeout=10))
    absent = [browser.get(name, allow_redirects=False) for name in ("nothing", "live/")]
    absent.append(browser.get("add-fault"))
    assert [(one.status_code, "nothing at this address" in one.text) for one in absent] == [
        (404, True),
        (404, True),
        (405, True),
    ]
    for response in (*responses, *absent):
        headers = response.headers
        policy = headers["content-security-policy"]
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
        assert "unsafe" not in policy
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
        assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
        assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    types = [browser.get(name).headers["content-type"].partition(";")[0] for name in files]
    assert types == ["text/html", "text/html", "text/css", "text/javascript", "image/svg+xml"]


@pytest.mark.parametrize("token", ["", "0" * 32, "ü", "%ff", "x" * 5000])
def test_another_token_opens_nothing(sandbox: Sandbox, token: str) -> None:
    refused = requests.get(f"{sandbox.stream_url}/?token={token}", allow_redirects=False, timeout=10)
    assert shows_nothing(refused)
    assert "set-cookie" not in refused.headers
    assert "not that of this sandbox" in refused.text


def test_without_the_cookie_of_this_sandbox_nothing_is_shown_or_changed(sandbox: Sandbox) -> None:
    port = urlsplit(sandbox.page_url).port
    before = state(sandbox)
    with Sandbox() as other, Browser(other) as theirs:
        ((name, value),) = theirs.cookies.items()
    for cookie in (
        {},
        {name: value},
        {f"pulumi-fastpix-sandbox-{port}": value},
        {f"pulumi-fastpix-sandbox-{port}": ""},
        {f"pulumi-fastpix-sandbox-{port}": "\u00fc".encode().decode("latin-1")},
    ):
        for path in ("/", PAGE_PATH, f"{PAGE_PATH}live"):
            assert shows_nothing(requests.get(sandbox.stream_url + path, cookies=cookie, timeout=10)), cookie
        sent = requests.post(
            f"{sandbox.stream_url}{PAGE_PATH}add-fault",
            data={"kind": "drop"},
            cookies=cookie,
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=10,
        )
        assert shows_nothing(sent), cookie
    assert state(sandbox) == before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1", "[::1]:{}", "localhost.:{}"]
)
def test_a_foreign_host_gets_nothing_even_with_token_and_cookie(sandbox: Sandbox, browser: Browser, host: str) -> None:
    """As after DNS rebinding, when a site's own name leads to this machine."""
    headers = {"Host": host.format(urlsplit(sandbox.page_url).port)}
    own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{headers['Host']}"}
    for refused in (
        browser.get(sandbox.page_url, headers=headers, allow_redirects=False),
        browser.get("", headers=headers),
        browser.get("live", headers=headers),
        browser.get("page.js", headers=headers),
        browser.get("nothing", headers=headers),
        browser.post("add-fault", data={"kind": "drop"}, headers={**headers, **own}),
    ):
        assert shows_nothing(refused)
        assert "set-cookie" not in refused.headers
    assert sandbox.faults.current == []


def test_the_page_is_at_localhost_too(sandbox: Sandbox) -> None:
    named = sandbox.page_url.replace("127.0.0.1", "localhost")
    with requests.Session() as session:
        assert DEMO_STREAM_ID in session.get(named, timeout=10).text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://{}"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://{}"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://{}"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing_even_with_the_cookie(
    sandbox: Sandbox, browser: Browser, headers: dict[str, str]
) -> None:
    before = state(sandbox)
    sent = {name: value.format(urlsplit(sandbox.page_url).netloc) for name, value in headers.items()}
    for name in ("add-fault", "clear-requests", "set-switches", "reset-switches"):
        assert shows_nothing(browser.post(name, data={"kind": "drop", "bad_token": "403"}, headers=sent))
    assert state(sandbox) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://{}"},
        {"Origin": "http://{}"},
    ],
)
def test_a_form_of_the_page_is_taken_from_old_and_new_browsers(
    sandbox: Sandbox, browser: Browser, headers: dict[str, str]
) -> None:
    sent = {name: value.format(urlsplit(sandbox.page_url).netloc) for name, value in headers.items()}
    assert browser.post("add-fault", data={"kind": "drop"}, headers=sent).status_code == 200
    assert sandbox.faults.current == [Fault(kind="drop")]


def test_a_get_changes_nothing(sandbox: Sandbox, browser: Browser, http: Client, demo: str) -> None:
    http.get(demo)
    sandbox.faults.add(Fault(kind="drop"), Fault(kind="latency", seconds=1))
    before = state(sandbox)
    own = {"Sec-Fetch-Site": "same-origin"}
    for name in ("add-fault", "remove-fault", "clear-faults", "set-switches", "reset-switches", "set-status"):
        query = {"kind": "drop", "number": "1", "bad_token": "403", "id": DEMO_STREAM_ID, "status": "active"}
        assert browser.get(name, params=query, headers=own).status_code == 405
    for name in ("clear-requests", "renew-secret", "revoke-token"):
        assert browser.get(name, params={"id": sandbox.access_token_id}, headers=own).status_code == 405
    for name in ("", "live"):
        assert browser.get(name, params={"kind": "drop"}).status_code == 200
    assert state(sandbox) == before


def test_the_address_stays_the_same_on_one_data_file_until_the_secret_is_renewed(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    tokens = set()
    for _ in range(2):
        with Sandbox(data) as sandbox:
            tokens.add(sandbox.page_url.partition("=")[2])
            assert sandbox.secret_key not in sandbox.page_url
    assert len(tokens) == 1
    with Sandbox(data) as sandbox:
        sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    with Sandbox(data) as sandbox, Sandbox() as other:
        assert len(tokens | {sandbox.page_url.partition("=")[2], other.page_url.partition("=")[2]}) == 3


def test_the_address_that_a_new_secret_gives_opens_the_page_that_runs(sandbox: Sandbox) -> None:
    """`sandbox exec --join` finds out no other."""
    tokens, port = sandbox.store.access_tokens, int(sandbox.base_url.split(":")[2].removesuffix("/v1"))
    tokens.rotate_secret(sandbox.access_token_id)
    for address in (sandbox.page_url, page_url(port, sandbox.secret_key)):
        with requests.Session() as session:
            assert DEMO_STREAM_ID in session.get(address, timeout=10).text
    renewed = page_url(port, sandbox.secret_key)
    tokens.revoke(sandbox.access_token_id)
    for address in (renewed, f"{sandbox.stream_url}/?token=", f"{sandbox.stream_url}/?token=None"):
        assert shows_nothing(requests.get(address, timeout=10))


def test_the_page_takes_nothing_from_the_api(sandbox: Sandbox, browser: Browser, http: Client) -> None:
    """What a program that uses the sandbox gets is as without the page, and is in the log; the page is not."""
    browser.get("")
    browser.get("live")
    assert sandbox.requests == []
    root = sandbox.stream_url
    assert [http.post(f"{root}/", json={}).status_code, http.get(f"{root}/page.css").status_code] == [404, 404]
    assert [request.path for request in sandbox.requests] == ["/", "/page.css"]
    assert http.get(f"{root}/_sandbox/faults").json() == []
