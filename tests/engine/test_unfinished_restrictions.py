"""Access restrictions that can't be set: the playback ID isn't lost, and the next `up` sends what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.engine import Stack
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


@pytest.mark.parametrize(("failure", "skip", "then"), EITHER_END)
def test_an_update_that_fails_is_finished_by_the_next_up(
    failure: str, skip: int, then: str, stack: Stack, sandbox: Sandbox
) -> None:
    before = ids_on(sandbox)
    stack.write_program(declared(None))
    assert stack.up().status == 0
    (playback_id,) = stack.ids().values()
    sent(sandbox)
    sandbox.faults.add(Fault(method="PATCH", skip=skip, **FAILURES[failure]))
    stack.write_program(declared(BOTH))
    failed = stack.up(FASTPIX_RETRY_FOR_SECONDS="2")
    assert failed.status != 0
    assert f"access restrictions of playback ID {playback_id} are not as declared" in failed.output, failed.output
    assert "Traceback" not in failed.output
    assert stack.ids() == {"main": playback_id}
    # A refusal of one group doesn't keep the other from being sent; an outage does.
    tried = {"PATCH domains", "PATCH user-agents"} if skip or failure in {"403", "422"} else {"PATCH domains"}
    assert set(sent(sandbox)) == tried
    is_refused = failure in {"403", "422"}
    known = {
        "domains": RULES["domains"] if skip else None if is_refused else UNCONFIRMED["domains"],
        "userAgents": UNCONFIRMED["userAgents"] if skip and not is_refused else None,
    }
    assert stored(stack) == ({group: fields for group, fields in known.items() if fields} or None)
    openness = ["for all domains" if is_refused else "perhaps for all domains", "for 1 domain alone"][skip]
    assert f"As far as FastPix has confirmed, it is public, {openness} and " in failed.output, failed.output

    sandbox.faults.clear()
    if then == "destroy":
        destroy = stack.destroy()
        assert destroy.status == 0, destroy.output
        assert ids_on(sandbox) == before
        return
    up = stack.up()
    assert up.status == 0, up.output
    assert sent(sandbox) == ["PATCH domains", "PATCH user-agents"][skip:]
    assert at_fastpix(sandbox, playback_id)["domains"] == ["deny", ["partner.example"], []]
    assert at_fastpix(sandbox, playback_id)["userAgents"] == ["allow", [], ["curl"]]
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0


@pytest.mark.parametrize(("failure", "skip", "then"), EITHER_END)
def test_a_create_whose_rules_cannot_be_set_keeps_its_playback_id(
    failure: str, skip: int, then: str, stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.switches.access_restrictions = "never"
    sandbox.switches.restrictions_create = "ignored"
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(method="PATCH", skip=skip, **FAILURES[failure]))
    stack.write_program(declared(BOTH))
    failed = stack.up(FASTPIX_RETRY_FOR_SECONDS="2")
    assert failed.status != 0
    (playback_id,) = stack.ids().values()
    assert ids_on(sandbox) - before == {playback_id}
    assert f"Playback ID {playback_id} was made on stream" in failed.output, failed.output
    open_to = [
        "perhaps for all domains and perhaps for all user agents",
        "for 1 domain alone and perhaps for all user agents",
    ]
    assert f"as far as FastPix has confirmed it is public, {open_to[skip]}." in failed.output, failed.output
    assert "Traceback" not in failed.output
    assert stored(stack) == {**UNCONFIRMED, **({"domains": RULES["domains"]} if skip else {})}

    sandbox.faults.clear()
    sent(sandbox)
    if then == "destroy":
        destroy = stack.destroy()
        assert destroy.status == 0, destroy.output
        assert ids_on(sandbox) == before
        return
    up = stack.up()
    assert up.status == 0, up.output
    assert sent(sandbox) == ["PATCH domains", "PATCH user-agents"][skip:]
    assert stack.ids() == {"main": playback_id}
    assert at_fastpix(sandbox, playback_id) == {
        "domains": ["deny", ["partner.example"], []],
        "userAgents": ["allow", [], ["curl"]],
    }
    assert stored(stack) == RULES
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0


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
    assert stack.run("up", "--yes", "--expect-no-changes").status == 0
