"""Access restrictions that can't be set: the playback ID isn't lost, and the next `up` sends what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, sent_for
from support.engine import Run, Stack, succeeded
from support.killing import up_killed
from support.playback_ids import ids_on
from support.restrictions import BOTH, PARTNER, RULES, at_fastpix
from support.two_playback_ids import TwoPlaybackIds

UNCONFIRMED = {group: {**fields, "defaultPolicy": "unconfirmed"} for group, fields in RULES.items()}
"""What is stored of rules that may or may not have been set."""
FAILURES: dict[str, dict[str, Any]] = {
    "403": {"kind": "status", "status": 403},
    "422": {"kind": "status", "status": 422},
    "500": {"kind": "status", "status": 500},
    "dropped-before": {"kind": "drop"},
    "dropped-after": {"kind": "drop", "when": "after"},
}
"""How PATCH fails, for good."""
EITHER_END = [
    *((failure, skip, "up") for failure in FAILURES for skip in (0, 1)),
    ("403", 0, "destroy"),
    ("dropped-after", 1, "destroy"),
]
"""Failures of the first and the second PATCH, and what is run afterwards."""
CASES = {f"{provider}-{failure}-{skip}-{then}": (failure, skip, then)
         for provider in MODULES for failure, skip, then in EITHER_END}  # fmt: skip
"""Each by its name, through each provider."""
AS_DECLARED = {"domains": ["deny", ["partner.example"], []], "userAgents": ["allow", [], ["curl"]]}


@dataclass(frozen=True)
class Failing:
    """A run that fails for all of `CASES`, and one or the other that follows.

    Each has a playback ID on a stream of its own. What is in dictionaries here is by the names of the cases.

    Attributes:
        failed: the run that fails.
        sent: what it sent for each.
        stored: what is stored of the rules then.
        ids: the playback IDs in the state then.
        since: those at the server that hadn't been there before the first run.
        sent_later: what was sent for each by the run after that.
        later: the playback IDs in the state then.
        rules: what the rules at the server are in the end.
        stored_later: what is stored of them.
        left: the playback IDs on each stream that aren't those from before, in the end.
    """

    failed: Run
    sent: dict[str, list[str]]
    stored: dict[str, Any]
    ids: dict[str, str]
    since: dict[str, set[str]]
    sent_later: dict[str, list[str]]
    later: dict[str, str]
    rules: dict[str, dict[str, Any]]
    stored_later: dict[str, Any]
    left: dict[str, set[str]]


def program(streams: Mapping[str, str], rules: object) -> str:
    """One that declares a playback ID on each of these streams, through the provider with which its name begins."""
    return BOTH_PROVIDERS + "".join(
        f"{MODULES[name.split('-')[0]]}.LivePlaybackId({name!r}, stream_id={stream!r}, access_restrictions={rules})\n"
        for name, stream in streams.items()
    )


def fail_and_finish(stack: Stack, sandbox: Sandbox, *, created_first: bool) -> Failing:
    """Let the rules of playback IDs fail, either when these are created or when they are updated."""
    streams = {name: sandbox.store.live_streams.create() for name in CASES}

    def stored_of_each() -> dict[str, Any]:
        return {name: one["outputs"].get("accessRestrictions") for name, one in stack.resources().items()}

    before = ids_on(sandbox, *streams.values())
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "2"
    if created_first:
        stack.write_program(program(streams, None))
        succeeded(stack.up(*AT_ONCE))
    sent_for(sandbox, streams)
    for name, (failure, skip, _) in CASES.items():
        sandbox.faults.add(Fault(method="PATCH", path=f"*/{streams[name]}/*", skip=skip, **FAILURES[failure]))
    stack.write_program(program(streams, BOTH))
    failed = stack.up(*AT_ONCE)
    assert failed.status != 0
    sent, stored, ids = sent_for(sandbox, streams), stored_of_each(), stack.ids()
    since = {name: ids_on(sandbox, stream) - before for name, stream in streams.items()}

    sandbox.faults.clear()
    kept = {name: stream for name, stream in streams.items() if not name.endswith("destroy")}
    succeeded(stack.destroy(*(f"--target=**::{name}" for name in streams.keys() - kept)))
    sent_for(sandbox, streams)
    stack.write_program(program(kept, BOTH))
    succeeded(stack.up())
    sent_later = sent_for(sandbox, streams)
    succeeded(stack.up("--expect-no-changes"))
    rules = {name: at_fastpix(sandbox, ids[name], stream) for name, stream in streams.items()}
    left = {name: ids_on(sandbox, stream) - before for name, stream in streams.items()}
    return Failing(failed, sent, stored, ids, since, sent_later, stack.ids(), rules, stored_of_each(), left)


def test_an_update_that_fails_is_finished_by_the_next_up(stack_of_both: Stack, sandbox: Sandbox) -> None:
    updates = fail_and_finish(stack_of_both, sandbox, created_first=True)
    assert "Traceback" not in updates.failed.output
    for name, (failure, skip, then) in CASES.items():
        playback_id = updates.ids[name]
        said = updates.failed.said_of(name)
        assert f"access restrictions of playback ID {playback_id} are not as declared" in said, (name, said)
        assert updates.since[name] == {playback_id}, name
        # A refusal of one group doesn't keep the other from being sent; an outage does.
        tried = {"PATCH domains", "PATCH user-agents"} if skip or failure in {"403", "422"} else {"PATCH domains"}
        assert set(updates.sent[name]) == tried, name
        is_refused = failure in {"403", "422"}
        known = {
            "domains": RULES["domains"] if skip else None if is_refused else UNCONFIRMED["domains"],
            "userAgents": UNCONFIRMED["userAgents"] if skip and not is_refused else None,
        }
        assert updates.stored[name] == ({group: fields for group, fields in known.items() if fields} or None), name
        openness = ["for all domains" if is_refused else "perhaps for all domains", "for 1 domain alone"][skip]
        assert f"As far as FastPix has confirmed, it is public, {openness} and " in said, (name, said)

        if then == "destroy":
            assert name not in updates.later
            assert updates.left[name] == set(), name
            continue
        assert updates.later[name] == playback_id, name
        assert updates.sent_later[name] == ["PATCH domains", "PATCH user-agents"][skip:], name
        assert updates.rules[name] == AS_DECLARED, name


def test_a_create_whose_rules_cannot_be_set_keeps_its_playback_id(stack_of_both: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    creates = fail_and_finish(stack_of_both, sandbox, created_first=False)
    assert "Traceback" not in creates.failed.output
    for name, (_, skip, then) in CASES.items():
        playback_id = creates.ids[name]
        said = creates.failed.said_of(name)
        assert creates.since[name] == {playback_id}, name
        assert f"Playback ID {playback_id} was made on stream" in said, (name, said)
        domains = ["perhaps for all domains", "for 1 domain alone"][skip]
        open_to = f"as far as FastPix has confirmed it is public, {domains} and perhaps for all user agents."
        assert open_to in said, (name, said)
        assert creates.stored[name] == {**UNCONFIRMED, **({"domains": RULES["domains"]} if skip else {})}, name

        if then == "destroy":
            assert name not in creates.later
            assert creates.left[name] == set(), name
            continue
        assert creates.sent_later[name] == ["PATCH domains", "PATCH user-agents"][skip:], name
        assert creates.later[name] == playback_id, name
        assert creates.rules[name] == AS_DECLARED, name
        assert creates.stored_later[name] == RULES, name


def test_a_claimed_playback_id_whose_rules_cannot_be_set_is_kept(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    before = ids_on(sandbox, *stack.streams.values())
    for stream in stack.streams.values():
        sandbox.faults.add(Fault(kind="drop", method="POST", path=f"*/{stream}/*", when="after", times=1))
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    failed = stack.up(*AT_ONCE, FASTPIX_RETRY_FOR_SECONDS="12")
    assert failed.status != 0
    ids = stack.ids()
    for name, stream in stack.streams.items():
        assert ids_on(sandbox, stream) - before == {ids[name]}
        assert f"Playback ID {ids[name]} was made on stream" in failed.said_of(name), failed.output
    assert stack.stored() == {"domains": UNCONFIRMED["domains"]}
    sandbox.faults.clear()
    stack.sent()
    succeeded(stack.up())
    assert stack.sent() == ["PATCH domains"]
    assert stack.ids() == ids


def test_a_replacement_whose_rules_cannot_be_set_leaves_the_old_playback_id(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.switches.restrictions_create = "ignored"
    stack = TwoPlaybackIds(tmp_path, sandbox, BOTH)
    streams = stack.streams.values()
    succeeded(stack.up())
    old = {*stack.ids().values()}
    before = ids_on(sandbox, *streams)
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", path="*/user-agents"))
    stack.declare(BOTH, more='access_policy="private"')
    stack.sent()
    for name in MODULES:
        # One after another: with --continue-on-error, Pulumi deletes the old one all the same.
        assert stack.up(f"--target=**::{name}").status != 0
    assert stack.sent() == ["POST playback-ids", "PATCH domains", "PATCH user-agents"]
    new = {name: ids_on(sandbox, stream) - before for name, stream in stack.streams.items()}
    assert old <= ids_on(sandbox, *streams)
    sandbox.faults.clear()
    succeeded(stack.up())
    assert stack.sent() == ["PATCH user-agents", "DELETE playback-ids"]
    assert {name: {playback_id} for name, playback_id in stack.ids().items()} == new
    assert ids_on(sandbox, *streams) == (before - old) | {*stack.ids().values()}
    assert stack.stored() == RULES


def test_a_refresh_after_a_partial_update_does_not_bring_back_what_was_opened(tmp_path: Path, sandbox: Sandbox) -> None:
    """The engine still has the inputs of the update before."""
    sandbox.switches.access_restrictions = "never"
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    succeeded(stack.up())
    ids = stack.ids()
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", path="*/user-agents"))
    stack.declare({"user_agents": BOTH["user_agents"]})
    failed = stack.up(*AT_ONCE)
    assert failed.status != 0
    assert all(failed.said_of(name) for name in MODULES), failed.output
    assert stack.rules() == {"domains": ["allow", [], []]}
    succeeded(stack.refresh())
    sandbox.faults.clear()
    stack.declare(PARTNER)
    succeeded(stack.up())
    assert stack.ids() == ids
    assert stack.rules()["domains"] == ["deny", ["partner.example"], []]


def test_a_list_whose_changes_are_ignored_survives_a_failure_and_a_refresh(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    stack = TwoPlaybackIds(tmp_path, sandbox, PARTNER)
    stack.declare(PARTNER, more='opts=pulumi.ResourceOptions(ignore_changes=["accessRestrictions.domains.allow"])')
    failed = stack.up(*AT_ONCE)
    assert failed.status != 0
    assert all(failed.said_of(name) for name in MODULES), failed.output
    ids = stack.ids()
    succeeded(stack.refresh())
    sandbox.faults.clear()
    succeeded(stack.up())
    assert stack.ids() == ids
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}


@pytest.mark.parametrize("then", ["up", "destroy"])
def test_an_update_killed_between_its_two_requests_is_done_again(then: str, tmp_path: Path, sandbox: Sandbox) -> None:
    stack = TwoPlaybackIds(tmp_path, sandbox, None)
    streams = stack.streams.values()
    succeeded(stack.up())
    ids, before = stack.ids(), ids_on(sandbox, *streams)
    sandbox.faults.add(Fault(kind="latency", seconds=60, method="PATCH", path="*/user-agents"))
    stack.declare(BOTH)

    def both_sent_the_second() -> bool:
        return len([one for one in sandbox.requests if one.path.endswith("/user-agents")]) == len(MODULES)

    up_killed(stack, both_sent_the_second, tmp_path / "output")
    assert stack.rules() == {"domains": ["deny", ["partner.example"], []]}
    sandbox.faults.clear()
    succeeded(stack.run("cancel", "--yes"))
    if then == "destroy":
        succeeded(stack.destroy())
        assert ids_on(sandbox, *streams) == before - {*ids.values()}
        return
    succeeded(stack.up())
    assert stack.ids() == ids
    assert ids_on(sandbox, *streams) == before
    assert stack.rules() == AS_DECLARED
    succeeded(stack.up("--expect-no-changes"))
