"""A second account in the same program: its own credentials, its own server, its secrets encrypted."""

from __future__ import annotations

from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import DYNAMIC, NATIVE, Door, Stack

TWO_ACCOUNTS = f"""
config = pulumi.Config("studio")
studio = fastpix.Provider(
    "studio",
    access_token_id=config.require("accessTokenId"),
    secret_key=config.require("secretKey"),
    base_url=config.require("baseUrl"),
    timeout_seconds=pulumi.Output.from_input(None),
)
fastpix.LivePlaybackId("ours", stream_id="{DEMO_STREAM_ID}")
fastpix.LivePlaybackId("theirs", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
"""


def ids_on(sandbox: Sandbox) -> set[str]:
    return {playback_id.id for playback_id in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}


def configured(tmp_path: Path, door: Door, ours: Sandbox, theirs: Sandbox) -> Stack:
    stack = Stack(tmp_path, door=door)
    stack.write_program(TWO_ACCOUNTS)
    targets = {"fastpix": ours, "studio": theirs}
    stack.create(
        {f"{namespace}:accessTokenId": sandbox.access_token_id for namespace, sandbox in targets.items()}
        | {f"{namespace}:baseUrl": sandbox.base_url for namespace, sandbox in targets.items()},
        secrets={f"{namespace}:secretKey": sandbox.secret_key for namespace, sandbox in targets.items()},
    )
    return stack


def test_each_account_gets_its_own(tmp_path: Path, door: Door, sandbox: Sandbox) -> None:
    with Sandbox() as theirs:
        stack = configured(tmp_path, door, sandbox, theirs)
        up = stack.up()
        assert up.status == 0, up.output
        ids = stack.ids()
        assert ids["ours"] in ids_on(sandbox) - ids_on(theirs)
        assert ids["theirs"] in ids_on(theirs) - ids_on(sandbox)
        state = stack.export()
        assert theirs.access_token_id in state, "the search would have found what is there in clear"
        assert sandbox.secret_key not in state
        assert theirs.secret_key not in state

        again = stack.run("up", "--yes", "--refresh", "--expect-no-changes")
        assert again.status == 0, again.output

        # The stored secret is the old one, so a refresh is told the way to the new one, and who is meant.
        stack.configure(secrets={"studio:secretKey": theirs.store.access_tokens.rotate_secret(theirs.access_token_id)})
        refused = stack.refresh()
        assert "The credentials came from the provider resource 'studio'" in refused.diagnostics, refused.output
        assert "--run-program" in refused.diagnostics
        assert "Traceback" not in refused.output
        refresh = stack.refresh("--run-program")
        assert refresh.status == 0, refresh.output
        assert stack.ids() == ids

        destroy = stack.destroy("--run-program")
        assert destroy.status == 0, destroy.output
        assert not {ids["ours"], ids["theirs"]} & (ids_on(sandbox) | ids_on(theirs))


def test_an_account_that_cannot_be_right_stops_the_program_in_a_sentence(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(r"""
fastpix.Provider("studio", access_token_id="", secret_key="hush\n", base_url="api.fastpix.com")
""")
    preview = stack.run("preview")
    assert preview.status != 0
    assert (
        "The provider resource 'studio' has invalid settings: access_token_id is empty; secret_key contains white space"
        in (preview.diagnostics)
    )
    assert "base_url must be an address like https://" in preview.diagnostics
    assert "Traceback" not in preview.output
    assert "hush" not in preview.output
    assert sandbox.requests == []


def test_an_account_takes_nothing_from_the_environment(stack: Stack, sandbox: Sandbox) -> None:
    """Else a secret that turns out to be missing would send one account's calls to another."""
    stack.write_program(f"""
studio = fastpix.Provider("studio", access_token_id="studio-token", secret_key=pulumi.Output.from_input(None))
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
""")
    up = stack.up(FASTPIX_SANDBOX="")
    assert up.status != 0
    assert "fastpix:secretKey of the provider resource 'studio' is missing" in up.diagnostics, up.output
    under_sandbox_exec = stack.up()
    assert "but the provider resource 'studio' is a target of its own" in under_sandbox_exec.diagnostics
    assert sandbox.requests == []


def test_an_account_of_the_other_front_door_is_refused(door: Door, stack: Stack) -> None:
    """Pulumi would use the stack's own account without a word."""
    other = NATIVE if door is DYNAMIC else DYNAMIC
    stack.write_program(f"""
import {other.module} as other
studio = other.Provider("studio", access_token_id="studio-token", secret_key="hush")
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
""")
    preview = stack.run("preview")
    assert preview.status != 0
    assert "The resource 'main' and its Provider come from different modules" in preview.diagnostics
    assert "Traceback" not in preview.output
