"""Access restrictions that can't be set: the playback ID isn't lost, and the next `up` sends what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox, Switches
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, sent_for
from support.engine import Run, Stack
from support.killing import up_killed
from support.playback_ids import ids_on
from support.restrictions import BOTH, PARTNER, RULES, at_fastpix, declared, sent, stored

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
AS_DECLARED = {"domains": ["deny", ["partner.example"], []], "userAgents": ["allow", [], ["curl"]]}


@dataclass(frozen=True)
class Failing:
    """A run that fails for all of `EITHER_END` through both providers, and one or the other that follows.

    Each has a playback ID on a stream of its own, by whose name they are told apart here.

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


def name_of(provider: str, failure: str, skip: int, then: str) -> str:
    return f"{provider}-{failure}-{skip}-{then}"


def fail_and_finish(folder: Path, sandbox: Sandbox, *, created_first: bool) -> Failing:
    """Let the rules of playback IDs fail, either when these are created or when they are updated."""
    cases = {name_of(provider, *case): (module, case) for provider, module in MODULES.items() for case in EITHER_END}
    streams = {name: sandbox.store.live_streams.create() for name in cases}

    def program(rules: object, names: Iterable[str]) -> str:
        return BOTH_PROVIDERS + "".join(
            f"{cases[name][0]}.LivePlaybackId({name!r}, stream_id={streams[name]!r}, access_restrictions={rules!r})\n"
            for name in names
        )

    def stored_of_each() -> dict[str, Any]:
        return {name: one["outputs"].get("accessRestrictions") for name, one in stack.resources().items()}

    before = ids_on(sandbox, *streams.values())
    stack = Stack(folder, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "2"})
    stack.write_program(program(None, cases))
    stack.create()
    if created_first:
        first = stack.up(*AT_ONCE)
        assert first.status == 0, first.output
    sent_for(sandbox, streams)
    for name, (_, (failure, skip, _)) in cases.items():
        sandbox.faults.add(Fault(method="PATCH", path=f"*/{streams[name]}/*", skip=skip, **FAILURES[failure]))
    stack.write_program(program(BOTH, cases))
    failed = stack.up(*AT_ONCE)
    assert failed.status != 0
    sent, stored, ids = sent_for(sandbox, streams), stored_of_each(), stack.ids()
    since = {name: ids_on(sandbox, stream) - before for name, stream in streams.items()}

    sandbox.faults.clear()
    destroyed = [name for name in cases if name.endswith("destroy")]
    urns = [stack.resources()[name]["urn"] for name in destroyed]
    destroy = stack.destroy(*(f"--target={urn}" for urn in urns))
    assert destroy.status == 0, destroy.output
    sent_for(sandbox, streams)
    stack.write_program(program(BOTH, cases.keys() - destroyed))
    up = stack.up()
    assert up.status == 0, up.output
    sent_later = sent_for(sandbox, streams)
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
    return Failing(
        failed,
        sent,
        stored,
        ids,
        since,
        sent_later,
        stack.ids(),
        {name: at_fastpix(sandbox, ids[name], stream) for name, stream in streams.items()},
        stored_of_each(),
        {name: ids_on(sandbox, stream) - before for name, stream in streams.items()},
    )


@pytest.fixture(scope="module")
def updates(tmp_path_factory: pytest.TempPathFactory) -> Failing:
    with Sandbox() as sandbox:
        return fail_and_finish(tmp_path_factory.mktemp("updates"), sandbox, created_first=True)


@pytest.fixture(scope="module")
def creates(tmp_path_factory: pytest.TempPathFactory) -> Failing:
    with Sandbox(switches=Switches(access_restrictions="never", restrictions_create="ignored")) as sandbox:
        return fail_and_finish(tmp_path_factory.mktemp("creates"), sandbox, created_first=False)


@pytest.mark.parametrize("provider", MODULES)
@pytest.mark.parametrize(("failure", "skip", "then"), EITHER_END)
def test_an_update_that_fails_is_finished_by_the_next_up(
    failure: str, skip: int, then: str, provider: str, updates: Failing
) -> None:
    name = name_of(provider, failure, skip, then)
    playback_id = updates.ids[name]
    said = updates.failed.said_of(name)
    assert f"access restrictions of playback ID {playback_id} are not as declared" in said, said
    assert "Traceback" not in updates.failed.output
    assert updates.since[name] == {playback_id}
    # A refusal of one group doesn't keep the other from being sent; an outage does.
    tried = {"PATCH domains", "PATCH user-agents"} if skip or failure in {"403", "422"} else {"PATCH domains"}
    assert set(updates.sent[name]) == tried
    is_refused = failure in {"403", "422"}
    known = {
        "domains": RULES["domains"] if skip else None if is_refused else UNCONFIRMED["domains"],
        "userAgents": UNCONFIRMED["userAgents"] if skip and not is_refused else None,
    }
    assert updates.stored[name] == ({group: fields for group, fields in known.items() if fields} or None)
    openness = ["for all domains" if is_refused else "perhaps for all domains", "for 1 domain alone"][skip]
    assert f"As far as FastPix has confirmed, it is public, {openness} and " in said, said

    if then == "destroy":
        assert name not in updates.later
        assert updates.left[name] == set()
        return
    assert updates.later[name] == playback_id
    assert updates.sent_later[name] == ["PATCH domains", "PATCH user-agents"][skip:]
    assert updates.rules[name] == AS_DECLARED


