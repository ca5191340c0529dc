"""A stack stays on its side: with an account's credentials nothing of a sandbox is touched, nor the reverse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.account import account, settings_of
from support.cases import MODULES, through_both
from support.engine import Run, Stack, succeeded

DESTROY_FIRST = "pulumi-fastpix sandbox exec --data FILE -- pulumi destroy"
OF_EACH = ("kept-concert", "kept-viewers")
NO_ENVIRONMENT = {"FASTPIX_SANDBOX": "", "FASTPIX_USERNAME": "", "FASTPIX_PASSWORD": "", "FASTPIX_BASE_URL": ""}


def both(*names: str) -> set[str]:
    """The resources of these names that the programs make through both providers."""
    return {f"{provider}-{name}" for provider in MODULES for name in names}


def targets(*names: str) -> list[str]:
    return [f"--target=**::{name}" for name in names]


def playback_ids(stream_id: str, *names: str) -> str:
    """Playback IDs with these names on one stream, through both providers."""
    return through_both(
        "\n".join(f'module.LivePlaybackId(provider + "-{name}", stream_id="{stream_id}")' for name in names)
    )


def states(stack: Stack, names: Iterable[str]) -> dict[str, Any]:
    """What there is of these."""
    resources = stack.resources()
    return {name: [resources[name][key] for key in ("id", "inputs", "outputs")] for name in names}


def declared(stream_id: str, *more: str) -> str:
    """Something of each type, whose data in the sandbox is kept, or lost; the streams need no change to be moved."""
    of_each = through_both("""
for data in ("kept", "lost"):
    stream = module.LiveStream(f"{provider}-{data}-concert")
    opts = pulumi.ResourceOptions(deleted_with=stream)
    module.LivePlaybackId(f"{provider}-{data}-crew", stream_id=stream.id, opts=opts)
    module.SigningKey(f"{provider}-{data}-viewers")
""")
    return playback_ids(stream_id, "kept-audience", "kept-backstage", *more) + of_each


def every_command(stack: Stack, environ: dict[str, str]) -> list[Run]:
    """All that are refused. `up` and `preview` end at the first object, so they are run for one of each type."""
    # The preview fails, so the new ones aren't made. Without it they may be, before an object has shown its side.
    refused = [stack.run("up", "--yes", **environ)]
    for provider in MODULES:
        refused.append(stack.run("up", "--yes", *targets(f"{provider}-kept-audience", f"{provider}-new"), **environ))
        refused += [
            run(*targets(f"{provider}-{name}"), **environ)
            for run, names in ((stack.up, (*OF_EACH, "kept-audience")), (stack.preview, OF_EACH))
            for name in names
        ]
    at_once = [stack.refresh(**environ), stack.destroy("--continue-on-error", **environ)]
    for run in at_once:
        for name in both("kept-audience", "kept-concert", "kept-viewers"):
            assert "error: " in run.said_of(name), run.output
    return refused + at_once


def assert_no_trace_of_ours(run: Run) -> None:
    """A program that is declaring something when Pulumi ends the run may have a trace of Pulumi's own."""
    _, *traces = run.output.split("Traceback (most recent call last):")
    assert [trace for trace in traces if "/pulumi_fastpix/" in trace] == [], run.output


def test_a_stack_moves_from_the_sandbox_to_an_account(stack_of_both: Stack) -> None:
    """As docs/from-sandbox-to-account.md has it."""
    stack, staying = stack_of_both, both("kept-audience", "kept-backstage")
    stack.write_program(declared(DEMO_STREAM_ID))
    succeeded(stack.up())
    in_sandbox, ids = states(stack, staying), stack.ids()
    with account() as at_fastpix:
        at_fastpix.store.live_streams.delete(DEMO_STREAM_ID)
        stream_id = at_fastpix.store.live_streams.create()
        own = {one.id for one in at_fastpix.store.playback_ids.list(stream_id)}
        stack.write_program(declared(stream_id, "new"))
        for run in every_command(stack, settings_of(at_fastpix)):
            assert run.status != 0
            assert "was made in a sandbox, but this run has the credentials of an account" in run.output, run.output
            assert DESTROY_FIRST in run.output
            assert_no_trace_of_ours(run)
        # The destroy, the last command, has made Pulumi forget what goes with the streams, and asked nobody.
        assert ids.keys() - stack.ids().keys() == both("kept-crew", "lost-crew")
        assert {name: ids[name] for name in stack.ids()} == stack.ids()
        assert states(stack, staying) == in_sandbox
        assert at_fastpix.requests == []

        succeeded(stack.destroy("--target=**::*-kept-*"))
        assert stack.ids().keys() == both("lost-concert", "lost-viewers")
        destroy_lost_data(stack)
        assert stack.resources() == {}

        succeeded(stack.up(**settings_of(at_fastpix)))
        moved = stack.ids()
        assert moved.keys() == ids.keys() | both("new")
        there = {one.id for one in at_fastpix.store.playback_ids.list(stream_id)}
        assert there == {*own, *(moved[name] for name in staying | both("new"))}
        for data in both("kept", "lost"):
            stream = at_fastpix.store.live_streams.get(moved[f"{data}-concert"])
            assert moved[f"{data}-crew"] in {one.id for one in stream.playback_ids}
        keys = {one.id for one in at_fastpix.store.signing_keys.list()}
        assert keys == {moved[name] for name in both("kept-viewers", "lost-viewers")}
        succeeded(stack.destroy(**settings_of(at_fastpix)))
        assert stack.resources() == {}
        assert [one.id for one in at_fastpix.store.live_streams.list()] == [stream_id]
        assert {one.id for one in at_fastpix.store.playback_ids.list(stream_id)} == own


