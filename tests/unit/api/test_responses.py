"""Each bad response to each call: a typed error with the right text, no credentials, nothing taken for deleted."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.playback_ids import INPUTS, PLAYBACK_ID, STREAM_KEY
from support.responses import (
    DROPPED,
    PLAYBACK_ID_NOT_FOUND,
    SERVER_ERROR,
    STREAM_NOT_FOUND,
    created,
    error,
    listing,
    one,
    throttled,
)
from support.scripted_server import Reply, ScriptedServer
from support.still_clock import StillClock

SECRET = "sécret-key-öf-tests"
BASIC = base64.b64encode(f"id:{SECRET}".encode()).decode()

BAD_RESPONSES: dict[str, tuple[Reply, type[errors.FastPixError], str]] = {
    "401": (
        error(401, "unauthorized", description="1)Miss match"),
        errors.AuthenticationError,
        'FastPix answered 401 "unauthorized" (1)Miss match). The credentials came from the environment variables',
    ),
    "403": (
        error(403, "forbidden", {"cf-ray": "8f3c-AMS"}),
        errors.PermissionDeniedError,
        'FastPix answered 403 "forbidden" [cf-ray 8f3c-AMS]. The access token needs the permission to read and write',
    ),
    "404 of the stream": (STREAM_NOT_FOUND, errors.NotFoundError, '404 "stream not found"'),
    "404 of the ID": (PLAYBACK_ID_NOT_FOUND, errors.NotFoundError, '404 "stream/playbackId not found"'),
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
        error(422, "payload validation failed", fields=[{"field": "playbackId", "message": "is invalid"}]),
        errors.InvalidRequestError,
        'FastPix answered 422 "payload validation failed": playbackId is invalid.',
    ),
    "429": (throttled("7"), errors.RateLimitedError, '429 "slow down"'),
    "429 as a page": (
        Reply(429, b"<html>error 1015</html>", {"Content-Type": "text/html", "cf-ray": "8f3c", "Retry-After": "7"}),
        errors.RateLimitedError,
        "429 (text/html, not in FastPix's own form: its body is not the JSON that was expected) [cf-ray 8f3c]. Run it ",
    ),
    "429 as a line of text": (
        Reply(429, f"slow down {SECRET}".encode(), {"Content-Type": f"text/plain;{SECRET}"}),
        errors.RateLimitedError,
        "FastPix answered 429 (text/plain;[secret], not in FastPix's own form: ",
    ),
    "429 with nothing": (Reply(429), errors.RateLimitedError, "FastPix answered 429 ("),
    "429 of another status": (
        Reply(429, error(500, "internal error").body),
        errors.RateLimitedError,
        "not in FastPix's own form: its body has another status, 500",
    ),
    "500 as JSON": (SERVER_ERROR, errors.ServerError, '500 "internal error"'),
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
        Reply(404, error(500, "internal error").body),
        errors.UnexpectedResponseError,
        "its body has another status, 500",
    ),
    "a redirect": (
        Reply(302, b"", {"Location": "https://elsewhere.example/login"}),
        errors.UnexpectedResponseError,
        "a redirect to 'https://elsewhere.example/login', which is not followed",
    ),
    "no response at all": (DROPPED, errors.NoResponseError, "no complete response was received"),
    "a response that repeats secrets": (
        error(400, f"what is {SECRET} or {STREAM_KEY}\nor {BASIC}"),
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
    "stream": ("GET", f"read stream {DEMO_STREAM_ID}", lambda client: client.live_streams.get(DEMO_STREAM_ID)),
    "playback_id": (
        "GET",
        f"read playback ID {PLAYBACK_ID} of stream {DEMO_STREAM_ID}",
        lambda client: client.playback_ids.get(DEMO_STREAM_ID, PLAYBACK_ID),
    ),
    "create": (
        "POST",
        f"create a public playback ID on stream {DEMO_STREAM_ID}",
        lambda client: client.playback_ids.create(DEMO_STREAM_ID, "public", "key"),
    ),
    "delete": (
        "DELETE",
        f"delete playback ID {PLAYBACK_ID} of stream {DEMO_STREAM_ID}",
        lambda client: client.playback_ids.delete(DEMO_STREAM_ID, PLAYBACK_ID),
    ),
}


@pytest.fixture
def settings(server: ScriptedServer) -> Settings:
    return Settings("id", SECRET, server.base_url, timeout_seconds=5)


@pytest.mark.parametrize(
    ("call", "case"),
    # A successful delete carries no id, so none can be missing.
    [(call, case) for call in CALLS for case in BAD_RESPONSES if (call, case[:3]) != ("delete", "201")],
)
def test_each_bad_response_raises_its_own_error_that_names_the_attempt_and_no_secret(
    call: str, case: str, server: ScriptedServer, client: Client
) -> None:
    method, attempt, make = CALLS[call]
    response, error_class, key = BAD_RESPONSES[case]
    server.on(method, response)
    with pytest.raises(errors.FastPixError) as raised:
        make(client)
    text = str(raised.value)
    assert type(raised.value) is error_class
    assert text.startswith(f"Could not {attempt}: ")
    assert key in text
    for secret in (SECRET, quote(SECRET, safe=""), STREAM_KEY, BASIC, BASIC.rstrip("=")):
        assert secret not in text
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("case", BAD_RESPONSES)
def test_a_create_is_sent_again_only_if_the_response_shows_that_nothing_was_created(
    case: str, server: ScriptedServer, client: Client
) -> None:
    server.on("POST", BAD_RESPONSES[case][0])
    with pytest.raises(errors.FastPixError):
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
    assert (len(server.received) > 1) == case.startswith("429")


@pytest.mark.parametrize(
    "case",
    # FastPix's own 404 is what a deletion looks like; the response to a delete has no id that could be missing.
    [case for case in BAD_RESPONSES if not case.startswith(("404 of the", "201"))],
)
def test_no_bad_response_to_a_read_or_delete_is_taken_for_a_deletion(
    case: str, server: ScriptedServer, settings: Settings, lifecycle: Lifecycle
) -> None:
    server.on("GET", BAD_RESPONSES[case][0])
    server.on("DELETE", BAD_RESPONSES[case][0])
    state = {**INPUTS, "seenBy": settings.workspace_mark}
    with pytest.raises(errors.FastPixError):
        lifecycle.read(PLAYBACK_ID, state)
    with pytest.raises(errors.FastPixError):
        lifecycle.delete(PLAYBACK_ID, state)


def test_a_429_of_an_edge_is_obeyed_like_that_of_fastpix(
    server: ScriptedServer, client: Client, clock: StillClock
) -> None:
    server.on("POST", BAD_RESPONSES["429 as a page"][0], created(PLAYBACK_ID))
    assert client.playback_ids.create(DEMO_STREAM_ID, "public", "key").id == PLAYBACK_ID
    assert 7.0 <= sum(clock.slept) <= 7.7


@pytest.mark.parametrize("case", ["500 as JSON", "502 as a page", "200 with broken JSON", "no response at all"])
def test_a_read_is_repeated_until_fastpix_responds(case: str, server: ScriptedServer, client: Client) -> None:
    server.on("GET", BAD_RESPONSES[case][0], BAD_RESPONSES[case][0], listing(PLAYBACK_ID))
    assert client.live_streams.get(DEMO_STREAM_ID).playback_ids[0].id == PLAYBACK_ID
    assert len(server.received) == 3


@pytest.mark.parametrize(
    "reply",
    [
        DROPPED,
        Reply(None, verbatim=b"nonsense\r\n\r\n"),
        Reply(201, b"ff\r\nonly the beginning", {"Transfer-Encoding": "chunked", "Connection": "close"}),
    ],
    ids=["without a response", "not HTTP", "within the body"],
)
def test_a_lost_connection_is_told_from_a_server_that_may_still_be_at_work(
    reply: Reply, server: ScriptedServer, client: Client
) -> None:
    """Of the latter, test_dripping.py has all kinds."""
    server.on("POST", reply)
    with pytest.raises(errors.NoResponseError) as raised:
        client.playback_ids.create(DEMO_STREAM_ID, "public", "key")
    assert not raised.value.is_unfinished


def test_a_response_about_another_stream_or_playback_id_is_unexpected(server: ScriptedServer, client: Client) -> None:
    server.on("GET", listing(stream_id="another"))
    with pytest.raises(errors.UnexpectedResponseError, match="another stream, another"):
        client.live_streams.get(DEMO_STREAM_ID)
    server.on("GET", one("another"))
    with pytest.raises(errors.UnexpectedResponseError, match="another playback ID, another"):
        client.playback_ids.get(DEMO_STREAM_ID, PLAYBACK_ID)


def test_an_error_envelope_with_null_fields_is_recognised(server: ScriptedServer, client: Client) -> None:
    server.on("GET", error(401, None, fields=None))
    with pytest.raises(errors.AuthenticationError):
        client.live_streams.get(DEMO_STREAM_ID)
