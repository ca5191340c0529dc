"""Programs that sign addresses with a key of theirs: these are secret, and stay the same."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path

import jwt

from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.signing import signed_hls_url
from support.cases import MODULES, through_both
from support.engine import Stack, succeeded
from support.made_keys import keys_of
from support.two_playback_ids import PREVIEWED

ROOT = Path(__file__).parents[2]
UNTIL = datetime(2100, 1, 1, tzinfo=timezone.utc)
CONCERT = through_both("""
import datetime
until = datetime.datetime(2100, 1, 1, tzinfo=datetime.timezone.utc)
key = module.SigningKey("viewers-" + provider)
stream = module.LiveStream("crew-" + provider, access_policy="private")
partner = module.LivePlaybackId("partner-" + provider, stream_id=stream.id, access_policy="private")
pulumi.export("crew-" + provider, stream.signed_hls_url(key, expires_at=until))
pulumi.export("partner-" + provider, partner.signed_hls_url(key, expires_at=until))
""")


def test_a_program_signs_an_address_that_is_secret_and_stays_the_same(stack_of_both: Stack) -> None:
    stack = stack_of_both
    stack.write_program(CONCERT)
    # With a preview, to which the addresses are unknown: the key doesn't exist yet.
    runs = [succeeded(stack.run("up", "--yes"))]
    outputs, resources, keys = stack.outputs(), stack.resources(), keys_of(stack)
    assert len(outputs) == 4
    for provider in MODULES:
        key_id, private_key = keys[f"viewers-{provider}"]
        public_key = resources[f"viewers-{provider}"]["outputs"]["publicKey"]
        playback_ids = {
            f"crew-{provider}": resources[f"crew-{provider}"]["outputs"]["playbackId"],
            f"partner-{provider}": resources[f"partner-{provider}"]["id"],
        }
        for name, playback_id in playback_ids.items():
            signed = signed_hls_url(playback_id, key_id, private_key, expires_at=UNTIL)
            assert outputs[name] == signed
            token = signed.partition("?token=")[2]
            claims = jwt.decode(token, public_key, ["RS256"], audience=f"media:{playback_id}")
            assert claims["kid"] == key_id
    runs += [stack.run(*PREVIEWED, "--expect-no-changes"), stack.refresh(), stack.run("stack", "output")]
    for run in runs:
        assert not [address for address in outputs.values() if address in succeeded(run).output]
    state = json.dumps(stack.deployment())
    assert not [address for address in outputs.values() if address in state]
    written = [path.read_bytes() for path in stack.written_files()]
    assert not [address for address in outputs.values() for content in written if address.encode() in content]


def test_the_programs_of_the_page_about_signing_run(stack_of_both: Stack, sandbox: Sandbox) -> None:
    stack, page = stack_of_both, (ROOT / "docs" / "signing.md").read_text()
    programs = re.findall(r"^( *)```python\n(.*?)```", page, flags=re.DOTALL | re.MULTILINE)
    own = [re.sub(rf"^{indent}", "", program, flags=re.MULTILINE) for indent, program in programs]
    first, rotating, signing = [program for program in own if "import pulumi\n" in program]
    for program, names in (
        (first, {"concert", "viewers"}),
        (rotating, {"viewers-2026-11", "viewers-2026-12"}),
        (signing.replace("2026, 12", "2100, 12"), {"concert", "viewers"}),
    ):
        (stack.program_folder / "__main__.py").write_text(program)
        succeeded(stack.up())
        assert stack.ids().keys() == names
    assert "?token=" in stack.outputs()["rehearsal"]
    succeeded(stack.destroy())
    assert sandbox.store.signing_keys.list() == []
