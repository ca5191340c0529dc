"""A live stream that isn't as declared is in the state, the next run finishes it, and no secret is in clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.cases import AT_ONCE, BOTH_PROVIDERS, GIVES_UP_SOON, MODULES, sent_for
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack, counts

RULES = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
OTHER_RULES = {"user_agents": {"deny": ["curl"]}}
TO_LOSE: dict[str, Any] = {"metadata": {"show": "42"}, "access_restrictions": RULES}
"""Inputs of streams before they are changed, which is lost."""
REFUSED = ("up", "destroy")
"""Streams whose restrictions are refused when they are made, and what is run then."""
LOST = {"before": Fault(kind="drop", when="before"), "after": Fault(kind="drop", when="after")}
"""Streams whose changes are lost."""
FAILING = {
    "refused": Fault(kind="status", status=422),
    "edge": Fault(kind="status", status=502, body="html"),
    "garbled": Fault(kind="broken-body", body="invalid-json"),
}
"""Streams that go through everything else: a lost create, drift, a replacement, and then changes that fail so."""


def named(*cases: str) -> dict[str, str]:
    """The names of these cases' streams, with their modules."""
    return {f"{provider}-{case}": module for provider, module in MODULES.items() for case in cases}


def case_of(name: str) -> str:
    return name.partition("-")[2]


def said(run: Run) -> str:
    """What a command printed, on one line."""
    return " ".join(run.output.split())


def streams(sandbox: Sandbox) -> list[Stream]:
    """All that were made: but for the one that every sandbox has."""
    return [*sandbox.store.live_streams.list(newest_first=False)][1:]


def assert_no_secret(stack: Stack, *runs: Run, of: Iterable[Stream]) -> None:
    printed = "\n".join(run.output for run in runs)
    written = {path: path.read_bytes() for path in stack.written_files()}
    assert any(stream.id.encode() in content for stream in of for content in written.values()), "it would be found"
    for secret in (one for stream in of for one in (stream.stream_key, stream.srt_secret, stream.srt_playback_secret)):
        assert secret not in printed
        assert [path for path, content in written.items() if secret.encode() in content] == []


def all_of(cases: Iterable[str], **inputs: Any) -> dict[str, dict[str, Any]]:
    """The same inputs for the streams of each of these cases."""
    return {name: {**inputs} for name in named(*cases)}


@dataclass
class Story:
    """A stack on which creates and changes fail, and are finished or destroyed.

    Attributes:
        runs: all of them.
        seen: all streams that there ever were at the server, by id.
    """

    stack: Stack
    sandbox: Sandbox
    runs: list[Run] = field(default_factory=list)
    seen: dict[str, Stream] = field(default_factory=dict)

    def write(self, inputs: Mapping[str, dict[str, Any]]) -> None:
        """A program with these streams; the keys of those that go through everything else are outputs."""
        lines = [BOTH_PROVIDERS]
        for name, given in inputs.items():
            module, metadata = named(case_of(name))[name], {"of": name, **given.get("metadata", {})}
            lines.append(f"stream = {module}.LiveStream({name!r}, **{ {**given, 'metadata': metadata}!r})\n")
            if case_of(name) in FAILING:
                lines.append(f"pulumi.export('key of {name}', stream.stream_key)\n")
        self.stack.write_program("".join(lines))

    def note(self, run: Run) -> Run:
        self.runs.append(run)
        self.seen |= {one.id: one for one in streams(self.sandbox)}
        return run

    def succeed(self, run: Run) -> Run:
        assert self.note(run).status == 0, run.output
        return run


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_what_fails_is_finished_or_destroyed_and_no_secret_is_in_clear(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    """A lost create, drift, a replacement, a deletion elsewhere, wrong credentials, refusals, an edge's page."""
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "2"}, python=python)
    stack.write_program("")
    stack.create()
    story = Story(stack, sandbox)
    creates_are_lost_and_drift_is_undone(story)
    creates_whose_restrictions_are_refused_are_destroyed_or_stay(story)
    changes_fail_while_those_that_stay_are_finished(story)
    lost_changes_are_sent_again(story)

    assert story.note(stack.refresh(FASTPIX_PASSWORD="wrong")).status != 0
    for command in (("stack",), ("stack", "history"), ("stack", "output")):
        story.succeed(stack.run(*command))
    story.succeed(stack.destroy())
    made, anew, replacements, refused = 10, 4, 6, 4
    assert len(story.seen) == made + anew + replacements + refused
    assert_no_secret(stack, *story.runs, of=story.seen.values())
    logged = repr(sandbox.requests)
    assert not any(secret in logged for one in story.seen.values() for secret in (one.stream_key, one.srt_secret))


