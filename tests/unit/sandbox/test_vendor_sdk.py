"""FastPix's own Python SDK works against the sandbox, with its retries on, as its users have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastpix_python import Fastpix, errors, models

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_fastpix.sandbox import Sandbox


@pytest.fixture
def fastpix(sandbox: Sandbox) -> Iterator[Fastpix]:
    security = models.Security(username=sandbox.access_token_id, password=sandbox.secret_key)
    with Fastpix(security=security, server_url=sandbox.base_url + "/", timeout_ms=10_000) as client:
        yield client


def test_the_sdk_creates_reads_lists_and_deletes_streams(fastpix: Fastpix) -> None:
    created = fastpix.start_live_stream.create_new_stream(
        playback_settings={"access_policy": "private"},
        input_media_settings={"metadata": {"name": "from the SDK"}, "reconnect_window": 120},
    ).data
    assert created is not None
    assert created.stream_id is not None
    assert created.reconnect_window == 120
    assert created.playback_ids is not None
    assert [one.access_policy for one in created.playback_ids] == ["private"]

    read = fastpix.manage_live_stream.get_live_stream_by_id(stream_id=created.stream_id).data
    assert read is not None
    assert (read.stream_id, read.stream_key) == (created.stream_id, created.stream_key)

    listed = fastpix.manage_live_stream.get_all_streams(limit=1)
    assert listed.data is not None
    assert [one.stream_id for one in listed.data] == [created.stream_id]
    assert listed.pagination is not None
    assert (listed.pagination.total_records, listed.pagination.offset_count) == (2, 2)

    assert fastpix.manage_live_stream.delete_live_stream(stream_id=created.stream_id).success
    with pytest.raises(errors.FastpixError) as refused:
        fastpix.manage_live_stream.get_live_stream_by_id(stream_id=created.stream_id)
    assert refused.value.status_code == 404


def test_the_sdk_creates_reads_and_deletes_playback_ids(sandbox: Sandbox, fastpix: Fastpix) -> None:
    live = fastpix.live_playback
    default = live.create_playback_id_of_stream(stream_id=DEMO_STREAM_ID).data
    private = live.create_playback_id_of_stream(stream_id=DEMO_STREAM_ID, access_policy="private").data
    assert default is not None
    assert private is not None
    assert private.id is not None
    assert (default.access_policy, private.access_policy) == ("public", "private")
    read = live.get_live_stream_playback_id(stream_id=DEMO_STREAM_ID, playback_id=private.id).data
    assert read == private
    assert live.delete_playback_id_of_stream(stream_id=DEMO_STREAM_ID, playback_id=private.id).success
    assert [one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)][1:] == [default.id]
    for call in (live.get_live_stream_playback_id, live.delete_playback_id_of_stream):
        with pytest.raises(errors.FastpixError) as refused:
            call(stream_id=DEMO_STREAM_ID, playback_id=private.id)
        assert refused.value.status_code == 404


def test_the_sdk_sets_and_changes_access_restrictions(fastpix: Fastpix) -> None:
    live = fastpix.live_playback
    made = live.create_playback_id_of_stream(
        stream_id=DEMO_STREAM_ID, access_restrictions={"user_agents": {"deny": ["curl"]}}
    ).data
    assert made is not None
    assert made.id is not None
    changed = live.update_live_stream_domain_restrictions(
        stream_id=DEMO_STREAM_ID, playback_id=made.id, default_policy="deny", allow=["example.com"]
    ).data
    assert changed is not None
    assert (changed.default_policy, changed.allow, changed.deny) == ("deny", ["example.com"], [])
    live.update_live_stream_user_agent_restrictions(stream_id=DEMO_STREAM_ID, playback_id=made.id, allow=["VLC"])
    read = live.get_live_stream_playback_id(stream_id=DEMO_STREAM_ID, playback_id=made.id).data
    assert read is not None
    assert read.access_restrictions is not None
    assert read.access_restrictions.domains is not None
    assert read.access_restrictions.domains.allow == ["example.com"]
    assert read.access_restrictions.user_agents is not None
    assert (read.access_restrictions.user_agents.allow, read.access_restrictions.user_agents.deny) == (["VLC"], [])


def test_the_retries_of_the_sdk_duplicate_a_create_that_was_executed(sandbox: Sandbox, fastpix: Fastpix) -> None:
    """The reason why the provider has its own client."""
    sandbox.faults.add(Fault(kind="status", status=502, body="html", when="after", method="POST", times=1))
    fastpix.live_playback.create_playback_id_of_stream(stream_id=DEMO_STREAM_ID)
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1 + 2
