"""A stack stays on its side: with an account's credentials nothing of a sandbox is touched, nor the reverse."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.account import account, settings_of
from support.cases import BOTH_PROVIDERS, MODULES
from support.engine import Run, Stack

DESTROY_FIRST = "pulumi-fastpix sandbox exec --data FILE -- pulumi destroy"


def both(name: str) -> set[str]:
    return {f"{provider}-{name}" for provider in MODULES}


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


def playback_ids(stream_id: str, *names: str) -> str:
    """Playback IDs with these names on one stream."""
    return "".join(f'fastpix.LivePlaybackId("{name}", stream_id="{stream_id}")\n' for name in names)


def every_command(stack: Stack, environ: dict[str, str], *one_of_each_type: str) -> list[Run]:
    """All that are refused: `up` and `preview` end at the first object, so they are run for one of each type, too."""
    refused = [stack.run("up", "--yes", **environ), stack.up(**environ)]
    for name in one_of_each_type:
        refused += [command(f"--target=**::{name}", **environ) for command in (stack.up, stack.preview)]
    at_once = [stack.refresh(**environ), stack.destroy("--continue-on-error", **environ)]
    for run in at_once:
        for name in one_of_each_type:
            assert "error: " in run.said_of(name), run.output
    return refused + at_once


def declared(stream_id: str, *more: str) -> str:
    """Something of each type, whose data in the sandbox is kept, or lost; the streams need no change to be moved."""
    of_each = "".join(
        f"""
