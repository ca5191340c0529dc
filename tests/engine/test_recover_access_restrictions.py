"""After a run was killed and recovered, the next `up` brings access restrictions to what is declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.cases import MODULES, sent_for, through_both
from support.commands import fastpix, follow
from support.engine import DYNAMIC, ProviderUnderTest, Stack, succeeded
from support.killing import turn_into_interrupted_creates, up_killed
from support.playback_ids import empty_stream, ids_on

BOTH = ["PATCH domains", "PATCH user-agents"]
UNSENT = {
    "here": {"none-sent": BOTH, "one-sent": BOTH[1:]},
    "there": {"never-shown": BOTH},
}
"""On each server, what a killed run didn't get to send."""


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


@pytest.fixture
def servers(stack: Stack, sandbox: Sandbox) -> Iterator[dict[str, Sandbox]]:
    """Two, so that one program can have a switch in both positions: that of the environment, and one of `ACCOUNTS`."""
    del stack.environ["FASTPIX_SANDBOX"]  # which allows no others
    with Sandbox() as other:
        yield {"here": sandbox, "there": other}


def accounts(servers: dict[str, Sandbox]) -> str:
    """A line of declarations: the provider resource of each server, none for the one that the environment leads to."""
    there = servers["there"]
    settings = {"access_token_id": there.access_token_id, "secret_key": there.secret_key, "base_url": there.base_url}
    return f"""ACCOUNTS = {{"here": None, "there": module.Provider("there-" + provider, **{settings})}}"""


def test_access_restrictions_that_a_killed_run_did_not_get_to_send_are_sent_by_the_next_up(
    stack: Stack, servers: dict[str, Sandbox], tmp_path: Path
) -> None:
    """Each case has a stream of its own for each provider, on which the killed run can send so much and no more."""
    servers["here"].switches.access_restrictions = "always"
    servers["here"].switches.restrictions_create = "ignored"
    servers["there"].switches.access_restrictions = "never"
    unsent = {
        where: {f"{case}-{provider}": patches for case, patches in cases.items() for provider in MODULES}
        for where, cases in UNSENT.items()
    }
    streams = {where: {name: empty_stream(servers[where]) for name in names} for where, names in unsent.items()}
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}, "user_agents": {"deny": ["curl"]}}
    stack.write_program(
        through_both(f"""
{accounts(servers)}
for where, streams in {streams}.items():
    for name in [name for name in streams if name.endswith(provider)]:
        opts = pulumi.ResourceOptions(provider=ACCOUNTS[where])
        module.LivePlaybackId(name, stream_id=streams[name], access_restrictions={rules}, opts=opts)
""")
    )
    for where, names in streams.items():
        for name, stream_id in names.items():
            can_be_sent = 2 - len(unsent[where][name])
            servers[where].faults.add(Fault(kind="drop", method="PATCH", path=f"*/{stream_id}/*", skip=can_be_sent))

    def all_have_come_so_far() -> bool:
        """Whether one more than can be sent on each stream has been tried."""
        return all(
            sum(one.method == "PATCH" and stream_id in one.path for one in servers[where].mutating_requests)
            > 2 - len(unsent[where][name])
            for where, names in streams.items()
            for name, stream_id in names.items()
        )

    up_killed(stack, all_have_come_so_far, tmp_path / "up.log")
    lost = {}
    for where, server in servers.items():
        server.faults.clear()
        server.clear_requests()
        lost.update({name: ids_on(server, stream_id) for name, stream_id in streams[where].items()})
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert f"Until then: FastPix hasn't confirmed the access restrictions of {len(lost)} of these" in advice.stdout
    follow(stack, advice.stdout)
    assert {name: {id_} for name, id_ in stack.ids().items()} == lost
    succeeded(stack.up())
    assert {name: {id_} for name, id_ in stack.ids().items()} == lost
    for where, server in servers.items():
        assert len(server.mutating_requests) == sum(map(len, unsent[where].values()))
        assert sent_for(server, streams[where]) == unsent[where]
        for name, stream_id in streams[where].items():
            assert ids_on(server, stream_id) == lost[name]
            (at_fastpix,) = server.store.playback_ids.restrictions(stream_id).values()
            assert at_fastpix == {
                "domains": Rules(default_policy="deny", allow=("partner.example",)),
                "userAgents": Rules(deny=("curl",)),
            }
    succeeded(stack.up("--expect-no-changes"))


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


def test_creates_that_get_each_others_playback_ids_have_their_own_access_restrictions_after_the_next_up(
    stack: Stack, servers: dict[str, Sandbox]
) -> None:
    """They are given away in the order of the server's list, which is the other way round here."""
    servers["here"].switches.access_restrictions = "always"
    servers["there"].switches.access_restrictions = "never"
    for server in servers.values():
        server.switches.playback_id_order = "newest-first"
    streams = {f"{where}-{provider}": empty_stream(servers[where]) for where in servers for provider in MODULES}
    stack.write_program(
        through_both(f"""
{accounts(servers)}
for where, account in ACCOUNTS.items():
    name, opts = f"{{where}}-{{provider}}", pulumi.ResourceOptions(provider=account)
    first = module.LivePlaybackId("first-" + name, stream_id={streams}[name],
        access_restrictions={{"domains": {{"default_policy": "deny"}}}}, opts=opts)
    module.LivePlaybackId("later-" + name, stream_id=first.stream_id, opts=opts)
""")
    )
    succeeded(stack.up())
    before = stack.ids()
    turn_into_interrupted_creates(stack, "id", "outputs")

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    succeeded(stack.up())
    for name, stream_id in streams.items():
        server = servers[name.partition("-")[0]]
        first, later = before[f"first-{name}"], before[f"later-{name}"]
        assert (stack.ids()[f"first-{name}"], stack.ids()[f"later-{name}"]) == (later, first)
        assert ids_on(server, stream_id) == {first, later}
        rules = server.store.playback_ids.restrictions(stream_id)
        assert rules[later]["domains"] == Rules(default_policy="deny")
        assert rules[first]["domains"] == Rules()
    assert stack.ids().keys() == before.keys()
    succeeded(stack.up("--expect-no-changes"))
