"""Creates in doubt, against a server that answers what no sandbox would: contradictions, lagging replicas, nonsense."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_playback_id import settling
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed
from pulumi_fastpix.resources.tracking.tracker import StreamTracker
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import Reply, ScriptedServer, scripted_server
from support.still_clock import StillClock

INPUTS = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}
THE_STREAM = f"*/{DEMO_STREAM_ID}"
ONE_PLAYBACK_ID = "*/playback-ids/*"

DROPPED = Reply(None)
GONE = Reply(404, {"success": False, "error": {"code": 404, "message": "stream/playbackId not found"}})
BROKEN = Reply(500, {"success": False, "error": {"code": 500, "message": "internal error"}})


def listing(*playback_ids: str) -> Reply:
    listed = [{"id": playback_id, "accessPolicy": "public"} for playback_id in playback_ids]
    return Reply(200, {"success": True, "data": {"streamId": DEMO_STREAM_ID, "playbackIds": listed}})


def one(playback_id: str) -> Reply:
    return Reply(201, {"success": True, "data": {"id": playback_id, "accessPolicy": "public"}})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        server.on("GET", GONE)
        yield server


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def client(server: ScriptedServer, clock: StillClock) -> Iterator[Client]:
    client = Client(Settings("id", "secret-key", server.base_url), clock)
    yield client
    client.close()


@pytest.fixture
def lifecycle(client: Client) -> Lifecycle:
    return LivePlaybackIdLifecycle(Workspace(client))


def sent(server: ScriptedServer, method: str) -> int:
    return sum(request.method == method for request in server.received)


def test_another_policy_than_was_asked_for_is_named_and_not_kept(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), path=THE_STREAM)
    server.on("POST", one("open"))
    with pytest.raises(errors.CreateInDoubtError, match=r"asked for a private .* and made open, which is public"):
        lifecycle.create({**INPUTS, "accessPolicy": "private"})
    assert sent(server, "POST") == 1


def test_what_comes_and_goes_while_settling_is_named(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    """A replica that lags: the second list lacks what the first one had, and the single read doesn't have it either."""
    server.on("GET", listing(), listing("came"), listing(), listing("came"), path=THE_STREAM)
    server.on("POST", BROKEN, one("again"))
    with pytest.raises(errors.CreateInDoubtError, match="lacks playback ID came, which was there a moment ago"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


def test_an_absurd_retry_after_leaves_nothing_behind(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(502, b"", {"Retry-After": "Tue, 01 Jan 99999999999999999999 00:00:00 GMT"}))
    assert lifecycle.create(INPUTS).id == "came"


@pytest.mark.parametrize("location", ["https://[bad", "/caf\xe9"], ids=["malformed", "in Latin-1"])
def test_a_redirect_that_leads_nowhere_is_one_like_others(
    location: str, server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), Reply(302, b"", {"Location": location}), path=THE_STREAM)
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match=r"can't be determined: .* a redirect to"):
        lifecycle.create(INPUTS)
    with pytest.raises(errors.UnexpectedResponseError, match="a redirect to"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


@pytest.mark.parametrize("status", [300, 302, 303, 304, 307])
def test_a_create_that_is_redirected_may_have_been_carried_out(
    status: int, server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(status, b"", {"Location": "https://login.example/"}))
    assert lifecycle.create(INPUTS).id == "came"
    with pytest.raises(errors.CreateInDoubtError, match="one may still appear"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 2


NONSENSE = {
    "two lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 7\r\nContent-Length: 67\r\n\r\n{}",
    "a list of lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 67, 7\r\n\r\n{}",
    "a chunk of negative size": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
    "a content type without a value": (
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset\r\nContent-Length: 2\r\n\r\nno"
    ),
    "only an interim response": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
    "a body that isn't compressed as it says": (
        b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    ),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
}


# urllib3 forgets to close the connection when it can't make a response of what came.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
def test_whatever_comes_back_the_create_is_judged_and_not_sent_again(
    answer: bytes, server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    server.on("POST", Reply(None, verbatim=answer))
    assert lifecycle.create(INPUTS).id == "came"
    assert sent(server, "POST") == 1
    gc.collect()


def test_no_request_takes_the_rest_of_another_ones_answer_for_its_own(server: ScriptedServer, client: Client) -> None:
    """After an interim answer the final one is still to come on that connection, which must not be used again."""
    final = json.dumps({"success": True}).encode()
    shifted = (
        b"HTTP/1.1 103 Early Hints\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: " + str(len(final)).encode() + b"\r\n\r\n" + final
    )
    server.on("GET", Reply(None, verbatim=shifted), path=THE_STREAM)
    server.on("DELETE", BROKEN)
    with pytest.raises(errors.NoResponseError, match="only an interim response, 103"):
        client.live_streams.get(DEMO_STREAM_ID, client.deadline(0.1))
    with pytest.raises(errors.ServerError):
        client.playback_ids.delete(DEMO_STREAM_ID, "p", client.deadline(0.1))


def test_a_body_that_drips_has_its_time(server: ScriptedServer) -> None:
    with Client(Settings("id", "secret-key", server.base_url, timeout_seconds=0.3)) as impatient:
        began = time.monotonic()
        server.on("GET", Reply(None, drips=b" " * 20_000), path=THE_STREAM)
        with pytest.raises(errors.NoResponseError, match="did not end within"):
            impatient.live_streams.get(DEMO_STREAM_ID, impatient.deadline(0.1))
        assert time.monotonic() - began < 5


def test_a_list_that_a_reader_took_is_no_baseline_either_if_it_is_short(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    server.on("GET", listing(), listing(), path=THE_STREAM)
    server.on("GET", one("first"), path=ONE_PLAYBACK_ID)
    server.on("POST", one("first"), DROPPED)
    first = lifecycle.create(INPUTS)
    clock.sleep(31)
    assert lifecycle.read(first.id, first.state) == first
    with pytest.raises(errors.UnexpectedResponseError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


def test_one_that_is_listed_twice_is_one(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing("came", "came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "came"


def test_one_settling_read_that_fails_is_read_again(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), BROKEN, listing("came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "came"


def test_a_short_time_out_is_no_reason_not_to_look(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), BROKEN, listing("came"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS, timeout=0.1).id == "came"


def test_a_create_after_the_list_has_become_old_is_sent_with_a_new_one(
    server: ScriptedServer, lifecycle: Lifecycle, clock: StillClock
) -> None:
    """What somebody else has made since would be taken for ours."""
    server.on("GET", listing(), listing("first", "theirs"), path=THE_STREAM)
    server.on("POST", one("first"), DROPPED)
    lifecycle.create(INPUTS)
    clock.sleep(31)
    with pytest.raises(errors.CreateInDoubtError, match="one may still appear"):
        lifecycle.create(INPUTS)


def test_waiting_as_fastpix_asks_makes_the_list_old(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    throttled = {"success": False, "error": {"code": 429, "message": "slow down"}}
    server.on("GET", listing(), path=THE_STREAM)
    server.on("POST", Reply(429, throttled, {"Retry-After": "60"}), one("made"))
    assert lifecycle.create(INPUTS).id == "made"
    assert [request.method for request in server.received] == ["GET", "POST", "GET", "POST"]


def test_after_settling_the_next_create_takes_a_new_list(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    """What appeared since the last list of the settling period is not ours, either."""
    server.on("GET", listing(), *[listing("came")] * 4, listing("came", "theirs"), path=THE_STREAM)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "came"
    with pytest.raises(errors.CreateInDoubtError, match="one may still appear"):
        lifecycle.create(INPUTS)


def test_a_list_short_of_what_this_process_made_is_no_baseline(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", listing(), listing(), path=THE_STREAM)
    server.on("GET", one("first"), path=ONE_PLAYBACK_ID)
    server.on("POST", one("first"), DROPPED)
    lifecycle.create(INPUTS)
    with pytest.raises(errors.CreateInDoubtError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    with pytest.raises(errors.UnexpectedResponseError, match="lacks playback ID first, which exists"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 2


def test_a_bug_while_settling_leaves_nothing_unnamed(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creates that another one's thread was to judge are told what was seen."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(settling, "reconcile", broken)
    server.on("GET", listing(), listing("came"), path=THE_STREAM)
    tracker, doubt = (
        StreamTracker(client, DEMO_STREAM_ID),
        Doubt("public", "key", errors.NoResponseError("No answer."), client.deadline()),
    )
    tracker.fresh_list(client.deadline())
    tracker.put_in_doubt(doubt)
    with pytest.raises(ZeroDivisionError):
        settling.Settling(client, tracker, client.deadline()).judge()
    assert isinstance(doubt.outcome, Failed)
    assert isinstance(doubt.outcome.error, errors.CreateInDoubtError)
    assert "Before that failed, came had appeared." in str(doubt.outcome.error)
