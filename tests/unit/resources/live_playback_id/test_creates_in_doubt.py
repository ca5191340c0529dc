"""Creates in doubt, against a server with contradictions, lagging replicas and responses that are no HTTP."""

from __future__ import annotations

import gc
import json

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.playback_ids import INPUTS
from support.responses import (
    BAD_GATEWAY,
    DROPPED,
    PLAYBACK_ID_NOT_FOUND,
    SERVER_ERROR,
    created,
    error,
    listing,
    one,
    throttled,
)
from support.scripted_server import Reply, ScriptedServer
from support.still_clock import StillClock

THE_STREAM = f"*/{DEMO_STREAM_ID}"
SINGLE = "*/playback-ids/*"


@pytest.fixture
def server(server: ScriptedServer) -> ScriptedServer:
    """Knows no playback ID, as far as a test gives it none."""
    server.on("GET", PLAYBACK_ID_NOT_FOUND)
    return server


def sent(server: ScriptedServer, method: str) -> int:
    return sum(request.method == method for request in server.received)


def test_a_playback_id_with_another_policy_than_requested_is_kept_as_what_it_is(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), path=THE_STREAM)
    server.on("POST", created("open"))
    with pytest.raises(errors.PartlyDoneError, match=r"a private .* and made open, which is public.") as raised:
        lifecycle.create({**INPUTS, "accessPolicy": "private"})
    assert (raised.value.id, raised.value.state["accessPolicy"]) == ("open", "public")
    assert sent(server, "POST") == 1


