"""`audit` as a person or a pipeline meets it, with a `pulumi` that answers from files."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource
from unit.cli.command import begun, run


def test_an_audit_during_a_run_or_after_a_killed_one_points_at_recover_first(
    pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    del sandbox
    pulumi.answer("export", begun())
    lines = run("audit", "--stack", "prod").output.splitlines()
    advice = [line for line in lines if "-> " in line or "pulumi-fastpix" in line]
    assert "pulumi-fastpix recover --stack prod" in advice[0]


def test_accounts_may_share_a_stream_and_streams_an_id(
    pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One workspace reached in two ways is asked once; two workspaces are asked each, though the stream's ID is one."""
    # Inside `sandbox exec` accounts of a stack's own are refused.
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as other:

        def account(name: str, of: Sandbox) -> dict[str, Any]:
            values = {"accessTokenId": of.access_token_id, "secretKey": of.secret_key, "baseUrl": of.base_url}
            inputs = {f"fastpix:{key}": value for key, value in values.items()}
            type_ = "pulumi:providers:pulumi-python"
            urn = f"urn:pulumi:dev::project::{type_}::{name}"
            return {"urn": urn, "type": type_, "id": "c0ffee", "inputs": inputs}

        same, far = account("same", sandbox), account("far", other)
        (here,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
        also_here = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
        (there,) = (listed.id for listed in other.store.playback_ids.list(DEMO_STREAM_ID))
        pulumi.answer(
            "export",
            export(
                same,
                far,
                resource("here", here),
                resource("also", also_here, provider=f"{same['urn']}::c0ffee"),
                resource("there", there, provider=f"{far['urn']}::c0ffee"),
            ),
        )
        for arguments in ((), (DEMO_STREAM_ID,)):
            sandbox.clear_requests()
            result = run("audit", *arguments)
            assert (result.exit_code, len(sandbox.requests)) == (0, 1), result.output
            assert "2 streams with 3 playback IDs; stack dev owns 3: nothing to report." in result.output


@pytest.mark.parametrize("also", ["dev", "project/dev", "acme/project/dev"])
def test_a_stack_is_not_its_own_rival(also: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    (playback_id,) = (listed.id for listed in sandbox.store.playback_ids.list(DEMO_STREAM_ID))
    pulumi.answer("export", export(resource("main", playback_id)))
    assert run("audit", "--also", also).exit_code == 0
    assert run("audit", "--also", "acme/other/dev").exit_code == 1


def test_an_audit_says_once_how_to_close_what_is_open(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    """The command is run as it is printed; it takes the credentials from the environment and shows none."""
    (born,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    pulumi.answer("export", export(resource("kept", "x", stream_id=DEMO_STREAM_ID)))
    result = run("audit", "--stack", "dev")
    assert result.output.count("nobody declares it") == 3
    assert sandbox.secret_key not in result.output
    assert result.output.count("pulumi-fastpix adopt --stack dev STREAM_ID PLAYBACK_ID") == 2
    closing, also_closing = (line.strip() for line in result.output.splitlines() if "curl" in line)
    assert closing == also_closing
    for playback_id in (born.id, str(hidden)):
        line = closing.replace("STREAM_ID", DEMO_STREAM_ID).replace("PLAYBACK_ID", playback_id)
        assert json.loads(subprocess.run(["bash", "-c", line], check=True, capture_output=True).stdout)["success"]
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


@pytest.mark.parametrize("seen_by", [None, "0123456789ab"])
def test_a_stream_that_these_credentials_never_saw_is_not_called_deleted(
    seen_by: str | None, pulumi: FakePulumi, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = sandbox.store.live_streams.create()
    sandbox.store.live_streams.delete(lost)
    kept = resource("kept", "x", stream_id=lost)
    kept["outputs"]["seenBy"] = seen_by
    pulumi.answer("export", export(kept))
    result = run("audit")
    assert result.exit_code == 2
    assert "These credentials haven't seen the stream before: perhaps the access token was replaced" in result.output
    assert "or they belong to another workspace" in result.output
    monkeypatch.setenv("FASTPIX_GONE_STREAMS", lost)
    result = run("audit")
    assert result.exit_code == 1
    assert "its stream was deleted" in result.output


def test_many_streams_are_read_a_few_at_a_time(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.4))
    streams = [sandbox.store.live_streams.create() for _ in range(16)]
    pulumi.answer("export", export(*(resource(f"s{stream}", "x", stream_id=stream) for stream in streams)))
    began = time.monotonic()
    result = run("audit", "--json")
    assert time.monotonic() - began < 4  # one after the other it would take 6.4
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["streams"]) == 16
    assert len(sandbox.requests) == 16