def destroy_lost_data(stack: Stack) -> None:
    """Destroy streams and keys of a sandbox whose data is lost, by another one."""
    ids = stack.ids()
    streams = ",".join(ids[name] for name in both("lost-concert"))
    with Sandbox() as another:
        destroyed = stack.destroy("--continue-on-error", **another.environment(), FASTPIX_DELETED_STREAMS=streams)
        assert another.mutating_requests == []
    assert stack.ids().keys() == both("lost-viewers"), destroyed.output
    for name in both("lost-viewers"):
        assert f"Can't tell whether signing key {ids[name]}" in destroyed.said_of(name)
        succeeded(stack.run("state", "delete", "--yes", stack.resources()[name]["urn"]))


def test_a_stack_of_an_account_is_not_touched_in_the_sandbox_but_for_what_is_there(
    stack_of_both: Stack, sandbox: Sandbox
) -> None:
    """At last it has objects of both, as a stack was left that an earlier version let run on the wrong side."""
    stack, stray = stack_of_both, "--target=**::*-stray"
    with account() as at_fastpix:
        stream_id = at_fastpix.store.live_streams.create()
        stack.write_program(playback_ids(stream_id, "audience"))
        succeeded(stack.up(**settings_of(at_fastpix)))
        at_account = stack.states()

        # Behind the other one: before an object has shown the wrong side, what is new can be made.
        stack.write_program(
            through_both(f"""
audience = module.LivePlaybackId(provider + "-audience", stream_id="{DEMO_STREAM_ID}")
behind = pulumi.ResourceOptions(depends_on=[audience])
module.LivePlaybackId(provider + "-new", stream_id="{DEMO_STREAM_ID}", opts=behind)
""")
        )
        refused = [stack.refresh(), stack.destroy("--continue-on-error")]
        for run in refused:
            assert all("error: " in run.said_of(name) for name in both("audience")), run.output
        for provider in MODULES:
            of_one = targets(f"{provider}-*")
            refused += [stack.run("up", "--yes", *of_one), stack.up(*of_one), stack.preview(*of_one)]
        for run in refused:
            assert run.status != 0
            assert "was made with an account, but this run talks to a sandbox" in run.output, run.output
            assert_no_trace_of_ours(run)
        assert stack.states() == at_account
        assert sandbox.requests == []

        stack.write_program(playback_ids(stream_id, "audience") + playback_ids(DEMO_STREAM_ID, "stray"))
        succeeded(stack.up(stray))
        for provider in MODULES:
            assert stack.up(*targets(f"{provider}-*"), **settings_of(at_fastpix)).status != 0
        # With the URN that the text names it would be the only one; without, the others are refused.
        run = stack.destroy("--continue-on-error")
        assert run.status != 0
        assert stack.ids().keys() == both("audience"), run.output
        succeeded(stack.up(**settings_of(at_fastpix)))
        (demo,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
        assert demo.id not in stack.ids().values()


def test_a_provider_resource_is_given_its_earlier_settings_back_and_then_destroyed(
    stack_of_both: Stack, sandbox: Sandbox
) -> None:
    stack = stack_of_both

    def with_settings_of(server: Sandbox) -> None:
        stack.write_program(
            through_both(f"""
account = module.Provider(provider + "-studio", access_token_id="{server.access_token_id}",
    secret_key="{server.secret_key}", base_url="{server.base_url}")
opts = pulumi.ResourceOptions(provider=account)
module.LivePlaybackId(provider + "-audience", stream_id="{DEMO_STREAM_ID}", opts=opts)
""")
        )

    with account() as at_fastpix:
        with_settings_of(sandbox)
        succeeded(stack.up(**NO_ENVIRONMENT))
        with_settings_of(at_fastpix)
        # `up` ends at the first.
        ups = {provider: stack.up(*targets(f"{provider}-*"), **NO_ENVIRONMENT) for provider in MODULES}
        destroy = stack.destroy("--continue-on-error", **NO_ENVIRONMENT)
        for provider, up in ups.items():
            for run in (up, destroy):
                said = run.said_of(f"{provider}-audience")
                assert run.status != 0
                assert f"the settings of the provider resource '{provider}-studio' are an account's now" in said
                assert "Put the earlier settings back" in said
                assert_no_trace_of_ours(run)
        assert at_fastpix.requests == []

        with_settings_of(sandbox)
        succeeded(stack.up(**NO_ENVIRONMENT))
        succeeded(stack.destroy("--target=**::*-audience", **NO_ENVIRONMENT))
        with_settings_of(at_fastpix)
        succeeded(stack.up(**NO_ENVIRONMENT))
        there = {one.id for one in at_fastpix.store.playback_ids.list(DEMO_STREAM_ID)}
        assert {stack.ids()[name] for name in both("audience")} <= there
