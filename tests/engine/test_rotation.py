"""After a secret was rotated, refresh and destroy still use the stored one: the error names the way to the new."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.both_ways import PROVIDERS
from support.cases import MODULES, through_both
from support.engine import Stack

TWO_IDS = through_both(f"""
for name in ("one", "two"):
    module.LivePlaybackId(f"{{provider}}-{{name}}", stream_id="{DEMO_STREAM_ID}")
""")
NAMES = [f"{provider}-{name}" for provider in MODULES for name in ("one", "two")]
IN_PLAIN_TEXT = "warning: fastpix:secretKey is in plain text in this stack's configuration"


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Two playback IDs of each provider, on a stack whose environment holds nothing of FastPix."""
    stack = Stack(tmp_path)
    stack.write_program(TWO_IDS)
    stack.create()
    return stack


def test_run_program_makes_refresh_and_destroy_use_a_rotated_secret(stack: Stack, sandbox: Sandbox) -> None:
    stack.configure_target(sandbox)
    up = stack.up()
    assert stack.ids().keys() == {*NAMES}
    assert IN_PLAIN_TEXT not in up.diagnostics
    assert sandbox.secret_key not in up.output
    state = stack.states()
    new = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    stack.configure(secrets={"fastpix:secretKey": new})

    for run in (stack.refresh(), stack.destroy("--continue-on-error")):
        assert run.status != 0
        for name in NAMES:
            said = run.said_of(name)
            assert 'FastPix answered 401 "unauthorized"' in said, run.output
            assert "The credentials came from the configuration (fastpix:accessTokenId and fastpix:secretKey" in said
            assert "after changing it, add --run-program" in said
        assert "Traceback" not in run.output
        assert stack.states() == state

    refresh = stack.refresh("--run-program")
    assert refresh.status == 0, refresh.output
    destroy = stack.destroy("--run-program")
    assert destroy.status == 0, destroy.output
    assert stack.resources() == {}


def test_a_refresh_uses_credentials_configured_after_the_last_up_only_with_run_program(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.up(**sandbox.environment())
    assert stack.ids().keys() == {*NAMES}
    stack.configure_target(sandbox)
    refused = stack.refresh()
    assert refused.status != 0
    for name in NAMES:
        said = refused.said_of(name)
        assert "no credentials were found" in said, refused.output
        assert "use the configuration stored by the last `pulumi up`: after changing it, add --run-program" in said
    refresh = stack.refresh("--run-program")
    assert refresh.status == 0, refresh.output


def test_a_secret_key_in_plain_text_is_warned_of_once(stack: Stack, sandbox: Sandbox) -> None:
    """One that is encrypted isn't: see the first test."""
    stack.configure({"fastpix:secretKey": sandbox.secret_key})
    environ = {**sandbox.environment(), "FASTPIX_SANDBOX": ""}
    for provider in PROVIDERS:
        stack.provider = provider
        stack.write_program(f"""
for name in ("one", "two"):
    fastpix.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}")
""")
        preview = stack.run("preview", **environ)
        assert preview.status == 0, preview.output
        assert preview.diagnostics.count(IN_PLAIN_TEXT) == 1, preview.output
        assert sandbox.secret_key not in preview.output
