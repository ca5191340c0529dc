"""No secret is in anything that a full scenario prints or writes: every byte of it is searched."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES, through_both
from support.commands import fastpix, follow
from support.engine import NEWEST_SDK, Run, Stack
from support.private_keys import private_keys

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
    stack.create()
    if source == "configuration":
        stack.configure_target(sandbox)

    runs = [stack.preview(), stack.up(), stack.refresh()]
    assert [run.status for run in runs] == [0, 0, 0], runs
    outputs = stack.outputs()
    keys = [outputs[f"{provider}-privateKey"] for provider in MODULES]
    in_their_lines = [base64.b64decode(key).decode().splitlines()[1] for key in keys]
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
    for form in (secret, in_basic_form, *keys, *in_their_lines, *tokens):
        assert form
        assert form not in printed
        assert form not in repr(sandbox.requests)
        assert [path for path, content in written.items() if form.encode() in content] == []


LOGS = ("--logflow", "-v=11", "--logtostderr")


def test_pulumis_verbose_logs_hold_no_secret_and_its_traces_all_but_those_of_the_environment(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    """As docs/security.md warns; the providers add nothing."""
    # Without shortcuts, which spare the SDK's own messages.
    path = os.pathsep.join((str(NEWEST_SDK), os.environ["PATH"]))
    stack = Stack(tmp_path, {**sandbox.environment(), "PATH": path})
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}
    program = f"STREAMS = {streams}\n" + through_both("""
module.LivePlaybackId(provider, stream_id=STREAMS[provider])
module.LiveStream(provider + "-concert")
module.SigningKey(provider + "-viewers")
""")
    stack.write_program(program)
    stack.create()
    for stream in streams.values():
        sandbox.faults.add(Fault(kind="status", status=500, times=1, path=f"*/{stream}*"))

    def traced(command: Callable[..., Run], **environ: str) -> tuple[Run, list[bytes]]:
        """What is logged, and the two traces."""
        files = [stack.program_folder / name for name in ("trace", "grpc.json")]
        for file in files:
            file.unlink(missing_ok=True)
        run = command(*LOGS, "--tracing=file:trace", PULUMI_DEBUG_GRPC="grpc.json", **environ)
        return run, [file.read_bytes() for file in files]

    up, traces = traced(stack.up)
    refused, others = traced(stack.refresh, FASTPIX_PASSWORD="wrong")
    assert (up.status, refused.status != 0) == (0, True), up.output
    logs = up.output + refused.output
    assert "newPlugin(): Launching plugin" in logs
    assert "Waiting for outstanding RPCs" in logs, "the SDK's own messages"
    in_basic_form = base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()).decode()
    written = b"".join([*traces, *others, *(path.read_bytes() for path in stack.written_files())])
    for secret in (sandbox.secret_key, in_basic_form):
        assert secret not in logs
        assert secret.encode() not in written
    ids = stack.ids()
    concerts = [sandbox.store.live_streams.get(ids[f"{provider}-concert"]) for provider in MODULES]
    of_streams = [secret for one in concerts for secret in (one.stream_key, one.srt_secret)]
    for secret in (*of_streams, *private_keys(stack)):
        assert secret not in logs
        assert [secret.encode() in trace for trace in traces] == [True, True]

    stack.configure_target(sandbox)
    stack.write_program(program + through_both('module.LivePlaybackId(provider + "-b", stream_id=STREAMS[provider])'))
    up, traces = traced(stack.up, **dict.fromkeys(sandbox.environment(), ""))
    assert up.status == 0, up.output
    assert sandbox.access_token_id in up.output, "which isn't encrypted"
    assert sandbox.secret_key not in up.output
    assert [sandbox.secret_key.encode() in trace for trace in traces] == [True, True]