@pytest.mark.parametrize("provider", MODULES)
@pytest.mark.parametrize(("failure", "skip", "then"), EITHER_END)
def test_a_create_whose_rules_cannot_be_set_keeps_its_playback_id(
    failure: str, skip: int, then: str, provider: str, creates: Failing
) -> None:
    name = name_of(provider, failure, skip, then)
    playback_id = creates.ids[name]
    said = creates.failed.said_of(name)
    assert creates.since[name] == {playback_id}
    assert f"Playback ID {playback_id} was made on stream" in said, said
    open_to = [
        "perhaps for all domains and perhaps for all user agents",
        "for 1 domain alone and perhaps for all user agents",
    ]
    assert f"as far as FastPix has confirmed it is public, {open_to[skip]}." in said, said
    assert "Traceback" not in creates.failed.output
    assert creates.stored[name] == {**UNCONFIRMED, **({"domains": RULES["domains"]} if skip else {})}

    if then == "destroy":
        assert name not in creates.later
        assert creates.left[name] == set()
        return
    assert creates.sent_later[name] == ["PATCH domains", "PATCH user-agents"][skip:]
    assert creates.later[name] == playback_id
    assert creates.rules[name] == AS_DECLARED
    assert creates.stored_later[name] == RULES


def test_a_claimed_playback_id_whose_rules_cannot_be_set_is_kept(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="drop", method="POST", when="after", times=1))
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    stack.write_program(declared(PARTNER))
    failed = stack.up(FASTPIX_RETRY_FOR_SECONDS="12")
    assert failed.status != 0
    (playback_id,) = stack.ids().values()
    assert ids_on(sandbox) - before == {playback_id}
    assert f"Playback ID {playback_id} was made on stream" in failed.output, failed.output
    assert stored(stack) == {"domains": UNCONFIRMED["domains"]}
    sandbox.faults.clear()
    sent(sandbox)
    up = stack.up()
    assert up.status == 0, up.output
    assert sent(sandbox) == ["PATCH domains"]
    assert stack.ids() == {"main": playback_id}


def test_a_replacement_whose_rules_cannot_be_set_leaves_the_old_playback_id(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.restrictions_create = "ignored"
    stack.write_program(declared(BOTH))
    assert stack.up().status == 0
    (old,) = stack.ids().values()
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", path="*/user-agents"))
    stack.write_program(declared(BOTH, access_policy="private"))
    sent(sandbox)
    assert stack.up().status != 0
    assert sent(sandbox) == ["POST playback-ids", "PATCH domains", "PATCH user-agents"]
    (new,) = ids_on(sandbox) - before
    assert old in ids_on(sandbox)
    sandbox.faults.clear()
    up = stack.up()
    assert up.status == 0, up.output
    assert sent(sandbox) == ["PATCH user-agents", "DELETE playback-ids"]
    assert stack.ids() == {"main": new}
    assert ids_on(sandbox) == (before - {old}) | {new}
    assert stored(stack) == RULES


def test_a_refresh_after_a_partial_update_does_not_bring_back_what_was_opened(stack: Stack, sandbox: Sandbox) -> None:
    """The engine still has the inputs of the update before."""
    sandbox.switches.access_restrictions = "never"
    stack.write_program(declared(PARTNER))
    assert stack.up().status == 0
    (playback_id,) = stack.ids().values()
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", path="*/user-agents"))
    stack.write_program(declared({"user_agents": BOTH["user_agents"]}))
    assert stack.up().status != 0
    assert at_fastpix(sandbox, playback_id) == {"domains": ["allow", [], []]}
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    sandbox.faults.clear()
    stack.write_program(declared(PARTNER))
    up = stack.up()
    assert up.status == 0, up.output
    assert at_fastpix(sandbox, playback_id)["domains"] == ["deny", ["partner.example"], []]


def test_a_list_whose_changes_are_ignored_survives_a_failure_and_a_refresh(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    ignoring = declared(PARTNER).replace(
        "access_restrictions=",
        'opts=pulumi.ResourceOptions(ignore_changes=["accessRestrictions.domains.allow"]), access_restrictions=',
    )
    stack.write_program(ignoring)
    assert stack.up().status != 0
    (playback_id,) = stack.ids().values()
    assert stack.refresh().status == 0
    sandbox.faults.clear()
    up = stack.up()
    assert up.status == 0, up.output
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}


@pytest.mark.parametrize("then", ["up", "destroy"])
def test_an_update_killed_between_its_two_requests_is_done_again(
    then: str, stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    stack.write_program(declared(None))
    assert stack.up().status == 0
    (playback_id,) = stack.ids().values()
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="latency", seconds=60, method="PATCH", path="*/user-agents"))
    stack.write_program(declared(BOTH))
    up_killed(stack, lambda: any(one.path.endswith("/user-agents") for one in sandbox.requests), tmp_path / "output")
    assert at_fastpix(sandbox, playback_id) == {"domains": ["deny", ["partner.example"], []]}
    sandbox.faults.clear()
    assert stack.run("cancel", "--yes").status == 0
    if then == "destroy":
        destroy = stack.destroy()
        assert destroy.status == 0, destroy.output
        assert ids_on(sandbox) == before - {playback_id}
        return
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.ids() == {"main": playback_id}
    assert ids_on(sandbox) == before
    assert at_fastpix(sandbox, playback_id) == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }
    assert stack.up("--expect-no-changes").status == 0
