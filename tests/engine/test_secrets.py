"""No secret is in anything that a full scenario prints or writes: every byte of it is searched."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES
from support.commands import fastpix, follow
from support.engine import NEWEST_SDK, Stack

UNTIL = """
until = __import__("datetime").datetime(2100, 1, 1, tzinfo=__import__("datetime").timezone.utc)
"""


def signed(streams: dict[str, str], policy: str = "public") -> str:
    """A playback ID and a key, and an address with a token, through both providers."""
    return (
        BOTH_PROVIDERS
        + UNTIL
        + "".join(
            f"""
main = {module}.LivePlaybackId("{provider}-main", stream_id="{streams[provider]}", access_policy="{policy}")
key = {module}.SigningKey("{provider}-viewers")
pulumi.export("{provider}-privateKey", key.private_key)
pulumi.export("{provider}-watch", main.signed_hls_url(key, expires_at=until))
"""
            for provider, module in MODULES.items()
        )
    )


@pytest.mark.parametrize("source", ["configuration", "environment"])
def test_no_secret_is_shown_or_stored_in_plain_text(source: str, tmp_path: Path, sandbox: Sandbox) -> None:
    secret = sandbox.secret_key
    # Short, for the responses that are lost on purpose below.
    retry_budget = {"FASTPIX_RETRY_FOR_SECONDS": "4"}
    stack = Stack(tmp_path, {**retry_budget, **(sandbox.environment() if source == "environment" else {})})
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}

    def meanwhile(fault: Fault) -> None:
        """Let something happen to a request of each provider."""
        for stream in streams.values():
            sandbox.faults.add(replace(fault, path=f"*/{stream}*", times=1))

    stack.write_program(signed(streams))
    stack.create(secrets_provider="passphrase" if source == "configuration" else None)
    if source == "configuration":
        stack.configure_target(sandbox)

    runs = [stack.preview(), stack.up(), stack.refresh()]
    assert [run.status for run in runs] == [0, 0, 0], runs
    outputs = stack.outputs()
    private_keys = [outputs[f"{provider}-privateKey"] for provider in MODULES]
    in_their_lines = [base64.b64decode(key).decode().splitlines()[1] for key in private_keys]
    tokens = [outputs[f"{provider}-watch"].partition("?token=")[2] for provider in MODULES]
    for fault in (
        Fault(kind="status", status=500),
        Fault(kind="status", status=403),
        Fault(kind="redirect", location="https://elsewhere.example/"),
    ):
        meanwhile(fault)
        runs.append(stack.refresh())
    stack.write_program(signed(streams, "private"))
    meanwhile(Fault(kind="drop", when="after", method="POST"))
    runs += [stack.up(), stack.up(), stack.run("stack", "export"), stack.run("config"), stack.run("stack", "history")]

    commands = [
        fastpix(stack, *command)
        for command in (
            ("doctor",),
            ("audit", "--json"),
            ("adopt", DEMO_STREAM_ID, sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")),
            ("recover",),
        )
    ]
    # Of the audit it is the streams' first playback IDs, which nobody declares.
    assert [completed.status for completed in commands] == [0, 1, 0, 0], commands
    follow(stack, commands[2].stdout)

    sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    runs += [stack.refresh(), stack.destroy()]
    for run in runs[-2:]:
        for provider in MODULES:
            assert 'FastPix answered 401 "unauthorized"' in run.said_of(f"{provider}-main"), run.output
    commands += [fastpix(stack, "doctor"), fastpix(stack, "audit")]

    in_basic_form = base64.b64encode(f"{sandbox.access_token_id}:{secret}".encode()).decode()
    printed = "\n".join(
        [*(run.output for run in runs), *(completed.stdout + completed.stderr for completed in commands)]
    )
    written = {path: path.read_bytes() for path in stack.written_files()}
    assert any(sandbox.access_token_id.encode() in content for content in written.values()) == (
        source == "configuration"
    ), "the search would have found what is there in plain text"
    for form in (secret, in_basic_form, *private_keys, *in_their_lines, *tokens):
        assert form
        assert form not in printed
        assert form not in repr(sandbox.requests)
        assert [path for path, content in written.items() if form.encode() in content] == []


VERBOSE_LOGS = ("--logflow", "-v=9", "--logtostderr", "--tracing=file:trace")


def test_pulumis_verbose_logs_do_not_hold_a_secret_of_the_environment(tmp_path: Path, sandbox: Sandbox) -> None:
    """They hold the configuration in plain text, as `docs/concepts.md` warns; the providers add nothing."""
    # Without shortcuts, which spare the SDK's own messages.
    path = os.pathsep.join((str(NEWEST_SDK), os.environ["PATH"]))
    stack = Stack(tmp_path, {**sandbox.environment(), "PATH": path})
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}
    stack.write_program(
        BOTH_PROVIDERS
        + "".join(
            f"{module}.LivePlaybackId('{name}', stream_id='{streams[name]}')\n" for name, module in MODULES.items()
        )
    )
    stack.create()
    for stream in streams.values():
        sandbox.faults.add(Fault(kind="status", status=500, times=1, path=f"*/{stream}*"))
    runs = [
        stack.up(*VERBOSE_LOGS, PULUMI_DEBUG_GRPC="grpc.json"),
        stack.refresh(*VERBOSE_LOGS, FASTPIX_PASSWORD="wrong", PULUMI_DEBUG_GRPC="grpc.json"),
    ]
    assert [run.status == 0 for run in runs] == [True, False], runs[0].output
    seen = "".join(run.output for run in runs).encode() + b"".join(path.read_bytes() for path in stack.written_files())
    assert b"newPlugin(): Launching plugin" in seen
    assert b"Waiting for outstanding RPCs" in seen, "the SDK's own messages"
    assert (stack.program_folder / "grpc.json").is_file()
    assert (stack.program_folder / "trace").is_file()
    assert sandbox.secret_key.encode() not in seen
    assert base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()) not in seen
