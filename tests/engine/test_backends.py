"""State on PostgreSQL and on S3-compatible storage: real servers, both providers in one stack on each."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support import postgresql, s3_server
from support.cases import BOTH_PROVIDERS
from support.commands import fastpix, shell
from support.engine import Stack, counts

PROGRAM = f"""{BOTH_PROVIDERS}
import time
from pathlib import Path

for name, provider in {{"dynamic": fastpix, "native": native}}.items():
    stream = provider.LiveStream(f"{{name}}-stream")
    provider.LivePlaybackId(f"{{name}}-playback-id", stream_id=stream.id)
    key = provider.SigningKey(f"{{name}}-key")
    pulumi.export(name, key.private_key)

while Path("wait").exists():
    Path("waiting").touch()
    time.sleep(0.02)
"""


class Backend(Protocol):
    """A server that keeps the states of stacks."""

    environ: dict[str, str]
    """By which Pulumi finds it."""

    def stored(self) -> dict[str, bytes]:
        """All that Pulumi has stored there, by its name."""


def test_a_stack_whose_state_is_in_postgresql(tmp_path: Path, sandbox: Sandbox) -> None:
    with postgresql.running() as server:
        lives_there(Stack(tmp_path, {**sandbox.environment(), **server.environ}), sandbox, server)


def test_a_stack_whose_state_is_in_s3_compatible_storage(tmp_path: Path, sandbox: Sandbox) -> None:
    with s3_server.running() as server:
        lives_there(Stack(tmp_path, {**sandbox.environment(), **server.environ}), sandbox, server)


def lives_there(stack: Stack, sandbox: Sandbox, server: Backend) -> None:
    """From the stack's creation to its end."""
    stack.write_program(PROGRAM)
    stack.create()
    up = stack.up()
    assert up.status == 0, up.output

    # While one `up` is at work, another one of the same stack is refused.
    wait, waiting = (stack.program_folder / name for name in ("wait", "waiting"))
    wait.touch()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(stack.up, "--expect-no-changes")
        try:
            while not waiting.exists():
                assert not first.done(), first.result().output
                time.sleep(0.02)
            assert len(locks(server)) == 1
            second = stack.up()
        finally:
            wait.unlink()
    assert second.status != 0
    assert "the stack is currently locked by 1 lock(s)" in second.output
    assert first.result().status == 0, first.result().output
    assert counts(first.result()).keys() == {"unchanged"}

    # Our commands find the state where Pulumi has it.
    another = sandbox.store.access_tokens.add()
    token = {"FASTPIX_USERNAME": another.id, "FASTPIX_PASSWORD": another.secret}
    findings = json.loads(fastpix(stack, "doctor", "--json", environ=token).stdout)["findings"]
    severities = {one["check"]: one["severity"] for one in findings}
    severities.pop("pulumi-sdk", None)  # depends on the machine
    assert set(severities.values()) == {"ok"}, findings
    assert "workspace" in severities, "it knows which token saw them last"
    audit = json.loads(fastpix(stack, "audit", "--json").stdout)
    assert [one["declared"] for one in (*audit["streams"], *audit["signingKeys"])] == [True] * 4
    assert audit["findings"] == []

    # No private key can be read in what is stored there, as what is in plain text can.
    private_keys = json.loads(shell(stack, "pulumi stack output --json --show-secrets").stdout)
    lines = [base64.b64decode(private_keys[name]).decode().splitlines()[1] for name in ("dynamic", "native")]
    stored = server.stored()
    plain = [key.id for key in sandbox.store.signing_keys.list()]
    for form in (*plain, *private_keys.values(), *lines):
        found = [name for name, content in stored.items() if form.encode() in content]
        assert bool(found) is (form in plain), found

    destroyed = stack.destroy()
    assert destroyed.status == 0, destroyed.output
    assert [stream.id for stream in sandbox.store.live_streams.list()] == [DEMO_STREAM_ID]
    assert sandbox.store.signing_keys.count() == 0
    stored = server.stored()
    assert "resources" not in json.loads(stored[".pulumi/stacks/project/dev.json"])["checkpoint"]["latest"]
    assert locks(server) == []
    assert any(name.startswith(".pulumi/history/") for name in stored)
    assert list(stack.state_folder.iterdir()) == [], "nothing of it was in a file"


def locks(server: Backend) -> list[str]:
    return [name for name in server.stored() if name.startswith(".pulumi/locks/")]
