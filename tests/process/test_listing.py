"""The plugin's functions, and the list that `pulumi do` asks for: through the plugin's own process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.forked_python import forked
from support.provider_process import ProviderProcess, ProviderProcessError, serving

HAS_LIST = hasattr(provider_pb2, "ListRequest")
"""The oldest protocol allowed has none, so that Pulumi asks no provider of such an SDK."""


@pytest.fixture
def plugin(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    command = [
        forked("python"),
        "-c",
        "from pulumi_fastpix.native.serve import main; main()",
        "127.0.0.1:1",
    ]
    with serving(command, sandbox.environment()) as process:
        yield process


def test_functions_list_what_a_workspace_has(plugin: ProviderProcess, sandbox: Sandbox) -> None:
    key = sandbox.store.signing_keys.create()
    (playback_id,) = plugin.invoke("getLivePlaybackIds", {"streamId": DEMO_STREAM_ID})["livePlaybackIds"]
    assert playback_id == {
        "id": sandbox.store.live_streams.get(DEMO_STREAM_ID).playback_ids[0][0],
        "accessPolicy": "public",
        "hlsUrl": f"https://stream.fastpix.com/{playback_id['id']}.m3u8",
    }
    (stream,) = plugin.invoke("getLiveStreams", {})["liveStreams"]
    assert (stream["id"], stream["playbackIds"], stream["reconnectWindow"]) == (DEMO_STREAM_ID, [playback_id], 60)
    assert [one["id"] for one in plugin.invoke("getSigningKeys", {})["signingKeys"]] == [key.id]


def test_an_expected_error_of_a_function_is_one_line(plugin: ProviderProcess) -> None:
    with pytest.raises(ProviderProcessError) as raised:
        plugin.invoke("getLivePlaybackIds", {"streamId": "0" * 32})
    assert str(raised.value).startswith("Could not read stream 000")
    assert "\n" not in str(raised.value)
    with pytest.raises(ProviderProcessError, match="has no function fastpix:index:getUnheard"):
        plugin.invoke("getUnheard", {})


if HAS_LIST:

    def test_a_list_gives_what_an_import_takes(plugin: ProviderProcess, sandbox: Sandbox) -> None:
        (playback_id, _), *_ = sandbox.store.live_streams.get(DEMO_STREAM_ID).playback_ids
        listed = plugin.list("LivePlaybackId", {"streamId": DEMO_STREAM_ID})
        assert listed == [(f"{DEMO_STREAM_ID}/{playback_id}", playback_id)]
        newer = [sandbox.store.live_streams.create() for _ in range(3)]
        assert plugin.list("LiveStream", {}) == [(one, one) for one in (*reversed(newer), DEMO_STREAM_ID)]
        assert plugin.list("LiveStream", {}, limit=2) == [(one, one) for one in (newer[2], newer[1])]
        assert plugin.list("SigningKey", {}) == []

    def test_an_expected_error_of_a_list_is_one_line(plugin: ProviderProcess) -> None:
        with pytest.raises(ProviderProcessError) as raised:
            plugin.list("LivePlaybackId", {"streamId": "0" * 32})
        assert str(raised.value).startswith("Could not read stream 000")
        assert "\n" not in str(raised.value)
