"""After a run was killed and recovered, the next `up` brings access restrictions to what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import MODULES, sent_for, through_both
from support.commands import fastpix, follow
from support.engine import DYNAMIC, ProviderUnderTest, Stack
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import empty_stream, ids_on

NEVER_SHOWN = {"access_restrictions": "never"}
NOT_TAKEN = {"access_restrictions": "always", "restrictions_create": "ignored"}
BOTH = ["PATCH domains", "PATCH user-agents"]


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


@pytest.mark.parametrize(
    ("switches", "unsent"),
    [
        pytest.param(NEVER_SHOWN, {"unknown": BOTH}, id="never shown"),
        pytest.param(NOT_TAKEN, {"none-sent": BOTH, "one-sent": BOTH[1:]}, id="not taken by creates"),
    ],
)
def test_access_restrictions_that_a_killed_run_did_not_get_to_send_are_sent_by_the_next_up(
    switches: dict[str, str], unsent: dict[str, list[str]], stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Each case has a stream of its own for each provider, on which the killed run can send so much and no more."""
    for name, position in switches.items():
        setattr(sandbox.switches, name, position)
    cases = {f"{case}-{provider}": case for case in unsent for provider in MODULES}
    streams = {name: empty_stream(sandbox) for name in cases}
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}, "user_agents": {"deny": ["curl"]}}
    stack.write_program(
        through_both(f"""
for case in {[*unsent]}:
    name = f"{{case}}-{{provider}}"
    module.LivePlaybackId(name, stream_id={streams}[name], access_restrictions={rules})
""")
    )
    can_be_sent = {name: 2 - len(unsent[case]) for name, case in cases.items()}
    for name, stream_id in streams.items():
        sandbox.faults.add(Fault(kind="drop", method="PATCH", path=f"*/{stream_id}/*", skip=can_be_sent[name]))

    def patches_on(stream_id: str) -> int:
        return sum(one.method == "PATCH" and stream_id in one.path for one in sandbox.mutating_requests)

    up_killed(
        stack,
        lambda: all(patches_on(streams[name]) > number for name, number in can_be_sent.items()),
        tmp_path / "up.log",
    )
    sandbox.faults.clear()
    sandbox.clear_requests()
    lost = {name: ids_on(sandbox, stream_id) for name, stream_id in streams.items()}
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    unconfirmed = f"Until then: FastPix hasn't confirmed the access restrictions of {len(cases)} of these"
    assert unconfirmed in advice.stdout
    follow(stack, advice.stdout)
    assert {name: {id_} for name, id_ in stack.ids().items()} == lost
    up = stack.up()
    assert up.status == 0, up.output
    assert len(sandbox.mutating_requests) == sum(len(unsent[case]) for case in cases.values())
    assert sent_for(sandbox, streams) == {name: unsent[case] for name, case in cases.items()}
    assert {name: {id_} for name, id_ in stack.ids().items()} == lost
    for name, stream_id in streams.items():
        assert ids_on(sandbox, stream_id) == lost[name]
        (at_fastpix,) = sandbox.store.playback_ids.restrictions(stream_id).values()
        assert at_fastpix == {
            "domains": Rules(default_policy="deny", allow=("partner.example",)),
            "userAgents": Rules(deny=("curl",)),
        }
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output


def test_a_destroy_after_a_killed_run_deletes_what_is_recovered(stack: Stack, sandbox: Sandbox, tmp_path: Path) -> None:
    """Pulumi keeps the interrupted create when it destroys the rest, so it can still be recovered then."""
    streams = {provider: empty_stream(sandbox) for provider in MODULES}
    sandbox.switches.restrictions_create = "ignored"
    stack.write_program(
        through_both(f"""
module.LivePlaybackId(provider, stream_id={streams}[provider],
    access_restrictions={{"domains": {{"default_policy": "deny"}}}})
""")
    )
    sandbox.faults.add(Fault(kind="drop", method="PATCH"))

    def both_are_unrestricted() -> bool:
        restricting = " ".join(one.path for one in sandbox.requests if one.method == "PATCH")
        return all(stream_id in restricting for stream_id in streams.values())

    up_killed(stack, both_are_unrestricted, tmp_path / "up.log")
    sandbox.faults.clear()
    lost = {provider: ids_on(sandbox, stream_id).pop() for provider, stream_id in streams.items()}
    stack.run("cancel", "--yes")
    assert stack.destroy().status == 0
    assert (stack.ids(), ids_on(sandbox, *streams.values())) == ({}, {*lost.values()})
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    assert stack.ids() == lost
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert (stack.ids(), ids_on(sandbox, *streams.values())) == ({}, set())


@pytest.mark.parametrize("shown", ["always", "never"])
def test_creates_that_get_each_others_playback_ids_have_their_own_access_restrictions_after_the_next_up(
    shown: Literal["always", "never"], stack: Stack, sandbox: Sandbox
) -> None:
    """They are given away in the order of the server's list, which is the other way round here."""
    sandbox.switches.access_restrictions = shown
    sandbox.switches.playback_id_order = "newest-first"
    streams = {provider: empty_stream(sandbox) for provider in MODULES}
    stack.write_program(
        through_both(f"""
first = module.LivePlaybackId("first-" + provider, stream_id={streams}[provider],
    access_restrictions={{"domains": {{"default_policy": "deny"}}}})
module.LivePlaybackId("later-" + provider, stream_id=first.stream_id)
""")
    )
    assert stack.up().status == 0
    before = stack.ids()
    turn_into_interrupted_creates(stack, "id", "outputs")

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    up = stack.up()
    assert up.status == 0, up.output
    for provider, stream_id in streams.items():
        first, later = before[f"first-{provider}"], before[f"later-{provider}"]
        assert (stack.ids()[f"first-{provider}"], stack.ids()[f"later-{provider}"]) == (later, first)
        assert ids_on(sandbox, stream_id) == {first, later}
        rules = sandbox.store.playback_ids.restrictions(stream_id)
        assert rules[later]["domains"] == Rules(default_policy="deny")
        assert rules[first]["domains"] == Rules()
    assert stack.ids().keys() == before.keys()
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
