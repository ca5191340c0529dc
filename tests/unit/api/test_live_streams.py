"""All streams of a workspace are read in pages, while others create and delete streams."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import UnexpectedResponseError
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.scripted_server import Reply, ScriptedServer


@pytest.fixture
def workspace(sandbox: Sandbox) -> Iterator[Client]:
    with Client(Settings(sandbox.access_token_id, sandbox.secret_key, sandbox.base_url)) as client:
        yield client


def streams(sandbox: Sandbox, number: int) -> list[str]:
    """That many streams, the demo stream included, the oldest first."""
    return [DEMO_STREAM_ID, *(sandbox.store.live_streams.create() for _ in range(number - 1))]


@pytest.mark.parametrize(("number", "requests"), [(1, 1), (50, 1), (51, 3), (120, 4)])
def test_each_stream_is_listed_once(number: int, requests: int, sandbox: Sandbox, workspace: Client) -> None:
    created = streams(sandbox, number)
    listed = [stream for page in workspace.live_streams.pages() for stream in page.streams]
    assert sorted(stream.stream_id for stream in listed) == sorted(created)
    assert all(len(stream.playback_ids) == 1 for stream in listed)
    assert len(sandbox.requests) == requests


def test_a_workspace_without_streams_has_one_empty_page(sandbox: Sandbox, workspace: Client) -> None:
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    assert [page.streams for page in workspace.live_streams.pages()] == [()]


def test_streams_that_are_deleted_and_created_meanwhile_make_none_missing(sandbox: Sandbox, workspace: Client) -> None:
    created = streams(sandbox, 160)
    deleted: list[str] = []
    listed: list[str] = []
    for page in workspace.live_streams.pages():
        listed += [stream.stream_id for stream in page.streams]
        # The first of what is still to be read, so that those behind it move to other pages; and one that was read.
        for stream_id in (created[3 + page.number], created[-page.number]):
            sandbox.store.live_streams.delete(stream_id)
            deleted.append(stream_id)
        sandbox.store.live_streams.create()
    assert len(listed) == len(set(listed))
    assert set(listed) >= set(created) - set(deleted)


def test_a_page_that_lacks_streams_is_read_again_and_then_refused(server: ScriptedServer, client: Client) -> None:
    lacking = {"success": True, "data": [], "pagination": {"totalRecords": 1, "currentOffset": 1, "offsetCount": 1}}
    complete = {**lacking, "data": [{"streamId": DEMO_STREAM_ID}]}
    server.on("GET", Reply(200, lacking), Reply(200, complete))
    (page,) = client.live_streams.pages()
    assert [stream.stream_id for stream in page.streams] == [DEMO_STREAM_ID]
    server.on("GET", Reply(200, lacking))
    with pytest.raises(UnexpectedResponseError, match="page 1 has 0 streams, but 1 of 1 belong there"):
        next(client.live_streams.pages())
