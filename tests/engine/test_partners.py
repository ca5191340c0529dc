"""The changes that examples/partners describes: its own program and its own commands.

Both providers are in one stack, and read the same configuration.
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
DOMAIN, NAME, LEAVING, LEFT = (
    [shlex.split(line.removeprefix("$ pulumi ")) for line in commands.splitlines()]
    for commands in re.findall(r"```console\n((?:\$ pulumi config .*\n)+)```", (EXAMPLE / "README.md").read_text())
)


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, sandbox.environment())
    stack.copy_program(EXAMPLE)
    program = stack.program_folder / "__main__.py"
    program.write_text(both_ways(program.read_text()))
    stack.create()
    return stack


@pytest.fixture
def partners(stack: Stack, sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """The partners' playback IDs after the first update, by provider."""
    change(stack, [])
    for of_partners in domains(stack, sandbox):
        assert of_partners == {"acme": ("acme.example", "*.acme.example"), "globex": ("globex.example",)}
    return ids_of_each(stack)


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


def test_another_name_keeps_the_playback_id(
    stack: Stack, partners: dict[str, dict[str, str]], sandbox: Sandbox
) -> None:
    sandbox.clear_requests()
    assert "created" not in change(stack, NAME)
    assert ids_of_each(stack) == {
        provider: {"acme": ids["acme"], "initech": ids["globex"]} for provider, ids in partners.items()
    }
    assert with_an_address(stack) == [{"acme", "initech"}] * 2
    assert sandbox.mutating_requests == []
    former_names_forgotten = [["config", "rm", "formerNames"]]
    assert change(stack, former_names_forgotten) == {"unchanged": 5}


def test_a_playback_id_stays_with_another_domain_and_for_a_while_when_its_partner_leaves(
    stack: Stack, partners: dict[str, dict[str, str]], sandbox: Sandbox
) -> None:
    assert change(stack, DOMAIN) == {"updated": 2, "unchanged": 3}
    assert ids_of_each(stack) == partners
    assert [one["globex"] for one in domains(stack, sandbox)] == [("globex.example", "globex.test")] * 2

    of_globex = {ids["globex"] for ids in partners.values()}
    assert "deleted" not in change(stack, LEAVING)
    assert with_an_address(stack) == [{"acme"}] * 2
    assert of_globex <= ids_on(sandbox)
    assert [one["globex"] for one in domains(stack, sandbox)] == [("globex.example", "globex.test")] * 2
    assert change(stack, LEFT)["deleted"] == 2
    assert not of_globex & ids_on(sandbox)
    assert with_an_address(stack) == [{"acme"}] * 2
