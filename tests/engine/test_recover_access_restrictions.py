"""After a run was killed and recovered, the next `up` brings access restrictions to what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import ids_on
from support.programs import ONE_ID

NEVER_SHOWN = {"access_restrictions": "never"}
NOT_TAKEN = {"access_restrictions": "always", "restrictions_create": "ignored"}


@pytest.mark.parametrize(
    ("switches", "unsent"),
    [
        pytest.param(NEVER_SHOWN, ["domains", "user-agents"], id="never shown"),
        pytest.param(NOT_TAKEN, ["domains", "user-agents"], id="none sent"),
        pytest.param(NOT_TAKEN, ["user-agents"], id="one sent"),
    ],
)
def test_access_restrictions_that_a_killed_run_did_not_get_to_send_are_sent_by_the_next_up(
    switches: dict[str, str], unsent: list[str], stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    for name, position in switches.items():
        setattr(sandbox.switches, name, position)
    (first,) = ids_on(sandbox)
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first)
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}, "user_agents": {"deny": ["curl"]}}
    stack.write_program(ONE_ID.replace('")', f'", access_restrictions={rules})'))
    sent = 2 - len(unsent)
    sandbox.faults.add(Fault(kind="drop", method="PATCH", skip=sent))

    def patches() -> list[str]:
        return [one.path.rpartition("/")[2] for one in sandbox.mutating_requests if one.method == "PATCH"]

    up_killed(stack, lambda: len(patches()) > sent, tmp_path / "up.log")
    sandbox.faults.clear()
    sandbox.clear_requests()
    (lost,) = ids_on(sandbox)
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert "Until then: FastPix hasn't confirmed the access restrictions of one of these" in advice.stdout
    follow(stack, advice.stdout)
    assert stack.ids() == {"main": lost}
    up = stack.up()
    assert up.status == 0, up.output
    assert (patches(), len(sandbox.mutating_requests)) == (unsent, len(unsent))
    assert (stack.ids(), ids_on(sandbox)) == ({"main": lost}, {lost})
    (at_fastpix,) = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID).values()
    assert at_fastpix == {
        "domains": Rules(default_policy="deny", allow=("partner.example",)),
        "userAgents": Rules(deny=("curl",)),
    }
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output


def test_a_destroy_after_a_killed_run_deletes_what_is_recovered(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> None:
    """Pulumi keeps the interrupted create when it destroys the rest, so it can still be recovered then."""
    (first,) = ids_on(sandbox)
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first)
    sandbox.switches.restrictions_create = "ignored"
    stack.write_program(ONE_ID.replace('")', '", access_restrictions={"domains": {"default_policy": "deny"}})'))
    sandbox.faults.add(Fault(kind="drop", method="PATCH"))
    up_killed(stack, lambda: any(one.method == "PATCH" for one in sandbox.requests), tmp_path / "up.log")
    sandbox.faults.clear()
    (lost,) = ids_on(sandbox)
    stack.run("cancel", "--yes")
    assert stack.destroy().status == 0
    assert (stack.ids(), ids_on(sandbox)) == ({}, {lost})
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    assert stack.ids() == {"main": lost}
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert (stack.ids(), ids_on(sandbox)) == ({}, set())


@pytest.mark.parametrize("shown", ["always", "never"])
def test_creates_that_get_each_others_playback_ids_have_their_own_access_restrictions_after_the_next_up(
    shown: Literal["always", "never"], stack: Stack, sandbox: Sandbox
) -> None:
    """They are given away in the order of the server's list, which is the other way round here."""
    sandbox.switches.access_restrictions = shown
    sandbox.switches.playback_id_order = "newest-first"
    (first,) = ids_on(sandbox)
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first)
    stack.write_program(
        ONE_ID.replace('")', '", access_restrictions={"domains": {"default_policy": "deny"}})')
        + 'fastpix.LivePlaybackId("later", stream_id=main.stream_id)'
    )
    assert stack.up().status == 0
    before = stack.ids()
    turn_into_interrupted_creates(stack, "id", "outputs")

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.ids() == {"main": before["later"], "later": before["main"]}
    assert ids_on(sandbox) == set(before.values())
    rules = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID)
    assert rules[before["later"]]["domains"] == Rules(default_policy="deny")
    assert rules[before["main"]]["domains"] == Rules()
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
