"""Args classes, dicts, enums and outputs as inputs, and what a program sees of them, with the oldest and newest SDK."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack, counts

PROGRAM = f"""
import json

args = fastpix.LivePlaybackId("args", pulumi.ResourceOptions(), stream_id="{DEMO_STREAM_ID}",
    access_policy=pulumi.Output.from_input(fastpix.AccessPolicy.PRIVATE),
    access_restrictions=fastpix.AccessRestrictionsArgs(
        domains=fastpix.AccessRulesArgs(default_policy=fastpix.DefaultPolicy.DENY, allow=("a.example",)),
        user_agents={{"deny": [pulumi.Output.from_input("curl/")]}},
    ))
again = fastpix.LivePlaybackId("again", fastpix.LivePlaybackIdArgs(
    stream_id=args.stream_id, access_policy=args.access_policy, access_restrictions=args.access_restrictions))
unknown = fastpix.LivePlaybackId("unknown", stream_id="{DEMO_STREAM_ID}",
    access_restrictions={{"domains": {{"allow": [pulumi.Output.concat(args.id, ".example")]}}}})
plain = fastpix.LivePlaybackId("plain", stream_id="{DEMO_STREAM_ID}")
looked_up = fastpix.LivePlaybackId.get("looked-up", args.id, stream_id="{DEMO_STREAM_ID}")
for one in (args, again, unknown, plain, looked_up):
    pulumi.Output.all(one._name, one.access_policy, one.access_restrictions).apply(
        lambda seen: pulumi.log.info(f"seen: {{json.dumps(seen)}} :seen"))
"""

STORED = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}, "userAgents": {"deny": ["curl/"]}}
SEEN = {"domains": {"default_policy": "deny", "allow": ["a.example"]}, "user_agents": {"deny": ["curl/"]}}
NO_EFFECT = "warning: accessRestrictions.domains.allow has no effect"


def seen(run: Run) -> dict[str, tuple[object, object]]:
    """The access policy and the restrictions that the program has seen of each resource, as far as they were known."""
    assert run.status == 0, run.output
    lines = run.output.replace("\n", " ").split("seen: ")[1:]
    found = [json.loads(" ".join(line.partition(" :seen")[0].split())) for line in lines]
    return {name: (policy, restrictions) for name, policy, restrictions in found}


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_inputs_are_stored_plainly_and_seen_by_their_python_names(
    python: Path, provider: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment(), provider, python)
    stack.write_program(PROGRAM)
    stack.create()
    preview = stack.run("preview")
    assert seen(preview) == {"args": ("private", SEEN), "again": ("private", SEEN), "plain": ("public", None)}
    assert preview.diagnostics.count(NO_EFFECT) == 1, preview.output

    first = seen(up := stack.up())
    ids, states = stack.ids(), stack.states()
    others = {"domains": {"allow": [f"{ids['args']}.example"]}}
    everything = {
        "args": ("private", SEEN),
        "again": ("private", SEEN),
        "unknown": ("public", others),
        "plain": ("public", None),
        "looked-up": ("private", SEEN),
    }
    assert first == everything
    assert up.diagnostics.count(NO_EFFECT) == 1, up.output
    for name, restrictions in (("args", STORED), ("again", STORED), ("unknown", others)):
        _, inputs, outputs = states[name]
        assert inputs["accessRestrictions"] == outputs["accessRestrictions"] == restrictions
        assert inputs["accessPolicy"] == everything[name][0]
    assert "accessRestrictions" not in states["plain"][1] | states["plain"][2]

    unchanged = stack.up("--expect-no-changes")
    assert seen(unchanged) == everything
    assert counts(unchanged).keys() == {"unchanged"}
    assert seen(stack.run("preview", "--expect-no-changes")) == everything
