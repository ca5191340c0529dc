"""`audit` as a person or a pipeline meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, interrupted, made_up, provider, resource
from unit.cli.command import run


@pytest.mark.usefixtures("sandbox")
def test_where_creates_were_interrupted_recover_is_advised_first(pulumi: FakePulumi) -> None:
    pulumi.prints("export", interrupted())
    lines = run("audit", "--stack", "prod").output.splitlines()
    advice = [line for line in lines if "-> " in line or "pulumi-fastpix" in line]
    assert "pulumi-fastpix recover --stack prod" in advice[0]


def test_a_stream_is_read_once_in_each_workspace(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One workspace is reached through two providers; another has a stream with the same ID."""
    # Inside `sandbox exec` accounts of a stack's own are refused.
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as other:

        def account(name: str, of: Sandbox) -> dict[str, Any]:
            values = {"accessTokenId": of.access_token_id, "secretKey": of.secret_key, "baseUrl": of.base_url}
            reference = f"urn:pulumi:dev::project::pulumi:providers:pulumi-python::{name}::c0ffee"
            return provider(reference, **{f"fastpix:{key}": value for key, value in values.items()})

        same, far = account("same", sandbox), account("far", other)
        also_here = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
        (there,) = (listed.id for listed in other.store.playback_ids.list(DEMO_STREAM_ID))
        pulumi.prints(
            "export",
            export(
                same,
                far,
                resource("here", first_id),
                resource("also", also_here, provider=f"{same['urn']}::c0ffee"),
                resource("there", there, provider=f"{far['urn']}::c0ffee"),
            ),
        )
        for arguments in ((), (DEMO_STREAM_ID,)):
            sandbox.clear_requests()
            result = run("audit", *arguments)
            assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
            assert "Read 2 streams with 3 playback IDs; stack dev owns 3 there: nothing to report." in result.output


@pytest.mark.parametrize("also", ["dev", "project/dev", "acme/project/dev"])
def test_a_stack_that_is_also_named_is_no_second_owner_of_its_own(also: str, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    assert run("audit", "--also", also).exit_code == 0
    assert run("audit", "--also", "acme/other/dev").exit_code == 1


def test_the_advised_command_deletes_an_undeclared_playback_id(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    """It is printed once for each heading, takes the credentials from the environment, and shows none."""
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    pulumi.prints("export", export(resource("kept", "x", stream_id=DEMO_STREAM_ID)))
    result = run("audit", "--stack", "dev")
    assert result.output.count("none of the stacks that were read declares it") == 3
    assert sandbox.secret_key not in result.output
    assert result.output.count("pulumi-fastpix adopt --stack dev STREAM_ID PLAYBACK_ID") == 2
    closing, also_closing = (line.strip() for line in result.output.splitlines() if "curl" in line)
    assert closing == also_closing
    for playback_id in (first_id, str(hidden)):
        line = closing.replace("STREAM_ID", DEMO_STREAM_ID).replace("PLAYBACK_ID", playback_id)
        assert json.loads(subprocess.run(["bash", "-c", line], check=True, capture_output=True).stdout)["success"]
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


@pytest.mark.parametrize("seen_by", [None, "sandbox-0123456789ab"])
def test_a_stream_that_these_credentials_never_saw_is_not_reported_as_deleted(
    seen_by: str | None, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sandbox.store.live_streams.create()
    sandbox.store.live_streams.delete(lost)
    kept = resource("kept", "x", stream_id=lost)
    kept["outputs"]["seenBy"] = seen_by
    pulumi.prints("export", export(kept))
    result = run("audit")
    assert result.exit_code == 2
    assert "These credentials haven't seen the stream before: perhaps the access token was replaced" in result.output
    assert "or the stream is in another workspace" in result.output
    monkeypatch.setenv("FASTPIX_DELETED_STREAMS", lost)
    result = run("audit")
    assert result.exit_code == 1
    assert "its stream was deleted" in result.output


def test_many_streams_are_read_a_few_at_a_time(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.4))
    streams = [sandbox.store.live_streams.create() for _ in range(16)]
    pulumi.prints("export", export(*(resource(f"s{stream}", "x", stream_id=stream) for stream in streams)))
    began = time.monotonic()
    result = run("audit", "--json")
    assert time.monotonic() - began < 4  # one after the other it would take 6.4
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["streams"]) == 16
    assert len(sandbox.requests) == 16


@pytest.mark.usefixtures("made_up_type")
def test_resources_of_other_types_are_no_playback_ids(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", first_id), made_up("other", "id-2"), pending=(made_up("more"),)))
    result = run("audit")
    assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
    assert result.output == "Read 1 stream with 1 playback ID; stack dev owns 1 there: nothing to report.\n"


def test_the_json_output_has_the_documented_keys(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("main", "x", external=True)))
    found = json.loads(run("audit", "--json").stdout)
    assert found.keys() == {"stack", "streams", "findings", "unread"}
    assert found["streams"] == [
        {"streamId": DEMO_STREAM_ID, "exists": True, "playbackIds": 1, "owned": 0, "lookedUp": 1}
    ]
    undeclared, deleted = found["findings"]
    assert undeclared.pop("message")
    assert undeclared == {
        "kind": "undeclared-public",
        "level": "critical",
        "streamId": DEMO_STREAM_ID,
        "playbackId": first_id,
        "accessPolicy": "public",
        "name": None,
        "stacks": [],
    }
    assert (deleted["kind"], deleted["playbackId"], deleted["name"]) == ("deleted", "x", "main")
