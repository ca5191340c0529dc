"""FastPix's own Python SDK works against the sandbox, with its retries on, as its users have them."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import pytest
from fastpix_python import Fastpix, errors, models

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastpix_python.types import BaseModel

    from pulumi_fastpix.sandbox import Sandbox

SERVED = {"start_live_stream", "manage_live_stream", "live_playback", "simulcast_stream", "signing_keys"}
"""The parts of the SDK that call FastPix's live API, and that for signing keys."""
_Value = TypeVar("_Value")
OTHERS = {*inspect.get_annotations(Fastpix)} - SERVED


@pytest.fixture
def fastpix(sandbox: Sandbox) -> Iterator[Fastpix]:
    security = models.Security(username=sandbox.access_token_id, password=sandbox.secret_key)
    with Fastpix(security=security, server_url=sandbox.base_url + "/", timeout_ms=10_000) as client:
        yield client


def refusals(part: object) -> dict[str, tuple[int, str] | None]:
    """The status and body that refuse each method of this part of the SDK, None for a success.

    The methods are called with nothing but the arguments that they require.
    """
    found: dict[str, tuple[int, str] | None] = {}
    for name in vars(type(part)):
        if name.startswith("_") or name.endswith("_async"):
            continue
        method = getattr(part, name)
        parameters = inspect.signature(method).parameters.values()
        required = {one.name: argument(one.annotation) for one in parameters if one.default is one.empty}
        found[name] = None
        try:
            method(**required)
        except errors.FastpixError as error:
            found[name] = (error.status_code, error.body)
        except errors.ValidationErrorResponse as error:
            found[name] = (422, error.http_res.text)
    return found


def argument(annotation: Any) -> Any:
    """Something valid for a required parameter."""
    if annotation in {str, bool}:
        return annotation("x")
    first, *_ = get_args(annotation)
    if get_origin(annotation) is list:
        return [argument(first)]
    if get_origin(first) is list:  # the inputs of a media
        return [{"type": "video", "url": "https://example.com/video.mp4"}]
    return first if isinstance(first, str) else {}  # of a choice of texts, or a model that may be empty


@pytest.mark.parametrize("part", sorted(SERVED))
def test_each_served_method_of_the_sdk_is_answered_as_by_fastpix(part: str, fastpix: Fastpix) -> None:
    found = refusals(getattr(fastpix, part))
    assert found
    for name, refusal in found.items():
        assert refusal is None or (refusal[0] in {404, 422} and '"success":false' in refusal[1]), name


@pytest.mark.parametrize("part", sorted(OTHERS))
def test_every_other_method_of_the_sdk_is_answered_with_not_implemented(part: str, fastpix: Fastpix) -> None:
    found = refusals(getattr(fastpix, part))
    assert found
    for name, refusal in found.items():
        assert refusal is not None
        status, body = refusal
        assert status == 501, name
        assert body.startswith('{"sandbox":"The sandbox does not serve '), name


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


def test_the_sdk_creates_lists_reads_and_deletes_signing_keys(sandbox: Sandbox, fastpix: Fastpix) -> None:
    keys = fastpix.signing_keys
    created = keys.create_signing_key().data
    assert created is not None
    assert created.id is not None
    assert created.private_key
    listed = keys.list_signing_keys(limit=1).data
    assert listed is not None
    assert [one.id for one in listed] == [created.id]
    read = keys.get_signing_key_by_id(signing_key_id=created.id).data
    assert read is not None
    assert read.public_key == sandbox.store.signing_keys.get(created.id).public_key
    assert keys.delete_signing_key(signing_key_id=created.id).success
    with pytest.raises(errors.FastpixError) as refused:
        keys.get_signing_key_by_id(signing_key_id=created.id)
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


def given(value: _Value | None) -> _Value:
    """The value of a field, all of which are optional in the SDK's models."""
    assert value is not None
    return value


def test_the_sdk_changes_streams_and_their_status(sandbox: Sandbox, fastpix: Fastpix) -> None:
    live, stream_id = fastpix.manage_live_stream, DEMO_STREAM_ID
    changed = given(live.update_live_stream(stream_id=stream_id, metadata={"a": "b"}, reconnect_window=100).data)
    assert (changed.metadata, changed.reconnect_window, changed.status) == ({"a": "b"}, 100, "idle")
    assert live.disable_live_stream(stream_id=stream_id).success
    with pytest.raises(errors.StreamAlreadyDisabledError, match="stream already disabled"):
        live.disable_live_stream(stream_id=stream_id)
    with pytest.raises(errors.FastpixError, match="stream cannot be updated"):
        live.update_live_stream(stream_id=stream_id, metadata={})
    assert live.enable_live_stream(stream_id=stream_id).success
    with pytest.raises(errors.FastpixError, match="stream is already enabled"):
        live.enable_live_stream(stream_id=stream_id)
    with pytest.raises(errors.FastpixError, match="stream cannot be completed"):
        live.complete_live_stream(stream_id=stream_id)
    sandbox.store.live_streams.set_status(stream_id, "active")
    assert live.complete_live_stream(stream_id=stream_id).success
    read = given(live.get_live_stream_by_id(stream_id=stream_id).data)
    assert (read.status, read.metadata, read.reconnect_window) == ("idle", {"a": "b"}, 100)
    assert given(live.get_live_stream_viewer_count_by_id(stream_id=stream_id).data).views == 0


