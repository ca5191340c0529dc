"""The changes that examples/partners describes: its own program and its own commands, through both providers."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules
from support.engine import ProviderUnderTest, Stack, counts
from support.playback_ids import ids_on

EXAMPLE = Path(__file__).parents[2] / "examples" / "partners"
DOMAIN, NAME, LEAVING, LEFT = (
    [shlex.split(line.removeprefix("$ pulumi ")) for line in commands.splitlines()]
    for commands in re.findall(r"```console\n((?:\$ pulumi config .*\n)+)```", (EXAMPLE / "README.md").read_text())
)


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> Stack:
    stack = Stack(tmp_path, sandbox.environment(), provider)
    stack.copy_program(EXAMPLE)
    program = stack.program_folder / "__main__.py"
    program.write_text(program.read_text().replace("import pulumi_fastpix as", f"import {provider.module} as"))
    stack.create()
    return stack


@pytest.fixture
def partners(stack: Stack, sandbox: Sandbox) -> dict[str, str]:
    """The partners' playback IDs after the first update."""
    change(stack, [])
    assert domains(stack, sandbox) == {"acme": ("acme.example", "*.acme.example"), "globex": ("globex.example",)}
    return stack.ids()


def change(stack: Stack, commands: list[list[str]]) -> dict[str, int]:
    """Run commands of the page, and update; what Pulumi did, by its own summary."""
    for command in commands:
        run = stack.run(*command)
        assert run.status == 0, run.output
    up = stack.up()
    assert up.status == 0, up.output
    return counts(up)


def domains(stack: Stack, sandbox: Sandbox) -> dict[str, tuple[str, ...]]:
    """The domains on which each partner's playback ID may be played; on no other one."""
    restrictions = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID)
    rules = {name: restrictions[made]["domains"] for name, made in stack.ids().items()}
    assert all(one == Rules(default_policy="deny", allow=one.allow) for one in rules.values())
    return {name: one.allow for name, one in rules.items()}


def addresses(stack: Stack) -> dict[str, str]:
    return dict(stack.outputs()["watch"])


def test_another_domain_keeps_the_playback_id(stack: Stack, partners: dict[str, str], sandbox: Sandbox) -> None:
    assert change(stack, DOMAIN) == {"updated": 1, "unchanged": 2}
    assert stack.ids() == partners
    assert domains(stack, sandbox)["globex"] == ("globex.example", "globex.test")


def test_another_name_keeps_the_playback_id(stack: Stack, partners: dict[str, str], sandbox: Sandbox) -> None:
    sandbox.clear_requests()
    assert "created" not in change(stack, NAME)
    assert stack.ids() == {"acme": partners["acme"], "initech": partners["globex"]}
    assert addresses(stack).keys() == {"acme", "initech"}
    assert sandbox.mutating_requests == []
    former_names_forgotten = [["config", "rm", "formerNames"]]
    assert change(stack, former_names_forgotten) == {"unchanged": 3}


def test_a_partner_that_leaves_keeps_its_restricted_playback_id_for_a_while(
    stack: Stack, partners: dict[str, str], sandbox: Sandbox
) -> None:
    assert "deleted" not in change(stack, LEAVING)
    assert addresses(stack).keys() == {"acme"}
    assert partners["globex"] in ids_on(sandbox)
    assert domains(stack, sandbox)["globex"] == ("globex.example",)
    assert change(stack, LEFT)["deleted"] == 1
    assert partners["globex"] not in ids_on(sandbox)
    assert addresses(stack).keys() == {"acme"}
