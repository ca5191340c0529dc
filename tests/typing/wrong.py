"""Mistakes that users make: mypy and pyright each refuse every one.

Never run. `make lint` checks it: where a checker has nothing to refuse, it complains of the comment that silences it.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pulumi

import pulumi_fastpix as fastpix
from pulumi_fastpix import native
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox, Switches

ARGUMENTS = fastpix.LivePlaybackIdArgs(stream_id=DEMO_STREAM_ID)
RULES = fastpix.AccessRulesArgs(deny=["elsewhere.example"])
OPTIONS = pulumi.ResourceOptions()
UNTIL = datetime(2026, 12, 1, tzinfo=timezone.utc)
PLAYBACK = fastpix.LivePlaybackId("main", ARGUMENTS)
SANDBOX = Sandbox()


def declarations() -> None:
    fastpix.LivePlaybackId("no stream")  # type: ignore[call-overload]
    fastpix.LivePlaybackId("stream by position", DEMO_STREAM_ID)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("a number", stream_id=7)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("camel case", streamId=DEMO_STREAM_ID)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("no such policy", stream_id=DEMO_STREAM_ID, access_policy=False)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("both forms", ARGUMENTS, stream_id=DEMO_STREAM_ID)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("options twice", OPTIONS, OPTIONS, stream_id=DEMO_STREAM_ID)  # type: ignore[call-overload]
    fastpix.LivePlaybackId("options as a dict", stream_id=DEMO_STREAM_ID, opts={"protect": True})  # type: ignore[call-overload]
    fastpix.LivePlaybackIdArgs(access_policy="public")  # type: ignore[call-arg]
    fastpix.LivePlaybackIdArgs(DEMO_STREAM_ID)  # type: ignore[call-arg]
    native.LivePlaybackId("no stream, natively")  # type: ignore[call-overload]


def live_streams() -> None:
    fastpix.LiveStream("text", reconnect_window="60")  # type: ignore[call-overload]
    fastpix.LiveStream("camel case", reconnectWindow=60)  # type: ignore[call-overload]
    fastpix.LiveStream("numbers", metadata={"show": 42})  # type: ignore[dict-item]
    fastpix.LiveStream("a list", metadata=["show"])  # type: ignore[call-overload]
    fastpix.LiveStream("not an input", playback_id="5f3c")  # type: ignore[call-overload]
    fastpix.LiveStream("both forms", fastpix.LiveStreamArgs(), access_policy="public")  # type: ignore[call-overload]
    fastpix.LiveStreamArgs("public")  # type: ignore[call-arg]
    fastpix.LiveStreamArgs(enable_recording="yes")  # type: ignore[arg-type]
    fastpix.LiveStream.get("no id")  # type: ignore[call-arg]
    native.LiveStream.get("by position", "5f3c", OPTIONS, "5f3d")  # type: ignore[call-arg]


def signing_keys() -> None:
    fastpix.SigningKey("a number", rotation=7)  # type: ignore[call-overload]
    fastpix.SigningKey("not an input", private_key="…")  # type: ignore[call-overload]
    fastpix.SigningKey("both forms", fastpix.SigningKeyArgs(), rotation="a")  # type: ignore[call-overload]
    fastpix.SigningKeyArgs("2026-11")  # type: ignore[call-arg]
    fastpix.SigningKey.get("no id")  # type: ignore[call-arg]
    native.SigningKey.get("more", "b715", rotation="a")  # type: ignore[call-arg]
    PLAYBACK.signed_hls_url(fastpix.SigningKey("viewers"))  # type: ignore[call-arg]
    PLAYBACK.signed_hls_url("b715", expires_at=UNTIL)  # type: ignore[arg-type]
    PLAYBACK.signed_hls_url(fastpix.SigningKey("viewers"), expires_at="2026-12-01")  # type: ignore[arg-type]


def access_restrictions() -> None:
    fastpix.AccessRulesArgs(default_policy=True)  # type: ignore[arg-type]
    fastpix.AccessRulesArgs(allow=7)  # type: ignore[arg-type]
    fastpix.AccessRulesArgs(allow=[7])  # type: ignore[list-item]
    fastpix.AccessRulesArgs("deny")  # type: ignore[call-arg]
    fastpix.AccessRestrictionsArgs(domain=RULES)  # type: ignore[call-arg]
    fastpix.AccessRestrictionsArgs(domains=["partner.example"])  # type: ignore[arg-type]
    fastpix.AccessRestrictionsArgs(domains={"default_policy": True})  # type: ignore[arg-type]
    fastpix.AccessRestrictionsArgs(domains={"defaultPolicy": "deny"})  # type: ignore[arg-type]
    fastpix.LivePlaybackIdArgs(stream_id=DEMO_STREAM_ID, access_restrictions=RULES)  # type: ignore[arg-type]
    fastpix.LivePlaybackIdArgs(stream_id=DEMO_STREAM_ID, access_restrictions={"domain": {}})  # type: ignore[arg-type]
    fastpix.LivePlaybackId("text", stream_id=DEMO_STREAM_ID, access_restrictions="deny")  # type: ignore[call-overload]
    fastpix.LivePlaybackId("camel case", stream_id=DEMO_STREAM_ID, access_restrictions={"userAgents": {}})  # type: ignore[call-overload]
    fastpix.LivePlaybackId("a number inside", stream_id=DEMO_STREAM_ID, access_restrictions={"domains": {"allow": [7]}})  # type: ignore[call-overload]
    native.LivePlaybackId("natively", stream_id=DEMO_STREAM_ID, access_restrictions={"domains": {"alow": []}})  # type: ignore[call-overload]


def lookups() -> None:
    fastpix.LivePlaybackId.get("no stream", "5f3c")  # type: ignore[call-arg]
    fastpix.LivePlaybackId.get("no id", stream_id=DEMO_STREAM_ID)  # type: ignore[call-arg]
    native.LivePlaybackId.get("policy", "5f3c", stream_id=DEMO_STREAM_ID, access_policy="public")  # type: ignore[call-arg]


def accounts() -> None:
    fastpix.Provider("half a pair", access_token_id="id")  # type: ignore[call-arg]
    fastpix.Provider("by position", "id", "key")  # type: ignore[call-arg]
    fastpix.Provider("text", access_token_id="id", secret_key="key", timeout_seconds="30")  # type: ignore[arg-type]
    fastpix.Provider("environment", access_token_id="id", secret_key="key", sandbox=True)  # type: ignore[call-arg]
    fastpix.LivePlaybackId("main", ARGUMENTS, provider=fastpix.Provider)  # type: ignore[call-overload]


def outputs() -> str:
    pulumi.export("camel case", PLAYBACK.hlsUrl)  # type: ignore[attr-defined]
    pulumi.export("added", "https://player.example/?src=" + PLAYBACK.hls_url)  # type: ignore[operator]
    PLAYBACK.hls_url = pulumi.Output.from_input("derived, not set")  # type: ignore[misc]
    return PLAYBACK.id  # type: ignore[return-value]


def sandboxes() -> None:
    Fault(kind="explosion")  # type: ignore[arg-type]
    Fault(method="POST")  # type: ignore[call-arg]
    Fault(kind="status", status="502")  # type: ignore[arg-type]
    Switches(stream_status="off")  # type: ignore[arg-type]
    Sandbox(port="8080")  # type: ignore[arg-type]
    SANDBOX.reset()  # type: ignore[attr-defined]


def failures(error: fastpix.errors.FastPixError) -> None:
    print(error.refusal)  # type: ignore[attr-defined]
    print(fastpix.errors.NoResponseError("text").status)  # type: ignore[attr-defined]
    raise fastpix.errors.HTTPError  # type: ignore[attr-defined]
