"""A live stream that isn't as declared is in the state, the next run finishes it, and no secret is in clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, sent_for
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack, counts

RULES = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
FOREVER = Fault(kind="status", status=403, method="PATCH")


def declared(name: str, module: str, **inputs: Any) -> str:
    return f"{module}.LiveStream({name!r}, {', '.join(f'{name}={value!r}' for name, value in inputs.items())})\n"


def streams(sandbox: Sandbox) -> list[Stream]:
    """All that were made: but for the one that every sandbox has."""
    return [*sandbox.store.live_streams.list(newest_first=False)][1:]


def assert_no_secret(stack: Stack, *runs: Run, of: list[Stream]) -> None:
    printed = "\n".join(run.output for run in runs)
    written = {path: path.read_bytes() for path in stack.written_files()}
    assert any(stream.id.encode() in content for stream in of for content in written.values()), "it would be found"
    for secret in (one for stream in of for one in (stream.stream_key, stream.srt_secret, stream.srt_playback_secret)):
        assert secret not in printed
        assert [path for path, content in written.items() if secret.encode() in content] == []


@dataclass(frozen=True)
class Unfinished:
    """A stack on which creates and changes fail, and are finished or destroyed; by the resources' names.

    Attributes:
        ids: the streams.
        refused: the run whose creates have their restrictions refused.
        lost: the run whose changes are lost.
        sent: what that one sent.
        finished: the run after both.
        sent_then: what that one sent.
        sent_to_destroy: what was sent by the one that destroyed some.
        made: what was at the server after the failed creates.
        left: what is there in the end.
    """

    stack: Stack
    ids: dict[str, str]
    refused: Run
    lost: Run
    sent: dict[str, list[str]]
    sent_to_destroy: dict[str, list[str]]
    finished: Run
    sent_then: dict[str, list[str]]
    made: dict[str, Stream]
    left: dict[str, Stream]


@pytest.fixture(scope="module", params=[NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def unfinished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Unfinished:
    refused_ones = {f"{provider}-{then}": provider for provider in MODULES for then in ("up", "destroy")}
    lost_ones = {f"{provider}-{when}": (provider, when) for provider in MODULES for when in ("before", "after")}

    def program(refused: Iterable[str], **inputs: Any) -> str:
        lines = [declared(name, MODULES[refused_ones[name]], access_restrictions=RULES) for name in refused]
        lines += [declared(name, MODULES[provider], **inputs) for name, (provider, _) in lost_ones.items()]
        return BOTH_PROVIDERS + "".join(lines)

    with Sandbox() as sandbox:
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "2"}
        stack = Stack(tmp_path_factory.mktemp("unfinished"), environ, python=request.param)
        before: dict[str, Any] = {"metadata": {"show": "42"}, "access_restrictions": RULES}
        stack.write_program(program((), **before))
        stack.create()
        up = stack.up(*AT_ONCE)
        assert up.status == 0, up.output

        sandbox.switches.restrictions_create = "ignored"
        sandbox.faults.add(FOREVER)
        stack.write_program(program(refused_ones, **before))
        refused = stack.up(*AT_ONCE)
        assert refused.status != 0
        sandbox.faults.clear()
        ids = stack.ids()
        names = {stream_id: name for name, stream_id in ids.items()}
        made = {names[stream.id]: stream for stream in streams(sandbox)}
        destroyed = [name for name in refused_ones if name.endswith("destroy")]
        sent_for(sandbox, ids)
        urns = [stack.resources()[name]["urn"] for name in destroyed]
        destroy = stack.destroy(*(f"--target={urn}" for urn in urns))
        assert destroy.status == 0, destroy.output
        sent_to_destroy = sent_for(sandbox, ids)

        for name, (_, when) in lost_ones.items():
            path = f"*/{ids[name]}"
            sandbox.faults.add(Fault(kind="drop", when=when, method="PATCH", path=path))  # type: ignore[arg-type]  # a str
        changed = {"user_agents": {"deny": ["curl"]}}
        after: dict[str, Any] = {"metadata": {"show": "43"}, "reconnect_window": 90, "access_restrictions": changed}
        stack.write_program(program(refused_ones.keys() - destroyed, **after))
        lost = stack.up(*AT_ONCE)
        assert lost.status != 0
        sandbox.faults.clear()
        sent = sent_for(sandbox, ids)
        finished = stack.up()
        sent_then = sent_for(sandbox, ids)
        assert counts(stack.up("--expect-no-changes")).keys() == {"unchanged"}
        left = {names[stream.id]: stream for stream in streams(sandbox)}
        return Unfinished(stack, ids, refused, lost, sent, sent_to_destroy, finished, sent_then, made, left)


@pytest.mark.parametrize("provider", MODULES)
@pytest.mark.parametrize("then", ["up", "destroy"])
def test_a_create_whose_restrictions_are_refused_is_finished_or_destroyed(
    then: str, provider: str, unfinished: Unfinished
) -> None:
    name = f"{provider}-{then}"
    said = " ".join(unfinished.refused.said_of(name).split())
    assert f"Live stream {unfinished.ids[name]} was made, but FastPix hasn't confirmed" in said
    if then == "destroy":
        assert unfinished.sent_to_destroy[name] == ["DELETE"]
        assert name not in unfinished.left
        return
    assert counts(unfinished.lost)["updated"] == 2, unfinished.lost.output
    assert unfinished.sent[name] == ["PATCH domains"]
    assert unfinished.sent_then[name] == []


@pytest.mark.parametrize("provider", MODULES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_change_is_sent_again_by_the_next_run(when: str, provider: str, unfinished: Unfinished) -> None:
    name = f"{provider}-{when}"
    said = " ".join(unfinished.lost.said_of(name).split())
    assert f"Live stream {unfinished.ids[name]} is not as declared" in said
    done = unfinished.sent[name]
    assert (done[:2], {*done[2:]}) == (["PATCH domains", "PATCH user-agents"], {"PATCH"})
    assert counts(unfinished.finished) == {"updated": 4, "unchanged": 3}, unfinished.finished.output
    assert unfinished.sent_then[name] == ["PATCH"]
    now = unfinished.left[name]
    assert (now.settings.reconnect_window, now.settings.metadata) == (90, {"show": "43"})


def test_no_secret_is_in_what_failed_and_was_finished(unfinished: Unfinished) -> None:
    seen = [*unfinished.made.values(), *unfinished.left.values()]
    assert_no_secret(unfinished.stack, unfinished.refused, unfinished.lost, unfinished.finished, of=seen)


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_no_secret_is_shown_or_stored_in_clear_whatever_happens(python: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    """A lost create, drift, a replacement, a deletion elsewhere, wrong credentials, a refusal, an edge's page."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "2"}, python=python)

    def write(show: str, **inputs: Any) -> None:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"{provider} = {declared(provider, module, metadata={'of': provider, 'show': show}, **inputs)}"
                f"pulumi.export('key of {provider}', {provider}.stream_key)\n"
                for provider, module in MODULES.items()
            )
        )

    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=2))
    write("42")
    stack.create()
    runs = [stack.up(*AT_ONCE)]
    assert runs[0].status == 0, runs[0].output
    assert runs[0].diagnostics.count("is taken for the one that was made") == 2
    seen = streams(sandbox)
    for stream in seen:
        sandbox.store.live_streams.change(stream.id, metadata={"by": "hand"}, reconnect_window=61)
    runs += [stack.preview("--refresh", "--diff"), stack.run("refresh", "--yes", "--diff"), stack.up("--diff")]
    write("42", max_resolution="480p")
    runs += [stack.preview("--diff"), stack.up("--diff")]
    seen += streams(sandbox)
    for fault in (
        Fault(kind="status", status=422, method="PATCH", times=2),
        Fault(kind="status", status=502, body="html", method="PATCH"),
        Fault(kind="broken-body", body="invalid-json", method="PATCH"),
    ):
        sandbox.faults.clear()
        sandbox.faults.add(fault)
        write("43", max_resolution="480p")
        failed = stack.up("--diff", *AT_ONCE)
        assert counts(failed)["errored"] == 2, failed.output
        runs.append(failed)
    sandbox.faults.clear()
    runs += [stack.up(), stack.refresh(FASTPIX_PASSWORD="wrong"), stack.run("stack", "export"), stack.run("stack")]
    runs += [stack.run("stack", "history"), stack.run("stack", "output")]
    for stream in streams(sandbox):
        sandbox.store.live_streams.delete(stream.id)
    runs += [stack.run("refresh", "--yes", "--diff"), stack.up("--diff")]
    seen += streams(sandbox)
    runs += [stack.destroy()]
    assert runs[-1].status == 0, runs[-1].output
    assert len({stream.id for stream in seen}) == 6
    assert_no_secret(stack, *runs, of=seen)
    logged = repr(sandbox.requests)
    assert not any(secret in logged for stream in seen for secret in (stream.stream_key, stream.srt_secret))
