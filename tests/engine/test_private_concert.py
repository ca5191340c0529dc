"""examples/private-concert: its program, its commands and its ticket.py, played at the sandbox's stream host.

Both providers are in one stack, and read the same configuration.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import requests

from pulumi_fastpix.sandbox import Sandbox
from support.both_ways import both_ways, ids_of_each
from support.cases import MODULES
from support.commands import fastpix
from support.engine import NEWEST_SDK, Stack, counts
from support.shortcuts import commands_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "private-concert"
BOTH_KEYS, LAST_KEY = (
    [shlex.split(line.removeprefix("$ pulumi ")) for line in commands.splitlines()]
    for commands in re.findall(r"```console\n((?:\$ pulumi config .*\n)+)", (EXAMPLE / "README.md").read_text())
)
VARIABLES = dict(re.findall(r"export (\w+)=\$\(pulumi stack output (\w+)", (EXAMPLE / "README.md").read_text()))


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, sandbox.environment())
    stack.copy_program(EXAMPLE)
    program = stack.program_folder / "__main__.py"
    program.write_text(both_ways(program.read_text()))
    stack.create()
    return stack


def changed(stack: Stack, commands: list[list[str]]) -> dict[str, int]:
    for command in commands:
        run = stack.run(*command)
        assert run.status == 0, run.output
    up = stack.up()
    assert up.status == 0, up.output
    return counts(up)


def outputs_of_each(stack: Stack) -> dict[str, dict[str, str]]:
    """The outputs by the program's own names, for each provider."""
    outputs = stack.outputs()
    return {
        provider: {
            name.removeprefix(f"{provider}-"): value
            for name, value in outputs.items()
            if name.startswith(f"{provider}-")
        }
        for provider in MODULES
    }


def ticket(outputs: dict[str, str], sandbox: Sandbox) -> str:
    """The address that the application signs with what the stack exports."""
    environ = {name: outputs[output] for name, output in VARIABLES.items()}
    environ = {**os.environ, **environ, "FASTPIX_STREAM_URL": sandbox.stream_url}
    script = [str(commands_of(NEWEST_SDK) / "python"), str(EXAMPLE / "ticket.py")]
    return subprocess.run(script, env=environ, capture_output=True, text=True, check=True).stdout.strip()


def status(address: str, origin: str | None = None) -> int:
    return requests.get(address, headers={"Origin": origin} if origin else {}, timeout=10).status_code


def test_who_watches_the_concert_before_and_after_another_key(stack: Stack, sandbox: Sandbox) -> None:
    assert counts(stack.up()) == {"created": 9}
    of_the_first_key, without_token, at_partner = {}, {}, {}
    first = outputs_of_each(stack)
    for provider, outputs in first.items():
        url = of_the_first_key[provider] = ticket(outputs, sandbox)
        without_token[provider], _, _ = url.partition("?")
        assert without_token[provider] == f"{sandbox.stream_url}/{outputs['playbackId']}.m3u8"
        assert (status(url), status(without_token[provider])) == (200, 401)
        url = at_partner[provider] = outputs["watchAtPartner"].replace("https://stream.fastpix.com", sandbox.stream_url)
        assert status(url, "https://partner.example") == 200
        assert (status(url, "https://elsewhere.example"), status(url)) == (403, 403)
    streams = {one.id: one for one in sandbox.store.live_streams.list() if one.settings.metadata}
    assert len(streams) == 2
    for ids in ids_of_each(stack).values():
        (own,) = {one.id for one in streams[ids["concert"]].playback_ids} - set(ids.values())
        assert not sandbox.can_watch(own)

    assert changed(stack, BOTH_KEYS) == {"created": 2, "unchanged": 9}
    of_the_second_key = {}
    for provider, outputs in outputs_of_each(stack).items():
        url = of_the_second_key[provider] = ticket(outputs, sandbox)
        assert url.partition("?")[0] == without_token[provider]
        assert (status(of_the_first_key[provider]), status(url)) == (200, 200)

    assert changed(stack, LAST_KEY) == {"deleted": 2, "unchanged": 9}
    for provider, outputs in first.items():
        assert (status(of_the_first_key[provider]), status(of_the_second_key[provider])) == (401, 200)
        key = f"{provider}-tickets-2026-12"
        environ = {"FASTPIX_STREAM_URL": sandbox.stream_url}
        signed = fastpix(stack, "sign", outputs["playbackId"], "--key", key, environ=environ)
        assert (signed.status, signed.stderr) == (0, "")
        assert status(signed.stdout.strip()) == 200

    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    for provider in MODULES:
        assert status(of_the_second_key[provider]) == 404
        assert status(at_partner[provider], "https://partner.example") == 404
    assert sandbox.store.signing_keys.list() == []