def creates_are_lost_and_drift_is_undone(story: Story) -> None:
    stack, sandbox = story.stack, story.sandbox
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=2))
    story.write({**all_of(LOST, **TO_LOSE), **all_of(FAILING, metadata={"show": "42"})})
    up = story.succeed(stack.up(*AT_ONCE))
    assert up.diagnostics.count("is taken for the one that was made") == 2
    something_happens_elsewhere(story, deleted="edge")
    story.succeed(stack.run("refresh", "--yes", "--diff"))
    something_happens_elsewhere(story, deleted="garbled")
    story.succeed(stack.run("up", "--yes", "--refresh", "--diff"))


def something_happens_elsewhere(story: Story, deleted: str) -> None:
    """To all streams that go through everything: one of each provider is deleted, and the others are changed anew."""
    ids, there = story.stack.ids(), story.sandbox.store.live_streams
    for name in named(*FAILING).keys() & ids.keys():
        if case_of(name) == deleted:
            there.delete(ids[name])
        else:
            there.change(ids[name], metadata={"by": "hand", "deleted": deleted}, reconnect_window=61)


def creates_whose_restrictions_are_refused_are_destroyed_or_stay(story: Story) -> None:
    """While others are replaced."""
    stack, sandbox = story.stack, story.sandbox
    sandbox.switches.restrictions_create = "ignored"
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    replaced = all_of(FAILING, metadata={"show": "42"}, max_resolution="480p")
    story.write({**all_of(LOST, **TO_LOSE), **replaced, **all_of(REFUSED, access_restrictions=RULES)})
    up = story.note(stack.run("up", "--yes", "--diff", *AT_ONCE))
    assert up.status != 0
    assert counts(up)["replaced"] == len(replaced)
    ids = stack.ids()
    for name in named(*REFUSED):
        assert f"Live stream {ids[name]} was made, but FastPix hasn't confirmed" in said(up)
    sandbox.faults.clear()
    sent_for(sandbox, ids)
    urns = [stack.resources()[name]["urn"] for name in named("destroy")]
    story.succeed(stack.destroy(*(f"--target={urn}" for urn in urns)))
    sent = sent_for(sandbox, ids)
    for name in named("destroy"):
        assert sent[name] == ["DELETE"]
        assert ids[name] not in {one.id for one in streams(sandbox)}


def changes_fail_while_those_that_stay_are_finished(story: Story) -> None:
    stack, sandbox = story.stack, story.sandbox
    ids = stack.ids()
    for name in named(*LOST, *FAILING):
        fault = {**LOST, **FAILING}[case_of(name)]
        sandbox.faults.add(replace(fault, method="PATCH", path=f"*/{ids[name]}"))
    lost = all_of(LOST, metadata={"show": "43"}, reconnect_window=90, access_restrictions=OTHER_RULES)
    failing = all_of(FAILING, metadata={"show": "43"}, max_resolution="480p")
    story.write({**lost, **failing, **all_of(["up"], access_restrictions=RULES)})
    failed = story.note(stack.up("--diff", *AT_ONCE, **GIVES_UP_SOON))
    assert failed.status != 0
    assert counts(failed) == {"updated": 2, "errored": 10, "unchanged": 1}, failed.output
    sandbox.faults.clear()
    sent = sent_for(sandbox, ids)
    for name in named("up"):
        assert sent[name] == ["PATCH domains"]
    for name in named(*LOST):
        assert f"Live stream {ids[name]} is not as declared" in said(failed)
        assert (sent[name][:2], {*sent[name][2:]}) == (["PATCH domains", "PATCH user-agents"], {"PATCH"})


def lost_changes_are_sent_again(story: Story) -> None:
    """By the next run, with all others that failed."""
    stack, sandbox = story.stack, story.sandbox
    ids = stack.ids()
    finished = story.succeed(stack.up())
    assert counts(finished) == {"updated": 10, "unchanged": 3}, finished.output
    sent, now = sent_for(sandbox, ids), {one.id: one.settings for one in streams(sandbox)}
    for name in named("up"):
        assert sent[name] == []
    for name in named(*LOST):
        assert sent[name] == ["PATCH"]
        settings = now[ids[name]]
        assert (settings.reconnect_window, settings.metadata) == (90, {"of": name, "show": "43"})
    assert counts(story.succeed(stack.up("--expect-no-changes"))).keys() == {"unchanged"}
