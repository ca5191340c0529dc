"""Calls as users write them: mypy and pyright accept every one, and know the types of what comes of it.

Never run. `make lint` checks it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

import pulumi
from typing_extensions import assert_type

import pulumi_fastpix as fastpix
from pulumi_fastpix import native
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, LoggedRequest, Sandbox, Switches


def keywords() -> None:
    playback = fastpix.LivePlaybackId("main", stream_id=DEMO_STREAM_ID, access_policy="private")
    assert_type(playback, fastpix.LivePlaybackId)
    assert_type(playback.id, pulumi.Output[str])
    assert_type(playback.stream_id, pulumi.Output[str])
    assert_type(playback.access_policy, pulumi.Output[str])
    assert_type(playback.hls_url, pulumi.Output[str])
    pulumi.export("watch", playback.hls_url)
    pulumi.export("page", pulumi.Output.concat("https://player.example/?src=", playback.hls_url))


def what_is_there(stream: fastpix.LiveStream, studio: fastpix.Provider, native_one: native.Provider) -> None:
    for one in fastpix.get_live_streams().live_streams:
        assert_type(one.metadata, Mapping[str, str] | None)
        assert_type([shown.hls_url for shown in one.playback_ids], list[str])
    assert_type(fastpix.get_live_playback_ids("stream").live_playback_ids[0].id, str)
    found = fastpix.get_live_playback_ids_output(stream.id, pulumi.InvokeOutputOptions(depends_on=[stream]))
    assert_type(found, pulumi.Output[fastpix.GetLivePlaybackIdsResult])
    fastpix.get_signing_keys_output(pulumi.InvokeOptions(provider=studio))
    native.get_live_streams_output(pulumi.InvokeOptions(provider=native_one))


def inputs_from_elsewhere(config: pulumi.Config, reference: pulumi.StackReference) -> None:
    fastpix.LivePlaybackId("plain", stream_id=config.require("streamId"), access_policy=config.get("policy"))
    fastpix.LivePlaybackId("secret", stream_id=config.require_secret("streamId"))
    fastpix.LivePlaybackId("referenced", stream_id=reference.require_output("streamId"))
    first = fastpix.LivePlaybackId("first", stream_id=DEMO_STREAM_ID)
    fastpix.LivePlaybackId("second", stream_id=first.stream_id, access_policy=first.access_policy)


def arguments_in_one_object(opts: pulumi.ResourceOptions) -> None:
    arguments = fastpix.LivePlaybackIdArgs(stream_id=DEMO_STREAM_ID, access_policy="public")
    fastpix.LivePlaybackId("main", arguments)
    fastpix.LivePlaybackId("positional", arguments, opts)
    assert_type(fastpix.LivePlaybackId("named", args=arguments, opts=opts), fastpix.LivePlaybackId)


def access_restrictions(policy: str, domains: list[str], config: pulumi.Config) -> None:
    playback = fastpix.LivePlaybackId(
        "dict",
        stream_id=DEMO_STREAM_ID,
        access_restrictions={
            "domains": {"default_policy": "deny", "allow": ["partner.example"]},
            "user_agents": {"deny": ["curl/"]},
        },
    )
    assert_type(playback.access_restrictions, pulumi.Output[fastpix.AccessRestrictions | None])
    fastpix.LivePlaybackId(
        "args",
        stream_id=DEMO_STREAM_ID,
        access_policy=fastpix.AccessPolicy.PRIVATE,
        access_restrictions=fastpix.AccessRestrictionsArgs(
            domains=fastpix.AccessRulesArgs(default_policy=fastpix.DefaultPolicy.DENY, allow=domains),
            user_agents={"default_policy": policy, "allow": domains},
        ),
    )
    allow: pulumi.Input[Sequence[pulumi.Input[str]]] = [config.require_secret("domain"), "*.partner.example"]
    rules: fastpix.AccessRulesArgsDict = {"default_policy": pulumi.Output.from_input("deny"), "allow": allow}
    fastpix.LivePlaybackId("typed", stream_id=DEMO_STREAM_ID, access_restrictions={"domains": rules})
    fastpix.LivePlaybackId(
        "mixed", stream_id=DEMO_STREAM_ID, access_restrictions={"domains": fastpix.AccessRulesArgs(deny=domains)}
    )
    fastpix.LivePlaybackId(
        "output",
        stream_id=DEMO_STREAM_ID,
        access_restrictions=pulumi.Output.from_input(policy).apply(
            lambda known: fastpix.AccessRestrictionsArgs(domains={"default_policy": known})
        ),
    )
    fastpix.LivePlaybackId("options second", pulumi.ResourceOptions(protect=True), stream_id=DEMO_STREAM_ID)
    allowed = playback.access_restrictions.apply(lambda known: (known or {}).get("domains", {}).get("allow", []))
    assert_type(allowed, pulumi.Output[list[str]])


def live_streams(config: pulumi.Config, window: pulumi.Output[int], names: dict[str, str]) -> None:
    stream = fastpix.LiveStream("concert", access_policy="private", reconnect_window=300, metadata={"show": "42"})
    assert_type(stream, fastpix.LiveStream)
    assert_type(stream.id, pulumi.Output[str])
    assert_type(stream.stream_key, pulumi.Output[str])
    assert_type(stream.playback_id, pulumi.Output[str | None])
    assert_type(stream.hls_url, pulumi.Output[str | None])
    assert_type(stream.reconnect_window, pulumi.Output[int])
    assert_type(stream.metadata, pulumi.Output[dict[str, str] | None])
    assert_type(stream.access_restrictions, pulumi.Output[fastpix.AccessRestrictions | None])
    fastpix.LivePlaybackId("partner", stream_id=stream.id, access_policy=stream.access_policy)
    fastpix.LiveStream("all defaults")
    fastpix.LiveStream("options second", pulumi.ResourceOptions(protect=True), metadata=names)
    fastpix.LiveStream(
        "typed",
        access_policy=fastpix.AccessPolicy.PRIVATE,
        access_restrictions={"domains": {"default_policy": "deny", "allow": ["partner.example"]}},
        max_resolution=fastpix.MaxResolution.P720,
        reconnect_window=window,
        media_policy=config.get("mediaPolicy"),
        metadata={"show": stream.id, "secret": config.require_secret("note")},
        enable_dvr_mode=config.get_bool("dvr"),
        enable_recording=False,
    )
    arguments = fastpix.LiveStreamArgs(max_resolution="480p", metadata=stream.metadata)
    fastpix.LiveStream("args", arguments, pulumi.ResourceOptions(deleted_with=stream))
    assert_type(native.LiveStream("native", args=arguments), native.LiveStream)
    assert_type(fastpix.LiveStream.get("shared", stream.id), fastpix.LiveStream)
    native.LiveStream.get("of several", id=DEMO_STREAM_ID, playback_id=stream.playback_id)


def signing_keys(config: pulumi.Config, names: pulumi.Output[str]) -> None:
    key = fastpix.SigningKey("viewers", rotation="2026-11")
    assert_type(key, fastpix.SigningKey)
    assert_type(key.id, pulumi.Output[str])
    assert_type(key.private_key, pulumi.Output[str])
    assert_type(key.public_key, pulumi.Output[str])
    assert_type(key.rotation, pulumi.Output[str | None])
    assert_type(key.created_at, pulumi.Output[str | None])
    fastpix.SigningKey("all defaults")
    fastpix.SigningKey("options second", pulumi.ResourceOptions(protect=True), rotation=config.get("rotation"))
    fastpix.SigningKey("args", fastpix.SigningKeyArgs(rotation=names), pulumi.ResourceOptions())
    assert_type(native.SigningKey("native", args=fastpix.SigningKeyArgs()), native.SigningKey)
    assert_type(fastpix.SigningKey.get("shared", key.id), fastpix.SigningKey)
    until = datetime(2026, 12, 1, tzinfo=timezone.utc)
    playback = fastpix.LivePlaybackId("private", stream_id=DEMO_STREAM_ID, access_policy="private")
    assert_type(playback.signed_hls_url(key, expires_at=until), pulumi.Output[str])
    assert_type(fastpix.LiveStream("concert").signed_hls_url(key, expires_at=until), pulumi.Output[str | None])
    native.LivePlaybackId("other", stream_id=DEMO_STREAM_ID).signed_hls_url(native.SigningKey("k"), expires_at=until)


def somebody_elses(reference: pulumi.StackReference) -> None:
    shared = fastpix.LivePlaybackId.get("shared", "5f3c", stream_id=DEMO_STREAM_ID)
    assert_type(shared, fastpix.LivePlaybackId)
    outputs = reference.require_output("playbackId"), reference.require_output("streamId")
    fastpix.LivePlaybackId.get("by position", "5f3c", pulumi.ResourceOptions(), stream_id=DEMO_STREAM_ID)
    fastpix.LivePlaybackId.get("referenced", id=outputs[0], stream_id=outputs[1], opts=pulumi.ResourceOptions())


def second_account(config: pulumi.Config) -> None:
    studio = fastpix.Provider(
        "studio",
        access_token_id=config.require("accessTokenId"),
        secret_key=config.require_secret("secretKey"),
        base_url=config.get("baseUrl"),
        timeout_seconds=10,
        retry_for_seconds=90.5,
        opts=pulumi.ResourceOptions(protect=True),
    )
    fastpix.LivePlaybackId("main", stream_id=DEMO_STREAM_ID, opts=pulumi.ResourceOptions(provider=studio))


def native_provider() -> None:
    studio = native.Provider("studio", access_token_id="id", secret_key=pulumi.Output.secret("key"))
    playback = native.LivePlaybackId(
        "main", stream_id=DEMO_STREAM_ID, opts=pulumi.ResourceOptions(provider=studio, depends_on=[studio])
    )
    assert_type(playback.hls_url, pulumi.Output[str])
    # The arguments are the same class, so that changing the import is all it takes.
    native.LivePlaybackId("other", fastpix.LivePlaybackIdArgs(stream_id=playback.stream_id))
    assert_type(native.LivePlaybackId.get("shared", "5f3c", stream_id=DEMO_STREAM_ID), native.LivePlaybackId)


class Audience(fastpix.LivePlaybackId):
    """A class of the user's own keeps its type."""

    @classmethod
    def shared(cls, stream_id: pulumi.Input[str]) -> Audience:
        return cls.get("shared", "5f3c", stream_id=stream_id)