def test_a_playback_id_that_appears_and_disappears_in_the_settling_period_is_named(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    """A replica that lags: the second look lacks what the first one had. Others create there, so it takes two."""
    known = ("ours", "theirs")
    lists = listing(), listing(*known), listing(*known, "came"), listing(*known), listing(*known, "came")
    server.on("GET", *lists, path=THE_STREAM)
    server.on("POST", created("ours"), SERVER_ERROR, created("again"))
    lifecycle.create(INPUTS)
    clock.sleep(31)
    with pytest.raises(errors.CreateInDoubtError, match=r"lacks playback ID came, .* came had appeared"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 2


def test_one_of_another_policy_that_has_appeared_is_named(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing("old"), listing("old", "came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match=f"But came appeared on stream {DEMO_STREAM_ID} meanwhile"):
        lifecycle.create({**INPUTS, "accessPolicy": "private"})


@pytest.mark.parametrize("made", [True, False])
def test_a_create_in_doubt_is_judged_after_ctrl_c_and_not_sent_again(  # noqa: PLR0917  # fixtures
    made: bool,
    server: ScriptedServer,
    client: Client,
    lifecycle: Lifecycle,
    clock: StillClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sleep(seconds: float) -> None:
        client.cancel()
        StillClock.sleep(clock, seconds)

    monkeypatch.setattr(clock, "sleep", sleep)
    server.on("GET", listing(), *([BAD_GATEWAY, listing("came")] if made else [listing()]))
    server.on("POST", SERVER_ERROR)
    if made:
        assert lifecycle.create(INPUTS).id == "came"
    else:
        with pytest.raises(errors.CreateInDoubtError, match="As far as can be seen, nothing was made"):
            lifecycle.create(INPUTS)
    assert client.cancellation.is_set
    assert sent(server, "POST") == 1


def test_an_invalid_retry_after_does_not_keep_a_create_from_its_claim(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(502, b"", {"Retry-After": "Tue, 01 Jan 99999999999999999999 00:00:00 GMT"}))
    assert lifecycle.create(INPUTS).id == "came"


@pytest.mark.parametrize("location", ["https://[bad", "/caf\xe9"], ids=["malformed", "in Latin-1"])
def test_a_redirect_to_an_invalid_address_is_reported_as_a_redirect(
    location: str, server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    server.on("GET", listing(), Reply(302, b"", {"Location": location}), path=THE_STREAM)
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match=r"can't be determined: .* a redirect to"):
        lifecycle.create(INPUTS)
    clock.sleep(31)
    with pytest.raises(errors.UnexpectedResponseError, match="a redirect to"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


@pytest.mark.parametrize("status", [300, 302, 303, 304, 307])
def test_a_redirected_create_is_in_doubt(status: int, server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(status, b"", {"Location": "https://login.example/"}))
    assert lifecycle.create(INPUTS).id == "came"
    with pytest.raises(errors.CreateInDoubtError, match="one may still appear"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 2


MALFORMED_RESPONSES = {
    "two lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 7\r\nContent-Length: 67\r\n\r\n{}",
    "a list of lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 67, 7\r\n\r\n{}",
    "a chunk of negative size": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
    "a content type without a value": (
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset\r\nContent-Length: 2\r\n\r\nno"
    ),
    "only an interim response": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
    "a body that isn't compressed as its header claims": (
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    ),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
}


# urllib3 forgets to close the connection when it can't parse a response.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("response", MALFORMED_RESPONSES.values(), ids=MALFORMED_RESPONSES)
def test_a_create_with_a_malformed_response_is_judged_and_not_sent_again(
    response: bytes, server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(None, verbatim=response))
    assert lifecycle.create(INPUTS).id == "came"
    assert sent(server, "POST") == 1
    gc.collect()


def test_a_connection_with_an_interim_response_is_not_used_again(server: ScriptedServer, client: Client) -> None:
    """The final response is still to come on it, and would be taken for that to the next request."""
    final = json.dumps({"success": True}).encode()
    shifted = (
        b"HTTP/1.1 103 Early Hints\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: " + str(len(final)).encode() + b"\r\n\r\n" + final
    )
    server.on("GET", Reply(None, verbatim=shifted), path=THE_STREAM)
    server.on("DELETE", SERVER_ERROR)
    with pytest.raises(errors.NoResponseError, match="only an interim response, 103"):
        client.live_streams.get(DEMO_STREAM_ID, client.deadline(0.1))
    with pytest.raises(errors.ServerError):
        client.playback_ids.delete(DEMO_STREAM_ID, "p", client.deadline(0.1))


def test_a_list_read_by_a_refresh_is_no_baseline_if_it_lacks_a_created_playback_id(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    server.on("GET", listing(), listing(), path=THE_STREAM)
    server.on("GET", one("first"), path=SINGLE)
    server.on("POST", created("first"), DROPPED)
    first = lifecycle.create(INPUTS)
    clock.sleep(31)
    assert lifecycle.read(first.id, first.state) == first
    with pytest.raises(errors.UnexpectedResponseError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


def test_a_playback_id_listed_twice_is_one_candidate(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing("came", "came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "came"


def test_a_failed_read_in_the_settling_period_is_repeated(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), SERVER_ERROR, listing("came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "came"


def test_a_create_with_a_short_time_out_is_judged_too(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), SERVER_ERROR, listing("came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS, timeout=0.1).id == "came"


def test_what_the_first_request_made_late_is_announced_even_if_the_second_is_refused(
    server: ScriptedServer, lifecycle: Lifecycle, capfd: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", listing(), listing(), listing(), listing(), listing("late"), path=THE_STREAM)
    server.on("POST", DROPPED, error(422, "playbackIds must not be more than 1"))
    with pytest.raises(errors.InvalidRequestError):
        lifecycle.create(INPUTS)
    assert "playback ID late has appeared" in capfd.readouterr().err


def test_an_old_list_is_no_baseline_for_another_create(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    """A playback ID that somebody else has created since would be taken for ours."""
    server.on("GET", listing(), listing("first", "theirs"), path=THE_STREAM)
    server.on("POST", created("first"), DROPPED)
    lifecycle.create(INPUTS)
    clock.sleep(31)
    with pytest.raises(errors.CreateInDoubtError, match="nothing was made"):
        lifecycle.create(INPUTS)


def test_a_baseline_that_is_old_when_it_is_found_to_be_complete_is_read_anew(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    """It lacks one of ours, and until FastPix confirms that this was deleted, somebody else creates another."""
    server.on("GET", listing(), listing(), listing("theirs"), path=THE_STREAM)
    server.on("GET", throttled("40"), PLAYBACK_ID_NOT_FOUND, path=SINGLE)
    server.on("POST", created("first"), DROPPED)
    lifecycle.create(INPUTS)
    clock.sleep(31)
    with pytest.raises(errors.CreateInDoubtError, match="nothing was made"):
        lifecycle.create(INPUTS)


def test_a_create_that_waited_for_a_rate_limit_takes_a_new_baseline(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), path=THE_STREAM)
    server.on("POST", throttled("60"), created("made"))
    assert lifecycle.create(INPUTS).id == "made"
    assert [request.method for request in server.received] == ["GET", "POST", "GET", "POST"]


def test_a_list_that_lacks_a_created_playback_id_is_no_baseline(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing(), path=THE_STREAM)
    server.on("GET", one("first"), path=SINGLE)
    server.on("POST", created("first"), DROPPED)
    lifecycle.create(INPUTS)
    with pytest.raises(errors.CreateInDoubtError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    with pytest.raises(errors.UnexpectedResponseError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 2


def test_a_create_in_doubt_that_is_asked_for_again_is_not_sent(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    """As upon an error hook of the program. Another resource's is sent."""
    server.on("GET", listing(), BAD_GATEWAY, path=THE_STREAM)
    server.on("POST", DROPPED, created("other"))
    for _ in range(2):
        with pytest.raises(errors.FastPixError) as raised:
            lifecycle.create(INPUTS, urn="urn")
        assert sent(server, "POST") == 1
    assert isinstance(raised.value, errors.CreateInDoubtError)
    assert str(raised.value).startswith("Nothing was sent again: this run has sent a create for this resource already")
    server.on("GET", listing("made"), path=THE_STREAM)
    assert lifecycle.create(INPUTS, urn="urn-of-another").id == "other"
