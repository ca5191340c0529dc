"""Every bad answer to every call: a typed error, the right text, no credentials, and nothing taken for gone."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.still_clock import StillClock

STREAM = "1111aaaa2222bbbb3333cccc4444dddd"
ID = "43751449-62d6-42e4-8153-783e28c31ed1"
SECRET = "sécret-key-öf-tests"
BASIC = base64.b64encode(f"id:{SECRET}".encode()).decode()
STREAM_KEY = "0123456789abcdef0123456789abcdefk" + STREAM

STREAM_ANSWER = {"success": True, "data": {"streamId": STREAM, "playbackIds": [{"id": ID, "accessPolicy": "public"}]}}
NO_STREAM = {
    "success": False,
    "error": {
        "code": 404,
        "message": "stream not found",
        "description": "The requested resource (eg: streamId) doesn't exist in the workspace",
    },
}


def envelope(code: int, message: str, **more: object) -> dict[str, object]:
    return {"success": False, "error": {"code": code, "message": message, **more}}


BAD_ANSWERS: dict[str, tuple[Reply, type[errors.FastPixError], str]] = {
    "401": (
        Reply(401, envelope(401, "unauthorized", description="1)Miss match")),
        errors.AuthenticationError,
        'FastPix answered 401 "unauthorized" (1)Miss match). The credentials came from the environment variables',
    ),
    "403": (
        Reply(403, envelope(403, "forbidden"), {"cf-ray": "8f3c-AMS"}),
        errors.PermissionDeniedError,
        'FastPix answered 403 "forbidden" [cf-ray 8f3c-AMS]. The access token needs the permission to read and write',
    ),
    "404 of the stream": (Reply(404, NO_STREAM), errors.NotFoundError, '404 "stream not found"'),
    "404 of the ID": (
        Reply(404, envelope(404, "stream/playbackId not found")),
        errors.NotFoundError,
        '404 "stream/playbackId not found"',
    ),
    "404 that is not FastPix's": (
        Reply(404, {"detail": "Not Found"}),
        errors.UnexpectedResponseError,
        "answered 404 (application/json;charset=UTF-8), which is not a FastPix API response: success: Field required",
    ),
    "404 as a page": (
        Reply(404, b"<html>nginx</html>", {"Content-Type": "text/html"}),
        errors.UnexpectedResponseError,
        "answered 404 (text/html), which is not a FastPix API response: its body is not the JSON that was expected",
    ),
    "422": (
        Reply(
            422, envelope(422, "payload validation failed", fields=[{"field": "playbackId", "message": "is invalid"}])
        ),
        errors.InvalidRequestError,
        'FastPix answered 422 "payload validation failed": playbackId is invalid.',
    ),
    "429": (Reply(429, envelope(429, "slow down"), {"Retry-After": "7"}), errors.RateLimitedError, '429 "slow down"'),
    "500 as JSON": (Reply(500, envelope(500, "internal")), errors.ServerError, '500 "internal"'),
    "502 as a page": (
        Reply(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html", "cf-ray": "8f3c"}),
        errors.UnexpectedResponseError,
        "answered 502 (text/html, cf-ray 8f3c), which is not a FastPix API response",
    ),
    "200 with broken JSON": (
        Reply(200, b'{"success": tr'),
        errors.UnexpectedResponseError,
        "not the JSON that was expected",
    ),
    "201 without an id": (
        Reply(201, {"success": True, "data": {"accessPolicy": "public"}}),
        errors.UnexpectedResponseError,
        "Field required",
    ),
    "201 with an empty id": (
        Reply(201, {"success": True, "data": {"id": "", "streamId": "", "accessPolicy": "public"}}),
        errors.UnexpectedResponseError,
        "String should match pattern",
    ),
    "201 with an id that would write to a terminal": (
        Reply(201, {"success": True, "data": {"id": "\x1b[2Ja", "streamId": "\n", "accessPolicy": "public"}}),
        errors.UnexpectedResponseError,
        "String should match pattern",
    ),
    "success: false": (Reply(200, {"success": False}), errors.UnexpectedResponseError, "success: Input should be True"),
    "an error of another status": (
        Reply(404, envelope(500, "internal")),
        errors.UnexpectedResponseError,
        "its body speaks of a status 500",
    ),
    "a redirect": (
        Reply(302, b"", {"Location": "https://elsewhere.example/login"}),
        errors.UnexpectedResponseError,
        "a redirect to 'https://elsewhere.example/login', which is not followed",
    ),
    "no response at all": (Reply(None), errors.NoResponseError, "no complete response was received"),
    "a response that repeats secrets": (
        Reply(
            400,
            envelope(400, f"what is {SECRET} or {STREAM_KEY}\nor {BASIC}"),
        ),
        errors.RefusedError,
        '400 "what is [secret] or [secret] or [secret]"',
    ),
    "a redirect that repeats secrets": (
        Reply(302, b"", {"Location": f"https://login.example/?k={quote(SECRET, safe='')}&t={BASIC.rstrip('=')}%3D"}),
        errors.UnexpectedResponseError,
        "a redirect to 'https://login.example/?k=[secret]&t=[secret]%3D'",
    ),
}

CALLS: dict[str, tuple[str, str, Callable[[Client], object]]] = {
    "stream": ("GET", f"read stream {STREAM}", lambda client: client.live_streams.get(STREAM)),
    "playback_id": (
        "GET",
        f"read playback ID {ID} of stream {STREAM}",
        lambda client: client.playback_ids.get(STREAM, ID),
    ),
    "create": (
        "POST",
        f"create a public playback ID on stream {STREAM}",
        lambda client: client.playback_ids.create(STREAM, "public", "key"),
    ),
    "delete": (
        "DELETE",
        f"delete playback ID {ID} of stream {STREAM}",
        lambda client: client.playback_ids.delete(STREAM, ID),
    ),
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[Client]:
    client = Client(Settings("id", SECRET, server.base_url, timeout_seconds=5), StillClock())
    yield client
    client.close()


@pytest.mark.parametrize(
    ("call", "answer"),
    # A successful delete carries no id, so none can be missing.
    [(call, answer) for call in CALLS for answer in BAD_ANSWERS if (call, answer[:3]) != ("delete", "201")],
)
def test_a_bad_answer_is_a_typed_error_with_a_usable_text(
    call: str, answer: str, server: ScriptedServer, client: Client
) -> None:
    method, attempt, make = CALLS[call]
    reply, kind, said = BAD_ANSWERS[answer]
    server.on(method, reply)
    with pytest.raises(errors.FastPixError) as raised:
        make(client)
    text = str(raised.value)
    assert type(raised.value) is kind
    assert text.startswith(f"Could not {attempt}: ")
    assert said in text
    for secret in (SECRET, quote(SECRET, safe=""), STREAM_KEY, BASIC, BASIC.rstrip("=")):
        assert secret not in text
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_a_create_is_sent_again_only_when_it_was_certainly_not_carried_out(
    answer: str, server: ScriptedServer, client: Client
) -> None:
    server.on("POST", BAD_ANSWERS[answer][0])
    with pytest.raises(errors.FastPixError):
        client.playback_ids.create(STREAM, "public", "key")
    assert (len(server.received) > 1) == (answer == "429")


@pytest.mark.parametrize(
    "answer",
    # FastPix's own 404 for the stream is what a deleted stream looks like; a delete's answer has no id to miss.
    [answer for answer in BAD_ANSWERS if not answer.startswith(("404 of the", "201"))],
)
def test_no_bad_answer_removes_an_id_from_the_state(answer: str, server: ScriptedServer, client: Client) -> None:
    server.on("GET", BAD_ANSWERS[answer][0])
    server.on("DELETE", BAD_ANSWERS[answer][0])
    state = {"streamId": STREAM, "accessPolicy": "public", "seenBy": client.settings.workspace_mark}
    with pytest.raises(errors.FastPixError):
        LivePlaybackIdLifecycle(Workspace(client)).read(ID, state)
    with pytest.raises(errors.FastPixError):
        LivePlaybackIdLifecycle(Workspace(client)).delete(ID, state)


@pytest.mark.parametrize("answer", ["500 as JSON", "502 as a page", "200 with broken JSON", "no response at all"])
def test_reading_goes_on_until_an_answer_comes(answer: str, server: ScriptedServer, client: Client) -> None:
    server.on("GET", BAD_ANSWERS[answer][0], BAD_ANSWERS[answer][0], Reply(200, STREAM_ANSWER))
    assert client.live_streams.get(STREAM).playback_ids[0].id == ID
    assert len(server.received) == 3


def test_retry_after_is_waited_for(server: ScriptedServer) -> None:
    clock = StillClock()
    client = Client(Settings("id", SECRET, server.base_url), clock)
    server.on("GET", BAD_ANSWERS["429"][0], Reply(200, STREAM_ANSWER))
    client.live_streams.get(STREAM)
    client.close()
    assert len(clock.slept) == 1
    assert 7.0 <= clock.slept[0] <= 7.5


def test_an_operation_gives_up_when_its_time_is_over(server: ScriptedServer) -> None:
    clock = StillClock()
    client = Client(Settings("id", SECRET, server.base_url, retry_for_seconds=20), clock)
    server.on("GET", BAD_ANSWERS["429"][0])
    with pytest.raises(errors.RateLimitedError):
        client.live_streams.get(STREAM)
    client.close()
    # 7 seconds after the first and after the second; a third wait would be too long.
    assert len(server.received) == 3
    assert sum(clock.slept) <= 20


def test_an_answer_about_another_object_is_not_taken(server: ScriptedServer, client: Client) -> None:
    server.on("GET", Reply(200, {"success": True, "data": {"streamId": "another", "playbackIds": []}}))
    with pytest.raises(errors.UnexpectedResponseError, match="another stream, another"):
        client.live_streams.get(STREAM)
    server.on("GET", Reply(200, {"success": True, "data": {"id": "another", "accessPolicy": "public"}}))
    with pytest.raises(errors.UnexpectedResponseError, match="another playback ID, another"):
        client.playback_ids.get(STREAM, ID)


def test_nothing_listening_means_nothing_sent() -> None:
    clock = StillClock()
    client = Client(Settings("id", SECRET, "http://127.0.0.1:1/v1"), clock)
    with pytest.raises(errors.NotReachedError, match=r"no connection to http://127.0.0.1:1/v1 \(.*refused\)"):
        client.playback_ids.create(STREAM, "public", "key")
    client.close()
    assert len(clock.slept) > 3  # even a create is tried again


def test_a_failed_tls_handshake_means_nothing_sent(server: ScriptedServer) -> None:
    client = Client(Settings("id", SECRET, server.base_url.replace("http:", "https:")), StillClock())
    with pytest.raises(errors.NotReachedError, match="TLS handshake failed"):
        client.playback_ids.create(STREAM, "public", "key")
    client.close()
    assert server.received == []


def test_credentials_go_only_to_the_address_in_the_settings(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy in the environment is not used for this machine, and cookies are neither kept nor sent."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    client = Client(Settings("id", SECRET, server.base_url), StillClock())
    server.on("GET", Reply(200, STREAM_ANSWER, {"Set-Cookie": "__cf_bm=1; Path=/"}))
    client.live_streams.get(STREAM)
    client.live_streams.get(STREAM)
    client.close()
    expected = "Basic " + base64.b64encode(f"id:{SECRET}".encode()).decode()
    assert [request.headers["Authorization"] for request in server.received] == [expected, expected]
    assert "Cookie" not in server.received[1].headers


def test_what_is_sent(server: ScriptedServer, client: Client) -> None:
    server.on("POST", Reply(201, {"success": True, "data": {"id": ID, "accessPolicy": "private"}}))
    server.on("DELETE", Reply(200, {"success": True}))
    client.playback_ids.create(STREAM, "private", "the-key")
    client.playback_ids.delete(STREAM, ID)
    create, delete = server.received
    assert (create.path, create.body) == (f"/v1/live/streams/{STREAM}/playback-ids", b'{"accessPolicy": "private"}')
    assert create.headers["Idempotency-Key"] == "the-key"
    assert create.headers["User-Agent"].startswith("pulumi-fastpix/")
    assert delete.path == f"/v1/live/streams/{STREAM}/playback-ids?playbackId={ID}"


def test_a_file_of_certificates_that_is_not_there_means_nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    client = Client(Settings("id", SECRET, "https://fastpix.invalid/v1"), StillClock())
    with pytest.raises(errors.NotReachedError, match=r"/nowhere/ca\.pem"):
        client.live_streams.get(STREAM)
    client.close()


def test_an_error_with_empty_fields_is_fastpix_s_own_all_the_same(server: ScriptedServer, client: Client) -> None:
    server.on("GET", Reply(401, {"success": False, "error": {"code": 401, "message": None, "fields": None}}))
    with pytest.raises(errors.AuthenticationError):
        client.live_streams.get(STREAM)
