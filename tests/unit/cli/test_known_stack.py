"""A stack that a command reads."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID
from support.states import export, resource
from unit.cli.command import run


@pytest.mark.parametrize(
    "command",
    [
        ("audit",),
        ("audit", "--all-streams"),
        ("adopt", DEMO_STREAM_ID),
        ("recover",),
        ("delete", DEMO_STREAM_ID, PLAYBACK_ID, "--yes"),
    ],
    ids=" ".join,
)
def test_no_command_looks_in_a_sandbox_for_what_was_made_with_an_account(
    command: tuple[str, ...], pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    of_an_account = resource("main", "id-1")
    of_an_account["outputs"]["seenBy"] = "0123456789ab"
    pulumi.prints("export", export(of_an_account, pending=(resource("other"),)))
    result = run(*command)
    assert result.exit_code != 0
    assert "was made with an account, but this run talks to a sandbox" in result.output
    assert sandbox.requests == []
