"""The changes that examples/partners describes: its own program and its own commands.

Both providers are in one stack, and read the same configuration. The partner that gets another name is a third one,
beside those of the example: so one update has both its new name and another one's domain.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.both_ways import PROVIDERS, both_ways, ids_of_each
from support.engine import Stack, counts
from support.playback_ids import ids_on

EXAMPLE = Path(__file__).parents[2] / "examples" / "partners"
DOMAIN, NAME_OF_GLOBEX, LEAVING, LEFT = (
    [shlex.split(line.removeprefix("$ pulumi ")) for line in commands.splitlines()]
    for commands in re.findall(r"```console\n((?:\$ pulumi config .*\n)+)```", (EXAMPLE / "README.md").read_text())
)
NAME = [[part.replace("globex", "hooli") for part in command] for command in NAME_OF_GLOBEX]
NAME_FORGOTTEN = [["config", "rm", "formerNames"]]


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, sandbox.environment())
    stack.copy_program(EXAMPLE)
    program = stack.program_folder / "__main__.py"
    program.write_text(both_ways(program.read_text()))
    with (stack.program_folder / "Pulumi.dev.yaml").open("a") as configuration:
        configuration.write("    hooli: [hooli.example]\n")
    stack.create()
    return stack


def change(stack: Stack, commands: list[list[str]]) -> dict[str, int]:
    """Run commands of the page, and update; what Pulumi did, by its own summary."""
    for command in commands:
        run = stack.run(*command)
        assert run.status == 0, run.output
    up = stack.up()
    assert up.status == 0, up.output
    return counts(up)


def domains(stack: Stack, sandbox: Sandbox) -> list[dict[str, tuple[str, ...]]]:
    """The domains on which each partner's playback ID may be played, and on no other one; for each provider."""
    restrictions = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID)
    found = []
    for ids in ids_of_each(stack).values():
        rules = {name: restrictions[made]["domains"] for name, made in ids.items()}
        assert all(one == Rules(default_policy="deny", allow=one.allow) for one in rules.values())
        found.append({name: one.allow for name, one in rules.items()})
    return found


def with_an_address(stack: Stack) -> list[set[str]]:
    """The partners whose addresses are handed out; for each provider."""
    outputs = stack.outputs()
    return [{*outputs[f"{provider.name}-watch"]} for provider in PROVIDERS]


def test_a_playback_id_stays_with_another_domain_and_name_and_for_a_while_when_its_partner_leaves(
    stack: Stack, sandbox: Sandbox
) -> None:
    change(stack, [])
    partners = ids_of_each(stack)
    of_example = {"acme": ("acme.example", "*.acme.example"), "globex": ("globex.example",)}
    assert domains(stack, sandbox) == [{**of_example, "hooli": ("hooli.example",)}] * 2
    sandbox.clear_requests()

    assert change(stack, DOMAIN + NAME) == {"updated": 2, "unchanged": 5}
    assert ids_of_each(stack) == {
        provider: {"acme": ids["acme"], "globex": ids["globex"], "initech": ids["hooli"]}
        for provider, ids in partners.items()
    }
    changed = {**of_example, "globex": ("globex.example", "globex.test"), "initech": ("hooli.example",)}
    assert domains(stack, sandbox) == [changed] * 2
    assert with_an_address(stack) == [{"acme", "globex", "initech"}] * 2
    of_globex = {ids["globex"] for ids in partners.values()}
    # Another name changes nothing at FastPix.
    assert sorted((one.method, one.path.split("/")[-2]) for one in sandbox.mutating_requests) == sorted(
        ("PATCH", made) for made in of_globex
    )

    assert change(stack, NAME_FORGOTTEN + LEAVING) == {"unchanged": 7}
    assert with_an_address(stack) == [{"acme", "initech"}] * 2
    assert of_globex <= ids_on(sandbox)
    assert domains(stack, sandbox) == [changed] * 2

    assert change(stack, LEFT)["deleted"] == 2
    assert not of_globex & ids_on(sandbox)
    assert with_an_address(stack) == [{"acme", "initech"}] * 2