stream = fastpix.LiveStream("{data}-concert")
fastpix.LivePlaybackId("{data}-crew", stream_id=stream.id, opts=pulumi.ResourceOptions(deleted_with=stream))
fastpix.SigningKey("{data}-viewers")
"""
        for data in ("kept", "lost")
    )
    return playback_ids(stream_id, "kept-audience", "kept-backstage", *more) + of_each


def test_a_stack_moves_from_the_sandbox_to_an_account(stack: Stack) -> None:
    """As docs/from-sandbox-to-account.md has it."""
    stack.write_program(declared(DEMO_STREAM_ID))
    succeeded(stack.up())
    in_sandbox, ids = states(stack), stack.ids()
    with account() as at_fastpix:
        at_fastpix.store.live_streams.delete(DEMO_STREAM_ID)
        stream_id = at_fastpix.store.live_streams.create()
        own = {one.id for one in at_fastpix.store.playback_ids.list(stream_id)}
        stack.write_program(declared(stream_id, "new"))
        for run in every_command(stack, settings_of(at_fastpix), "kept-audience", "kept-concert", "kept-viewers"):
            assert run.status != 0
            assert "was made in a sandbox, but this run has the credentials of an account" in run.output, run.output
            assert DESTROY_FIRST in run.output
            assert "Traceback" not in run.output
        # The destroy, the last command, has made Pulumi forget what goes with the streams, and asked nobody.
        assert ids.keys() - stack.ids().keys() == {"kept-crew", "lost-crew"}
        assert {name: ids[name] for name in stack.ids()} == stack.ids()
        assert states(stack) == in_sandbox
        assert at_fastpix.requests == []

        succeeded(stack.destroy("--target=**::kept-*"))
        assert stack.ids().keys() == {"lost-concert", "lost-viewers"}
        destroy_lost_data(stack)
        assert stack.resources() == {}

        succeeded(stack.up(**settings_of(at_fastpix)))
        moved = stack.ids()
        assert moved.keys() == ids.keys() | {"new"}
        there = {one.id for one in at_fastpix.store.playback_ids.list(stream_id)}
        assert there == {*own, *(moved[name] for name in ("kept-audience", "kept-backstage", "new"))}
        for data in ("kept", "lost"):
            stream = at_fastpix.store.live_streams.get(moved[f"{data}-concert"])
            assert moved[f"{data}-crew"] in {one.id for one in stream.playback_ids}
        keys = {one.id for one in at_fastpix.store.signing_keys.list()}
        assert keys == {moved["kept-viewers"], moved["lost-viewers"]}
        succeeded(stack.destroy(**settings_of(at_fastpix)))
        assert stack.resources() == {}
        assert [one.id for one in at_fastpix.store.live_streams.list()] == [stream_id]
        assert {one.id for one in at_fastpix.store.playback_ids.list(stream_id)} == own


def states(stack: Stack) -> list[list[Any]]:
    """What there is of playback IDs that stay."""
    resources = [stack.resources()[name] for name in ("kept-audience", "kept-backstage")]
    return [[resource[key] for key in ("id", "inputs", "outputs")] for resource in resources]


def destroy_lost_data(stack: Stack) -> None:
    """Destroy a stream and a key of a sandbox whose data is lost, by another one."""
    ids = stack.ids()
    with Sandbox() as another:
        destroyed = stack.destroy(**another.environment(), FASTPIX_DELETED_STREAMS=ids["lost-concert"])
        assert another.mutating_requests == []
    assert stack.ids().keys() == {"lost-viewers"}, destroyed.output
    assert f"Can't tell whether signing key {ids['lost-viewers']}" in destroyed.output
    succeeded(stack.run("state", "delete", "--yes", stack.resources()["lost-viewers"]["urn"]))


def test_a_stack_of_an_account_is_not_touched_in_the_sandbox(stack: Stack, sandbox: Sandbox) -> None:
    with account() as at_fastpix:
        stream_id = at_fastpix.store.live_streams.create()
        stack.write_program(playback_ids(stream_id, "audience"))
        succeeded(stack.up(**settings_of(at_fastpix)))
        at_account = stack.states()
        stack.write_program(playback_ids(DEMO_STREAM_ID, "audience", "new"))
        commands = (stack.up, stack.preview, stack.refresh, stack.destroy)
        with_preview = stack.run("up", "--yes", **sandbox.environment())
        for run in (with_preview, *(command(**sandbox.environment()) for command in commands)):
            assert run.status != 0
            assert "was made with an account, but this run talks to a sandbox" in run.output, run.output
        assert stack.states() == at_account
        assert sandbox.requests == []


def test_an_object_of_a_sandbox_among_those_of_an_account_is_destroyed_in_the_sandbox(
    stack_of_both: Stack, sandbox: Sandbox
) -> None:
    """As a stack was left that an earlier version let run on the wrong side."""
    stack, stray = stack_of_both, "--target=**::*-stray"
    with account() as at_fastpix:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f'{module}.LivePlaybackId("{provider}-{name}", stream_id="{DEMO_STREAM_ID}")\n'
                for provider, module in MODULES.items()
                for name in ("audience", "stray")
            )
        )
        succeeded(stack.up(**settings_of(at_fastpix)))
        succeeded(stack.destroy(stray, **settings_of(at_fastpix)))
        succeeded(stack.up(stray))
        # Of each provider's own: the run ends at the first.
        for provider in MODULES:
            mixed = stack.up(f"--target=**::{provider}-*", **settings_of(at_fastpix))
            assert mixed.status != 0

        # With the URN that the text names it would be the only one; without, the others are refused.
        run = stack.destroy("--continue-on-error")
        assert run.status != 0
        assert stack.ids().keys() == both("audience"), run.output
        succeeded(stack.up(**settings_of(at_fastpix)))
        (demo,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
        assert demo.id not in stack.ids().values()
        succeeded(stack.destroy(**settings_of(at_fastpix)))


def test_a_provider_resource_is_given_its_earlier_settings_back_and_then_destroyed(
    stack: Stack, sandbox: Sandbox
) -> None:
    def with_settings_of(server: Sandbox) -> None:
        stack.write_program(f"""
account = fastpix.Provider("studio", access_token_id="{server.access_token_id}",
    secret_key="{server.secret_key}", base_url="{server.base_url}")
fastpix.LivePlaybackId("audience", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=account))
""")

    none = {"FASTPIX_SANDBOX": "", "FASTPIX_USERNAME": "", "FASTPIX_PASSWORD": "", "FASTPIX_BASE_URL": ""}
    with account() as at_fastpix:
        with_settings_of(sandbox)
        assert stack.up(**none).status == 0
        with_settings_of(at_fastpix)
        for run in (stack.up(**none), stack.destroy(**none)):
            assert run.status != 0
            assert "the settings of the provider resource 'studio' are an account's now" in run.output, run.output
            assert "Put the earlier settings back" in run.output
        assert at_fastpix.requests == []

        with_settings_of(sandbox)
        assert stack.up(**none).status == 0
        destroyed = stack.destroy("--target", "**::audience", **none)
        assert destroyed.status == 0, destroyed.output
        with_settings_of(at_fastpix)
        run = stack.up(**none)
        assert run.status == 0, run.output
        assert stack.ids()["audience"] in {one.id for one in at_fastpix.store.playback_ids.list(DEMO_STREAM_ID)}
