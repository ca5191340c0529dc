"""A stack stays on its side: with an account's credentials nothing of a sandbox is touched, nor the reverse."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.account import account, settings_of
from support.engine import Run, Stack

DESTROY_FIRST = "pulumi-fastpix sandbox exec --data FILE -- pulumi destroy"


def program(stream_id: str, *names: str) -> str:
    """Playback IDs with these names on one stream."""
    return "\n".join(f'fastpix.LivePlaybackId("{name}", stream_id="{stream_id}")' for name in names)


def every_command(stack: Stack, environ: dict[str, str]) -> list[Run]:
    return [
        stack.run("up", "--yes", **environ),
        *(command(**environ) for command in (stack.up, stack.preview, stack.refresh, stack.destroy)),
    ]


def test_a_stack_moves_from_the_sandbox_to_an_account(stack: Stack) -> None:
    stack.write_program(program(DEMO_STREAM_ID, "audience", "backstage"))
    assert stack.up().status == 0
    in_sandbox = stack.states()
    with account() as at_fastpix:
        at_fastpix.store.live_streams.delete(DEMO_STREAM_ID)
        stream_id = at_fastpix.store.live_streams.create()
        own = [one.id for one in at_fastpix.store.playback_ids.list(stream_id)]
        stack.write_program(program(stream_id, "audience", "backstage", "new"))
        for run in every_command(stack, settings_of(at_fastpix)):
            assert run.status != 0
            assert "was made in a sandbox, but this run has the credentials of an account" in run.output, run.output
            assert DESTROY_FIRST in run.output
            assert "Traceback" not in run.output
        assert stack.states() == in_sandbox
        assert at_fastpix.requests == []

        assert stack.destroy().status == 0
        run = stack.up(**settings_of(at_fastpix))
        assert run.status == 0, run.output
        declared = stack.ids()
        assert declared.keys() == {"audience", "backstage", "new"}
        there = {one.id for one in at_fastpix.store.playback_ids.list(stream_id)}
        assert there == {*own, *declared.values()}
        assert stack.destroy(**settings_of(at_fastpix)).status == 0
        assert stack.resources() == {}
        assert [one.id for one in at_fastpix.store.playback_ids.list(stream_id)] == own


DECLARED_STREAM = """
stream = fastpix.LiveStream("concert")
fastpix.LivePlaybackId("audience", stream_id=stream.id, opts=pulumi.ResourceOptions(deleted_with=stream))
"""


@pytest.mark.parametrize("data_is_lost", [False, True], ids=["data-kept", "data-lost"])
def test_a_declared_stream_moves_from_the_sandbox_to_an_account(stack: Stack, *, data_is_lost: bool) -> None:
    """As docs/from-sandbox-to-account.md has it: the program needs no change, because it names no stream's ID."""
    stack.write_program(DECLARED_STREAM)
    assert stack.up().status == 0
    in_sandbox = stack.ids()
    with account() as at_fastpix:
        for run in every_command(stack, settings_of(at_fastpix)):
            assert run.status != 0
            assert "was made in a sandbox, but this run has the credentials of an account" in run.output, run.output
            assert DESTROY_FIRST in run.output
        # The destroy, the last command, has made Pulumi forget what goes with the stream, and asked nobody.
        assert stack.ids() == {"concert": in_sandbox["concert"]}
        assert at_fastpix.requests == []

        if data_is_lost:
            with Sandbox() as another:
                destroyed = stack.destroy(**another.environment(), FASTPIX_DELETED_STREAMS=stack.ids()["concert"])
                assert another.mutating_requests == []
        else:
            destroyed = stack.destroy()
        assert destroyed.status == 0, destroyed.output
        assert stack.resources() == {}
        run = stack.up(**settings_of(at_fastpix))
        assert run.status == 0, run.output
        stream = at_fastpix.store.live_streams.get(stack.ids()["concert"])
        assert stack.ids()["audience"] in {one.id for one in stream.playback_ids}
        assert stack.destroy(**settings_of(at_fastpix)).status == 0
        assert [one.id for one in at_fastpix.store.live_streams.list()] == [DEMO_STREAM_ID]


@pytest.mark.parametrize("data_is_lost", [False, True], ids=["data-kept", "data-lost"])
def test_a_signing_key_moves_from_the_sandbox_to_an_account(stack: Stack, *, data_is_lost: bool) -> None:
    stack.write_program('fastpix.SigningKey("viewers")')
    assert stack.up().status == 0
    in_sandbox = stack.ids()
    with account() as at_fastpix:
        for run in every_command(stack, settings_of(at_fastpix)):
            assert run.status != 0
            assert "was made in a sandbox, but this run has the credentials of an account" in run.output, run.output
            assert DESTROY_FIRST in run.output
        assert stack.ids() == in_sandbox
        assert at_fastpix.requests == []

        if data_is_lost:
            with Sandbox() as another:
                assert "Can't tell whether signing key" in stack.destroy(**another.environment()).output
                assert another.mutating_requests == []
            urn = stack.resources()["viewers"]["urn"]
            assert stack.run("state", "delete", "--yes", urn).status == 0
        else:
            assert stack.destroy().status == 0
        assert stack.resources() == {}
        run = stack.up(**settings_of(at_fastpix))
        assert run.status == 0, run.output
        assert [one.id for one in at_fastpix.store.signing_keys.list()] == [*stack.ids().values()]
        assert stack.destroy(**settings_of(at_fastpix)).status == 0


def test_a_stack_of_an_account_is_not_touched_in_the_sandbox(stack: Stack, sandbox: Sandbox) -> None:
    with account() as at_fastpix:
        stream_id = at_fastpix.store.live_streams.create()
        stack.write_program(program(stream_id, "audience"))
        assert stack.up(**settings_of(at_fastpix)).status == 0
        at_account = stack.states()
        stack.write_program(program(DEMO_STREAM_ID, "audience", "new"))
        for run in every_command(stack, sandbox.environment()):
            assert run.status != 0
            assert "was made with an account, but this run talks to a sandbox" in run.output, run.output
        assert stack.states() == at_account
        assert sandbox.requests == []


def test_an_object_of_a_sandbox_among_those_of_an_account_is_destroyed_in_the_sandbox(
    stack: Stack, sandbox: Sandbox
) -> None:
    """As a stack was left that an earlier version let run on the wrong side."""
    with account() as at_fastpix:
        stack.write_program(program(DEMO_STREAM_ID, "audience", "stray"))
        assert stack.up(**settings_of(at_fastpix)).status == 0
        assert stack.destroy("--target", "**::stray", **settings_of(at_fastpix)).status == 0
        one_of_each = stack.up("--target", "**::stray")
        assert one_of_each.status == 0, one_of_each.output
        assert stack.up(**settings_of(at_fastpix)).status != 0

        # With the URN that the text names it would be the only one; without, the others are refused.
        run = stack.destroy("--continue-on-error")
        assert run.status != 0
        assert stack.ids().keys() == {"audience"}, run.output
        run = stack.up(**settings_of(at_fastpix))
        assert run.status == 0, run.output
        (demo,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
        assert demo.id not in stack.ids().values()
        assert stack.destroy(**settings_of(at_fastpix)).status == 0


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
