"""After a secret was rotated, refresh and destroy still hold the stored one: they say so, and there is a way."""

from __future__ import annotations

from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Door, Stack


def test_a_rotated_secret_counts_at_once_with_run_program(tmp_path: Path, door: Door, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path, door=door)
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")')
    stack.create(
        {"fastpix:accessTokenId": sandbox.access_token_id, "fastpix:baseUrl": sandbox.base_url},
        secrets={"fastpix:secretKey": sandbox.secret_key},
    )
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


def test_credentials_configured_after_the_last_up_are_not_stored_yet(stack: Stack, sandbox: Sandbox) -> None:
    """Whoever moves them from the environment into the configuration is told why a refresh doesn't find them."""
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")')
    stack.up()
    for name in ("FASTPIX_USERNAME", "FASTPIX_PASSWORD", "FASTPIX_BASE_URL", "FASTPIX_SANDBOX"):
        del stack.environ[name]
    stack.configure(
        {"fastpix:accessTokenId": sandbox.access_token_id, "fastpix:baseUrl": sandbox.base_url},
        secrets={"fastpix:secretKey": sandbox.secret_key},
    )
    refused = stack.refresh()
    assert refused.status != 0
    assert "no credentials were found" in refused.diagnostics
    assert "use the configuration stored by the last `pulumi up`: after changing it, add --run-program" in (
        refused.diagnostics
    )
    refresh = stack.refresh("--run-program")
    assert refresh.status == 0, refresh.output


def test_a_secret_key_in_clear_is_pointed_out_once(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f"""
for name in ("one", "two"):
    fastpix.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}")
""")
    said = "warning: fastpix:secretKey is in plain text in this stack's configuration"
    for how, times in (("--plaintext", 1), ("--secret", 0)):
        assert stack.run("config", "set", how, "fastpix:secretKey", sandbox.secret_key).status == 0
        preview = stack.run("preview", FASTPIX_SANDBOX="")
        assert preview.status == 0, preview.output
        assert preview.diagnostics.count(said) == times, preview.output
        assert sandbox.secret_key not in preview.output
