"""examples/private-concert: its program, its commands and its ticket.py, played at the sandbox's stream host."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from pulumi_fastpix.sandbox import Sandbox
from support.commands import fastpix
from support.engine import ProviderUnderTest, Stack, counts

EXAMPLE = Path(__file__).parents[2] / "examples" / "private-concert"
BOTH_KEYS, LAST_KEY = (
    [shlex.split(line.removeprefix("$ pulumi ")) for line in commands.splitlines()]
    for commands in re.findall(r"```console\n((?:\$ pulumi config .*\n)+)", (EXAMPLE / "README.md").read_text())
)
VARIABLES = dict(re.findall(r"export (\w+)=\$\(pulumi stack output (\w+)", (EXAMPLE / "README.md").read_text()))


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> Stack:
    stack = Stack(tmp_path, sandbox.environment(), provider)
    stack.copy_program(EXAMPLE)
    program = stack.program_folder / "__main__.py"
    program.write_text(program.read_text().replace("import pulumi_fastpix as", f"import {provider.module} as"))
    stack.create()
    return stack


def changed(stack: Stack, commands: list[list[str]]) -> dict[str, int]:
    for command in commands:
        run = stack.run(*command)
        assert run.status == 0, run.output
    up = stack.up()
    assert up.status == 0, up.output
    return counts(up)


def ticket(stack: Stack, sandbox: Sandbox) -> str:
    """The address that the application signs with what the stack exports."""
    outputs = stack.outputs()
    environ = {name: str(outputs[output]) for name, output in VARIABLES.items()}
    environ = {**os.environ, **environ, "FASTPIX_STREAM_URL": sandbox.stream_url}
    script = [sys.executable, str(EXAMPLE / "ticket.py")]
    return subprocess.run(script, env=environ, capture_output=True, text=True, check=True).stdout.strip()


def status(address: str, origin: str | None = None) -> int:
    return requests.get(address, headers={"Origin": origin} if origin else {}, timeout=10).status_code


def test_who_watches_the_concert_before_and_after_another_key(stack: Stack, sandbox: Sandbox) -> None:
    assert counts(stack.up()) == {"created": 5}
    outputs = stack.outputs()
    of_the_first_key = ticket(stack, sandbox)
    without_token, _, _ = of_the_first_key.partition("?")
    assert without_token == f"{sandbox.stream_url}/{outputs['playbackId']}.m3u8"
    assert (status(of_the_first_key), status(without_token)) == (200, 401)
    at_partner = outputs["watchAtPartner"].replace("https://stream.fastpix.com", sandbox.stream_url)
    assert status(at_partner, "https://partner.example") == 200
    assert (status(at_partner, "https://elsewhere.example"), status(at_partner)) == (403, 403)
    (stream,) = (one for one in sandbox.store.live_streams.list() if one.settings.metadata)
    (own,) = {one.id for one in stream.playback_ids} - set(stack.ids().values())
    assert not sandbox.can_watch(own)

    assert changed(stack, BOTH_KEYS) == {"created": 1, "unchanged": 5}
    of_the_second_key = ticket(stack, sandbox)
    assert of_the_second_key.partition("?")[0] == without_token
    assert (status(of_the_first_key), status(of_the_second_key)) == (200, 200)

    assert changed(stack, LAST_KEY) == {"deleted": 1, "unchanged": 5}
    assert (status(of_the_first_key), status(of_the_second_key)) == (401, 200)
    signed = fastpix(stack, "sign", str(outputs["playbackId"]), environ={"FASTPIX_STREAM_URL": sandbox.stream_url})
    assert (signed.status, signed.stderr) == (0, "")
    assert status(signed.stdout.strip()) == 200

    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert (status(of_the_second_key), status(at_partner, "https://partner.example")) == (404, 404)
    assert sandbox.store.signing_keys.list() == []
