"""A live stream that isn't as declared is in the state, the next run finishes it, and no secret is in clear."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.engine import NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack, counts

RULES = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
FOREVER = Fault(kind="status", status=403, method="PATCH")


@pytest.fixture(params=[NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def stack(request: pytest.FixtureRequest, provider: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "2"}, provider, request.param)
    stack.write_program("")
    stack.create()
    return stack


def declared(**inputs: object) -> str:
    return f'fastpix.LiveStream("main", {", ".join(f"{name}={value!r}" for name, value in inputs.items())})\n'


def streams(sandbox: Sandbox) -> list[Stream]:
    """All that were made: but for the one that every sandbox has."""
    return [*sandbox.store.live_streams.list(newest_first=False)][1:]


def sent(sandbox: Sandbox) -> list[str]:
    parts = [(one.method, one.path.rsplit("/", 1)[-1]) for one in sandbox.mutating_requests]
    sandbox.clear_requests()
    return [method if len(last) == 32 else f"{method} {last}" for method, last in parts]


def assert_no_secret(stack: Stack, *runs: Run, of: list[Stream]) -> None:
    printed = "\n".join(run.output for run in runs)
    written = {path: path.read_bytes() for path in stack.written_files()}
    assert any(stream.id.encode() in content for stream in of for content in written.values()), "it would be found"
    for secret in (one for stream in of for one in (stream.stream_key, stream.srt_secret, stream.srt_playback_secret)):
        assert secret not in printed
        assert [path for path, content in written.items() if secret.encode() in content] == []


@pytest.mark.parametrize("then", ["up", "destroy"])
def test_a_create_whose_restrictions_are_refused_is_finished_or_destroyed(
    then: str, stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.switches.restrictions_create = "ignored"
    sandbox.faults.add(FOREVER)
    stack.write_program(declared(access_restrictions=RULES))
    failed = stack.up()
    assert failed.status != 0
    (stream,) = streams(sandbox)
    assert f"Live stream {stream.id} was made, but FastPix hasn't confirmed" in " ".join(failed.output.split())
    assert stack.ids() == {"main": stream.id}
    sandbox.faults.clear()
    sent(sandbox)
    if then == "destroy":
        assert stack.destroy().status == 0
        assert sent(sandbox) == ["DELETE"]
        return
    finished = stack.up()
    assert counts(finished) == {"updated": 1, "unchanged": 1}, finished.output
    assert sent(sandbox) == ["PATCH domains"]
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}
    assert_no_secret(stack, failed, finished, of=[stream])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_change_is_sent_again_by_the_next_run(
    when: Literal["before", "after"], stack: Stack, sandbox: Sandbox
) -> None:
    stack.write_program(declared(metadata={"show": "42"}, access_restrictions=RULES))
    assert stack.up().status == 0
    (stream,) = streams(sandbox)
    sent(sandbox)
    sandbox.faults.add(Fault(kind="drop", when=when, method="PATCH", path=f"*/{stream.id}"))
    changed = {"user_agents": {"deny": ["curl"]}}
    stack.write_program(declared(metadata={"show": "43"}, reconnect_window=90, access_restrictions=changed))
    failed = stack.up()
    assert failed.status != 0
    assert f"Live stream {stream.id} is not as declared" in " ".join(failed.output.split())
    sandbox.faults.clear()
    done = sent(sandbox)
    assert (done[:2], {*done[2:]}) == (["PATCH domains", "PATCH user-agents"], {"PATCH"})
    finished = stack.up()
    assert counts(finished) == {"updated": 1, "unchanged": 1}, finished.output
    assert sent(sandbox) == ["PATCH"]
    (now,) = streams(sandbox)
    assert (now.settings.reconnect_window, now.settings.metadata) == (90, {"show": "43"})
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}
    assert_no_secret(stack, failed, finished, of=[stream])


def test_no_secret_is_shown_or_stored_in_clear_whatever_happens(stack: Stack, sandbox: Sandbox) -> None:
    """A lost create, drift, a replacement, a deletion elsewhere, wrong credentials, a refusal, an edge's page."""

    def write(**inputs: object) -> None:
        stack.write_program(f'main = {declared(**inputs)}pulumi.export("key", main.stream_key)\n')

    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    write(metadata={"show": "42"})
    runs = [stack.up()]
    assert runs[0].status == 0, runs[0].output
    assert "is taken for the one that was made" in runs[0].output
    seen = streams(sandbox)
    sandbox.store.live_streams.change(seen[-1].id, metadata={"by": "hand"}, reconnect_window=61)
    runs += [stack.preview("--refresh", "--diff"), stack.run("refresh", "--yes", "--diff"), stack.up("--diff")]
    write(metadata={"show": "42"}, max_resolution="480p")
    runs += [stack.preview("--diff"), stack.up("--diff")]
    seen += streams(sandbox)
    for fault in (
        Fault(kind="status", status=422, method="PATCH", times=1),
        Fault(kind="status", status=502, body="html", method="PATCH"),
        Fault(kind="broken-body", body="invalid-json", method="PATCH"),
    ):
        sandbox.faults.clear()
        sandbox.faults.add(fault)
        write(metadata={"show": "43"}, max_resolution="480p")
        failed = stack.up("--diff")
        assert failed.status != 0
        runs.append(failed)
    sandbox.faults.clear()
    runs += [stack.up(), stack.refresh(FASTPIX_PASSWORD="wrong"), stack.run("stack", "export"), stack.run("stack")]
    runs += [stack.run("stack", "history"), stack.run("stack", "output")]
    sandbox.store.live_streams.delete(seen[-1].id)
    runs += [stack.run("refresh", "--yes", "--diff"), stack.up("--diff")]
    seen += streams(sandbox)
    runs += [stack.destroy()]
    assert runs[-1].status == 0, runs[-1].output
    assert len({stream.id for stream in seen}) == 3
    assert_no_secret(stack, *runs, of=seen)
    logged = repr(sandbox.requests)
    assert not any(secret in logged for stream in seen for secret in (stream.stream_key, stream.srt_secret))
