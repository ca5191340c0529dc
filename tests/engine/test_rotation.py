"""After a secret was rotated, refresh and destroy still use the stored one: the error names the way to the new."""

from __future__ import annotations

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack
from support.programs import ONE_ID


def test_run_program_makes_refresh_and_destroy_use_a_rotated_secret(configured_stack: Stack, sandbox: Sandbox) -> None:
    stack = configured_stack
    stack.up()
    state = stack.states()
    new = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    stack.configure(secrets={"fastpix:secretKey": new})

    for run in (stack.refresh(), stack.destroy()):
        assert run.status != 0
        assert 'FastPix answered 401 "unauthorized"' in run.diagnostics, run.output
        assert "The credentials came from the configuration (fastpix:accessTokenId and fastpix:secretKey" in run.output
        assert "after changing it, add --run-program" in run.diagnostics
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
    stack.write_program(ONE_ID)
    stack.up()
    for name in ("FASTPIX_USERNAME", "FASTPIX_PASSWORD", "FASTPIX_BASE_URL", "FASTPIX_SANDBOX"):
        del stack.environ[name]
    stack.configure_target(sandbox)
    refused = stack.refresh()
    assert refused.status != 0
    assert "no credentials were found" in refused.diagnostics
    assert "use the configuration stored by the last `pulumi up`: after changing it, add --run-program" in (
        refused.diagnostics
    )
    refresh = stack.refresh("--run-program")
    assert refresh.status == 0, refresh.output


def test_a_secret_key_in_plain_text_is_warned_of_once(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f"""
for name in ("one", "two"):
    fastpix.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}")
""")
    warning = "warning: fastpix:secretKey is in plain text in this stack's configuration"
    for how, times in (("--plaintext", 1), ("--secret", 0)):
        assert stack.run("config", "set", how, "fastpix:secretKey", sandbox.secret_key).status == 0
        preview = stack.run("preview", FASTPIX_SANDBOX="")
        assert preview.status == 0, preview.output
        assert preview.diagnostics.count(warning) == times, preview.output
        assert sandbox.secret_key not in preview.output
