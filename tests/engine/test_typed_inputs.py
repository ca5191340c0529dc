"""Args classes, dicts, enums and outputs as inputs, and what a program sees of them, with the oldest and newest SDK."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack, counts


def program(module: str, of: str) -> str:
    """Playback IDs through a module; `of` ends their names."""
    return f"""
import json

args = {module}.LivePlaybackId("args-{of}", pulumi.ResourceOptions(), stream_id="{DEMO_STREAM_ID}",
    access_policy=pulumi.Output.from_input({module}.AccessPolicy.PRIVATE),
    access_restrictions={module}.AccessRestrictionsArgs(
        domains={module}.AccessRulesArgs(default_policy={module}.DefaultPolicy.DENY, allow=("a.example",)),
        user_agents={{"deny": [pulumi.Output.from_input("curl/")]}},
    ))
again = {module}.LivePlaybackId("again-{of}", {module}.LivePlaybackIdArgs(
    stream_id=args.stream_id, access_policy=args.access_policy, access_restrictions=args.access_restrictions))
unknown = {module}.LivePlaybackId("unknown-{of}", stream_id="{DEMO_STREAM_ID}",
    access_restrictions={{"domains": {{"allow": [pulumi.Output.concat(args.id, ".example")]}}}})
plain = {module}.LivePlaybackId("plain-{of}", stream_id="{DEMO_STREAM_ID}")
looked_up = {module}.LivePlaybackId.get("looked-up-{of}", args.id, stream_id="{DEMO_STREAM_ID}")
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


def preview_and_up(stack: Stack, *options: str) -> tuple[Run, Run]:
    """What one command shows before it changes anything, and what it shows then."""
    run = stack.run("up", "--yes", *options)
    preview, heading, up = run.output.partition("Updating (dev):")
    assert heading, run.output
    return Run(run.status, preview), Run(run.status, up)


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_inputs_are_stored_plainly_and_seen_by_their_python_names(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment(), python=python)
    stack.write_program(BOTH_PROVIDERS + "".join(program(module, name) for name, module in MODULES.items()))
    stack.create()
    preview, up = preview_and_up(stack)
    known = {"args": ("private", SEEN), "again": ("private", SEEN), "plain": ("public", None)}
    assert seen(preview) == {f"{name}-{of}": value for name, value in known.items() for of in MODULES}
    assert preview.diagnostics.count(NO_EFFECT) == 2, preview.output

    ids, states = stack.ids(), stack.states()
    everything: dict[str, tuple[object, object]] = {}
    for of in MODULES:
        others = {"domains": {"allow": [f"{ids[f'args-{of}']}.example"]}}
        everything |= {
            f"args-{of}": ("private", SEEN),
            f"again-{of}": ("private", SEEN),
            f"unknown-{of}": ("public", others),
            f"plain-{of}": ("public", None),
            f"looked-up-{of}": ("private", SEEN),
        }
        for name, restrictions in ((f"args-{of}", STORED), (f"again-{of}", STORED), (f"unknown-{of}", others)):
            _, inputs, outputs = states[name]
            assert inputs["accessRestrictions"] == outputs["accessRestrictions"] == restrictions
            assert inputs["accessPolicy"] == everything[name][0]
        assert "accessRestrictions" not in states[f"plain-{of}"][1] | states[f"plain-{of}"][2]
    assert seen(up) == everything
    assert up.diagnostics.count(NO_EFFECT) == 2, up.output

    preview, unchanged = preview_and_up(stack, "--expect-no-changes")
    assert seen(preview) == seen(unchanged) == everything
    assert counts(preview).keys() == counts(unchanged).keys() == {"unchanged"}
