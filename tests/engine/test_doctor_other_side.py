"""What the doctor advises for playback IDs of the other side, a sandbox's or an account's, works on the real engine."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.account import account
from support.commands import fastpix
from support.engine import Run, Stack

IN_SANDBOX = ("pulumi-fastpix", "sandbox", "exec", "--data", "sandbox.db", "--", "pulumi")


def finding(stack: Stack) -> dict[str, Any]:
    """What the doctor finds about the workspace."""
    (of_workspace,) = [
        one for one in json.loads(fastpix(stack, "doctor", "--json").stdout)["findings"] if one["check"] == "workspace"
    ]
    return dict(of_workspace)


def destroy_as_advised(stack: Stack, advice: str) -> Run:
    (command,) = re.findall(r"`([^`]*pulumi destroy[^`]*)`", advice)
    return stack.run("--yes", "--skip-preview", command=shlex.split(command.replace("FILE", "sandbox.db")))


def test_a_stray_one_of_a_sandbox_is_destroyed_although_the_account_was_configured(tmp_path: Path) -> None:
    stack = Stack(tmp_path)
    stack.write_program(f'fastpix.LivePlaybackId("stray", stream_id="{DEMO_STREAM_ID}")')
    stack.create()
    assert stack.run("up", "--yes", "--skip-preview", command=IN_SANDBOX).status == 0
    with account() as at_fastpix:
        stack.configure_target(at_fastpix)
        stack.write_program(
            "\n".join(f'fastpix.LivePlaybackId("{name}", stream_id="{DEMO_STREAM_ID}")' for name in ("stray", "kept"))
        )
        assert stack.up("--target", "**::kept").status == 0
        found = finding(stack)
        assert found["message"].endswith("made in a sandbox: " + stack.resources()["stray"]["urn"])
        for key in ("accessTokenId", "secretKey", "baseUrl"):
            assert stack.run("config", "rm", f"fastpix:{key}").status == 0
        destroy = destroy_as_advised(stack, found["advice"])
        assert destroy.status == 0, destroy.output
        assert stack.ids().keys() == {"kept"}


def test_a_provider_resource_that_was_given_to_an_account_gets_the_sandboxs_settings_back(tmp_path: Path) -> None:
    stack = Stack(tmp_path)

    def write_program(of: Sandbox) -> None:
        stack.write_program(f"""
studio = fastpix.Provider(
    "studio", access_token_id="{of.access_token_id}", secret_key="{of.secret_key}", base_url="{of.base_url}"
)
fastpix.LivePlaybackId("theirs", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
""")

    with Sandbox() as sandbox, account() as at_fastpix:
        write_program(sandbox)
        stack.create()
        assert stack.up().status == 0
        write_program(at_fastpix)
        assert stack.up().status != 0, "the state has the new settings all the same"
        found = finding(stack)
        assert "these settings are an account's" in found["message"]
        write_program(sandbox)
        destroy = destroy_as_advised(stack, found["advice"])
        assert destroy.status == 0, destroy.output
        assert stack.ids() == {}
        write_program(at_fastpix)
        up = stack.up()
        assert up.status == 0, up.output
