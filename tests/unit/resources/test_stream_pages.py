"""Many streams are read with few requests, and none is taken for missing because a page lacks it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import NotFoundError, ServerError
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.responses import live_stream, page_of
from support.scripted_server import Reply, ScriptedServer


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url, retry_for_seconds=1)


@pytest.fixture
def workspace(client: Client) -> Workspace:
    return Workspace(client)


def made(sandbox: Sandbox, number: int) -> list[str]:
    """That many streams, oldest first."""
    return [sandbox.store.live_streams.create() for _ in range(number)]


def read(workspace: Workspace, stream_ids: list[str]) -> None:
    for stream_id in stream_ids:
        assert workspace.stream(stream_id, workspace.client.deadline()).id == stream_id


@pytest.mark.parametrize(
    ("asked", "others", "requests"),
    [
        (1, 0, 1),
        (2, 0, 2),
        (49, 0, 2 + 1),
        (120, 0, 2 + 1 + 1 + 2),
        # The stack's are the oldest of many: after the newest page they are read by themselves.
        (3, 400, 2 + 1 + 1),
        (30, 400, 2 + 1 + 7 + 8),
    ],
)
def test_pages_are_read_once_that_takes_fewer_requests(
    asked: int, others: int, requests: int, workspace: Workspace, sandbox: Sandbox
) -> None:
    own = made(sandbox, asked)
    made(sandbox, others)
    read(workspace, own)
    assert len(sandbox.requests) == requests
    read(workspace, own)
    assert len(sandbox.requests) <= requests + 2


def test_a_page_is_read_once_for_all_threads(workspace: Workspace, sandbox: Sandbox) -> None:
    own = made(sandbox, 40)
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(lambda stream_id: read(workspace, [stream_id]), own))
    assert len(sandbox.requests) == 3


def test_a_stream_that_no_page_has_is_asked_for_by_itself(workspace: Workspace, sandbox: Sandbox) -> None:
    own = made(sandbox, 4)
    read(workspace, own[:2])
    sandbox.store.live_streams.delete(own[3])
    with pytest.raises(NotFoundError):
        workspace.stream(own[3], workspace.client.deadline())
    (later,) = made(sandbox, 1)
    read(workspace, [later])


def test_our_own_change_is_seen(workspace: Workspace, sandbox: Sandbox) -> None:
    own = made(sandbox, 3)
    read(workspace, own)
    with workspace.tracker(own[0]).changing():
        new = sandbox.store.playback_ids.create(own[0])
    assert new in workspace.stream(own[0], workspace.client.deadline()).by_id
    with workspace.streams.deleting(own[1]), workspace.tracker(own[1]).changing():
        sandbox.store.live_streams.delete(own[1])
    with pytest.raises(NotFoundError):
        workspace.stream(own[1], workspace.client.deadline())


def test_a_list_that_is_not_understood_is_done_without(workspace: Workspace, sandbox: Sandbox) -> None:
    own = made(sandbox, 5)
    sandbox.faults.add(Fault(kind="broken-body", body="invalid-json", method="GET", path="*/streams"))
    read(workspace, own[:3])
    before = len(sandbox.requests)
    read(workspace, own[3:])
    assert len(sandbox.requests) == before + 2


def test_a_page_may_lack_streams(server: ScriptedServer, settings: Settings) -> None:
    """FastPix counts more than it lists."""
    ids = [f"s{number}" for number in range(6)]
    server.on("GET", page_of(*(live_stream(id_) for id_ in ids), total=7), path="*/live/streams[?]*")
    for id_ in ids:
        server.on("GET", Reply(200, {"success": True, "data": live_stream(id_)}), path=f"*/{id_}")
    with Client(replace(settings, base_url=server.base_url)) as client:
        read(Workspace(client), ids)
    assert [request.path.split("?")[0].split("/")[-1] for request in server.received] == ["s0", "s1", "streams"]


def test_an_outage_fails(workspace: Workspace, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="status", status=503))
    for stream_id in (*made(sandbox, 3), DEMO_STREAM_ID):
        with pytest.raises(ServerError):
            workspace.stream(stream_id, workspace.client.deadline())