def many(audiences: Sequence[str], stream_id: pulumi.Input[str]) -> pulumi.Output[dict[str, str]]:
    made = {name: Audience(name, stream_id=stream_id) for name in audiences}
    return pulumi.Output.all(**{name: playback.hls_url for name, playback in made.items()})


def sandbox_in_tests() -> None:
    faults = [Fault(kind="status", status=502, body="html", method="POST", times=1)]
    with Sandbox(
        "sandbox.db", seed=1, latency=0.1, faults=faults, switches=Switches(stream_status="active")
    ) as sandbox:
        sandbox.faults.add(Fault(kind="drop", when="after", rate=0.5))
        sandbox.switches.max_playback_ids = 3
        subprocess.run(["pulumi", "up"], env=os.environ | sandbox.environment(), check=True)
        assert_type(sandbox.requests, list[LoggedRequest])
        assert_type([request.status for request in sandbox.mutating_requests], list[int | None])


def failures(error: fastpix.errors.FastPixError) -> str:
    if isinstance(error, fastpix.errors.RefusedError):
        assert_type(error.refusal.status, int)
        assert_type(error.refusal.retry_after, float | None)
        return error.refusal.ray
    if isinstance(error, fastpix.errors.UnexpectedResponseError):
        assert_type(error.status, int)
    return error.happened