def test_the_sdk_resets_a_reconnect_window_that_its_caller_leaves_out(fastpix: Fastpix) -> None:
    """A reason to send both fields always: the SDK sends its default for this one."""
    live = fastpix.manage_live_stream
    live.update_live_stream(stream_id=DEMO_STREAM_ID, reconnect_window=300)
    assert given(live.update_live_stream(stream_id=DEMO_STREAM_ID, metadata={}).data).reconnect_window == 60


def test_the_sdk_creates_reads_changes_and_deletes_simulcasts(fastpix: Fastpix) -> None:
    simulcasts, stream_id = fastpix.simulcast_stream, DEMO_STREAM_ID
    made = given(
        simulcasts.create_simulcast_of_stream(
            stream_id=stream_id, url="rtmps://example.com/live", stream_key="theirs", metadata={"a": "b"}
        ).data
    )
    simulcast_id = given(made.simulcast_id)
    read = simulcasts.get_specific_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id).data
    assert read == made
    stream = given(fastpix.manage_live_stream.get_live_stream_by_id(stream_id=stream_id).data)
    assert stream.simulcast_responses == [made]
    changed = given(
        simulcasts.update_specific_simulcast_of_stream(
            stream_id=stream_id, simulcast_id=simulcast_id, is_enabled=False
        ).data
    )
    assert (changed.is_enabled, changed.stream_key, changed.metadata) == (False, "theirs", {"a": "b"})
    assert simulcasts.delete_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id).success
    with pytest.raises(errors.NotFoundErrorSimulcast, match="stream/simulcast not found"):
        simulcasts.get_specific_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id)


def printed(response: BaseModel) -> Any:
    """A response as the SDK's examples print it."""
    return json.loads(json.dumps(response.model_dump(mode="json", by_alias=True, exclude_unset=True)))


def test_what_the_sdks_example_of_a_live_stream_does_succeeds_in_its_order(sandbox: Sandbox, fastpix: Fastpix) -> None:
    """`examples/live_streaming.py` in FastPix's repository of the SDK."""
    live, playback = fastpix.manage_live_stream, fastpix.live_playback
    stream = fastpix.start_live_stream.create_new_stream(
        playback_settings={},
        input_media_settings={"metadata": {"livestream_name": "fastpix_livestream"}, "enable_recording": True},
    )
    assert printed(stream)["data"]["metadata"] == {"livestream_name": "fastpix_livestream"}
    stream_id = given(given(stream.data).stream_id)
    made = playback.create_playback_id_of_stream(stream_id=stream_id, access_policy="public")
    assert printed(made)["data"]["accessPolicy"] == "public"
    rules = playback.update_live_stream_domain_restrictions(
        stream_id=stream_id,
        playback_id=given(given(made.data).id),
        default_policy="deny",
        allow=["example.com"],
        deny=[],
    )
    assert printed(rules)["data"] == {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    assert len(printed(live.get_live_stream_by_id(stream_id=stream_id))["data"]["playbackIds"]) == 2
    renamed = live.update_live_stream(
        stream_id=stream_id, metadata={"livestream_name": "renamed_stream"}, reconnect_window=100
    )
    assert printed(renamed)["data"]["metadata"] == {"livestream_name": "renamed_stream"}
    for call in (live.disable_live_stream, live.enable_live_stream, live.delete_live_stream):
        assert printed(call(stream_id=stream_id)) == {"success": True}
    assert {request.status for request in sandbox.requests} == {200, 201}


def test_what_the_sdks_example_of_a_simulcast_does_succeeds_if_its_metadata_may_change(
    sandbox: Sandbox, fastpix: Fastpix
) -> None:
    """`examples/simulcasting.py`. FastPix's plugin for WordPress observed that a change of metadata is refused."""
    simulcasts = fastpix.simulcast_stream
    stream = fastpix.start_live_stream.create_new_stream(
        playback_settings={}, input_media_settings={"metadata": {"livestream_name": "fastpix_livestream"}}
    )
    stream_id = given(given(stream.data).stream_id)
    simulcast = simulcasts.create_simulcast_of_stream(
        stream_id=stream_id,
        url="rtmps://a.rtmp.youtube.com/live2",
        stream_key="your-destination-stream-key",
        metadata={"livestream_name": "Tech-Connect Summit"},
    )
    assert printed(simulcast)["data"]["isEnabled"] is True
    simulcast_id = given(given(simulcast.data).simulcast_id)

    def change() -> BaseModel:
        return simulcasts.update_specific_simulcast_of_stream(
            stream_id=stream_id, simulcast_id=simulcast_id, is_enabled=True, metadata={"simulcast_name": "Tech today"}
        )

    with pytest.raises(errors.FastpixError, match="payload validation failed"):
        change()
    sandbox.switches.simulcast_update = "with-metadata"
    assert printed(change())["data"]["metadata"] == {"simulcast_name": "Tech today"}
    assert simulcasts.delete_simulcast_of_stream(stream_id=stream_id, simulcast_id=simulcast_id).success
    assert fastpix.manage_live_stream.delete_live_stream(stream_id=stream_id).success


def test_the_retries_of_the_sdk_duplicate_a_create_that_was_executed(sandbox: Sandbox, fastpix: Fastpix) -> None:
    """The reason why the provider has its own client."""
    sandbox.faults.add(Fault(kind="status", status=502, body="html", when="after", method="POST", times=1))
    fastpix.live_playback.create_playback_id_of_stream(stream_id=DEMO_STREAM_ID)
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1 + 2
