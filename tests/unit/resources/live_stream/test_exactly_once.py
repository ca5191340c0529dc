"""Streams whose creates are in doubt: one stream for each, or an error that names it. The list has pages of 50."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.live_stream import LIVE_STREAM
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.responses import BAD_GATEWAY, DROPPED, STREAM_NOT_FOUND, error, live_stream, page_of
from support.scripted_server import Reply, ScriptedServer

INPUTS = LIVE_STREAM.check({})[0]
PAGES = "*/live/streams?*"
FIRST, SECOND = "*offset=1&*", "*offset=2&*"
Streams = list[dict[str, Any]]


@pytest.fixture
def lifecycle(client: Client) -> Lifecycle:
    return LIVE_STREAM.lifecycle(Workspace(client))


def stream(number: int, **others: object) -> dict[str, Any]:
    """The stream that was made in that minute."""
    return live_stream(f"s{number}", f"2026-05-20T{number // 60:02}:{number % 60:02}:00.5Z", **others)


def newest_first(first: int, last: int) -> Streams:
    return [stream(number) for number in range(last, first - 1, -1)]


def sent(server: ScriptedServer, method: str, containing: str = "") -> int:
    return sum(request.method == method and containing in request.path for request in server.received)


@pytest.mark.parametrize(
    "lost",
    [
        DROPPED,
        BAD_GATEWAY,
        error(504, "timeout"),
        Reply(201, b"{"),
        Reply(201, {"success": False}),
        Reply(201, {"success": True, "data": {}}),
    ],
    ids=["dropped", "502", "504", "invalid", "success-false", "without-id"],
)
def test_a_stream_whose_response_is_lost_is_claimed_and_announced(
    lost: Reply, server: ScriptedServer, lifecycle: Lifecycle, capfd: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", page_of(*newest_first(1, 2)), page_of(*newest_first(1, 3)))
    server.on("POST", lost)
    made = lifecycle.create(INPUTS)
    announced = capfd.readouterr().err
    assert (made.id, made.state["streamKey"], made.state["playbackId"]) == ("s3", "key-of-s3", "with-s3")
    assert "A live stream has appeared in this workspace since, s3, and is taken" in announced
    assert "key-of" not in announced
    assert "srt-of" not in announced
    assert sent(server, "POST") == 1


@pytest.mark.parametrize("lost", [DROPPED, error(500, "broken"), error(408, "slow")], ids=["dropped", "500", "408"])
def test_a_create_that_made_nothing_is_sent_again_and_announced(
    lost: Reply, server: ScriptedServer, lifecycle: Lifecycle, capfd: pytest.CaptureFixture[str]
) -> None:
    server.on("GET", page_of(*newest_first(1, 2)))
    server.on("POST", lost, Reply(201, {"success": True, "data": stream(3)}))
    assert lifecycle.create(INPUTS).id == "s3"
    keys = {request.headers["Idempotency-Key"] for request in server.received if request.method == "POST"}
    assert (len(keys), sent(server, "POST")) == (1, 2)
    assert "is sent again" in capfd.readouterr().err


def test_what_the_first_request_makes_late_is_announced(
    server: ScriptedServer, lifecycle: Lifecycle, capfd: pytest.CaptureFixture[str]
) -> None:
    before, after = page_of(*newest_first(1, 2)), page_of(*newest_first(1, 4))
    server.on("GET", before, before, before, before, after)
    server.on("POST", DROPPED, Reply(201, {"success": True, "data": stream(4)}))
    assert lifecycle.create(INPUTS).id == "s4"
    assert "live stream s3 has appeared in this workspace, where a create was sent again" in capfd.readouterr().err


def test_a_create_that_may_still_be_carried_out_is_not_sent_again(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", page_of(*newest_first(1, 2)))
    server.on("POST", error(504, "timeout"))
    with pytest.raises(errors.CreateInDoubtError, match=r"may still appear.* a live stream in this workspace"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


def test_streams_that_look_alike_are_named_and_none_is_claimed(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", page_of(*newest_first(1, 2)), page_of(*newest_first(1, 4)))
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match="any of these: s4, s3") as raised:
        lifecycle.create(INPUTS)
    assert "key-of" not in str(raised.value)


@pytest.mark.parametrize(
    "other",
    [
        {"reconnectWindow": 61},
        {"metadata": {"show": "42"}},
        {"maxResolution": "720p"},
        {"mediaPolicy": "private"},
        {"enableDvrMode": True},
        {"enableRecording": False},
        {"playbackIds": [{"id": "p", "accessPolicy": "private"}]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_stream_with_any_other_setting_is_not_claimed(
    other: dict[str, object], server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", page_of(*newest_first(1, 2)), page_of(stream(4, **other), *newest_first(1, 3)))
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s3"


NOT_UNDERSTOOD: list[dict[str, object]] = [{"streamKey": None}, {"maxResolution": 1080}, {"reconnectWindow": "sixty"}]


@pytest.mark.parametrize("other", NOT_UNDERSTOOD, ids=lambda other: next(iter(other)))
def test_a_stream_that_is_not_understood_may_be_what_was_made(
    other: dict[str, object], server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    before = [stream(2, **other), *newest_first(1, 1)]
    server.on("GET", page_of(*before), page_of(stream(3, **other), *before))
    server.on("POST", DROPPED)
    with pytest.raises(errors.PartlyDoneError, match="Live stream s3 was made, but what FastPix answered") as raised:
        lifecycle.create(INPUTS)
    assert (raised.value.id, sent(server, "POST")) == ("s3", 1)


def test_a_stream_that_is_not_understood_and_one_that_looks_alike_are_both_named(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", page_of(*newest_first(1, 2)), page_of(stream(4, streamKey=None), *newest_first(1, 3)))
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match="any of these: s4, s3"):
        lifecycle.create(INPUTS)
    assert sent(server, "POST") == 1


def test_old_streams_that_are_not_understood_are_as_old_as_their_neighbours(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    before = [stream(number) if number % 2 else stream(number, streamKey=None) for number in range(100, 0, -1)]
    after = [stream(101), *before]
    server.on("GET", page_of(*before[:50], total=100), page_of(*after[:50], total=101), path=FIRST)
    server.on("GET", page_of(*after[50:100], total=101), path=SECOND)
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s101"


def test_where_no_stream_shows_when_it_was_created_all_pages_are_read(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    before = [stream(number, createdAt=None) for number in range(60, 0, -1)]
    others = [stream(number, createdAt=None, reconnectWindow=90) for number in range(111, 61, -1)]
    after = [*others, stream(61, createdAt=None), *before]
    server.on("GET", page_of(*before[:50], total=60), page_of(*after[:50], total=111), path=FIRST)
    server.on("GET", page_of(*before[50:], total=60), page_of(*after[50:100], total=111), path=SECOND)
    server.on("GET", page_of(*after[100:], total=111), path="*offset=3&*")
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s61"
    assert sent(server, "POST") == 1


def test_of_many_streams_only_the_newest_page_is_read(server: ScriptedServer, lifecycle: Lifecycle) -> None:
    server.on("GET", page_of(*newest_first(51, 100), total=100), page_of(*newest_first(52, 101), total=101))
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s101"
    assert sent(server, "GET", "offset=2&") <= 1


def test_a_stream_that_others_have_pushed_off_the_first_page_is_found_on_the_second(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    others = [stream(number, reconnectWindow=90) for number in range(152, 101, -1)]
    after = [*others, *newest_first(1, 101)]
    server.on("GET", page_of(*newest_first(51, 100), total=100), page_of(*after[:50], total=152), path=FIRST)
    server.on("GET", page_of(*after[50:100], total=152), path=SECOND)
    server.on("GET", page_of(*after[100:150], total=152), path="*offset=3&*")
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s101"


def test_a_list_is_read_again_if_a_stream_is_deleted_between_two_pages(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    """What is deleted from the first page pulls ours there from the second one, once the first has been read.

    That happens to the last list of the settling period, so that there is no later one that has it.
    """
    others = [stream(number, reconnectWindow=90) for number in range(151, 101, -1)]
    server.on(
        "GET",
        *[page_of(*newest_first(51, 100), total=100)] * 3,
        page_of(*others, total=151),
        page_of(*others[1:], stream(101), total=150),
        path=FIRST,
    )
    server.on("GET", page_of(*newest_first(51, 100), total=150), path=SECOND)
    server.on("GET", page_of(*newest_first(1, 50), total=150), path="*offset=3&*")
    server.on("POST", DROPPED)
    assert lifecycle.create(INPUTS).id == "s101"
    assert sent(server, "POST") == 1


def test_a_list_that_never_stands_still_leaves_the_create_in_doubt(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on(
        "GET", page_of(*newest_first(51, 100), total=100), page_of(*newest_first(151, 200), total=200), path=FIRST
    )
    server.on("GET", page_of(*newest_first(101, 150), total=199), path=SECOND)
    server.on("POST", DROPPED)
    with pytest.raises(errors.CreateInDoubtError, match="streams are being deleted all the while"):
        lifecycle.create(INPUTS)


def test_a_stream_that_was_older_than_the_first_page_is_not_claimed(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    """Fifty are on the first page. Then newer ones are deleted, so that older ones come there."""
    server.on("GET", page_of(*newest_first(51, 100), total=100), page_of(*newest_first(31, 80), total=80))
    server.on("POST", error(504, "timeout"))
    with pytest.raises(errors.CreateInDoubtError, match="may still appear"):
        lifecycle.create(INPUTS)


def test_a_stream_of_the_same_moment_as_the_oldest_on_the_first_page_is_not_claimed(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    oldest, twin = stream(51), {**stream(51), "streamId": "twin"}
    first = [*newest_first(52, 100), oldest]
    server.on("GET", page_of(*first, total=51), page_of(*first[1:], twin, total=50), path=FIRST)
    server.on("GET", page_of(twin, total=51), path=SECOND)
    server.on("POST", error(504, "timeout"))
    with pytest.raises(errors.CreateInDoubtError, match="may still appear"):
        lifecycle.create(INPUTS)


def test_a_list_that_lacks_a_stream_of_ours_leaves_a_create_in_doubt(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on("GET", page_of(*newest_first(1, 2)), path=PAGES)
    server.on("GET", Reply(200, {"success": True, "data": stream(3)}), path="*/s3")
    server.on("POST", Reply(201, {"success": True, "data": stream(3)}), DROPPED)
    lifecycle.create(INPUTS)
    with pytest.raises(errors.CreateInDoubtError, match="lacks live stream s3, which exists"):
        lifecycle.create(INPUTS)


def test_a_list_that_lacks_a_stream_of_ours_that_was_deleted_is_complete(
    server: ScriptedServer, lifecycle: Lifecycle
) -> None:
    server.on(
        "GET", page_of(*newest_first(1, 2)), page_of(*newest_first(1, 2)), page_of(*newest_first(1, 2), stream(4))
    )
    server.on("GET", STREAM_NOT_FOUND, path="*/s3")
    server.on("POST", Reply(201, {"success": True, "data": stream(3)}), DROPPED)
    lifecycle.create(INPUTS)
    assert lifecycle.create(INPUTS).id == "s4"


def test_twenty_streams_with_lost_answers_are_twenty_streams() -> None:
    """Against the sandbox, in real time: a fifth of the answers is lost after the work, a twentieth before it."""
    lost = [Fault(kind="drop", when="after", method="POST", rate=0.2), Fault(kind="drop", method="POST", rate=0.05)]
    with Sandbox(seed=1) as sandbox, ThreadPoolExecutor(8) as pool:
        streams = sandbox.store.live_streams
        before = {one.id for one in streams.list()}
        sandbox.faults.add(*lost)
        settings = Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, retry_for_seconds=8)
        with Client(settings) as client:
            lifecycle = LIVE_STREAM.lifecycle(Workspace(client))
            made = list(pool.map(lambda _: lifecycle.create(INPUTS).id, range(20)))
        assert len(set(made)) == 20
        assert {one.id for one in streams.list()} - before == set(made)
        assert sum(request.outcome != "answered" for request in sandbox.mutating_requests) >= 3
