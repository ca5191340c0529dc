"""The recipes of docs/replacing.md keep the old address working for as long as they say. Its own programs run here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support.engine import Stack, counts
from support.playback_ids import ids_on

PAGE = Path(__file__).parents[2] / "docs" / "replacing.md"
BEFORE, SIDE_BY_SIDE, RETAINED, RENAMED = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)


def up(stack: Stack, program: str) -> dict[str, int]:
    """Run one of the page's programs; what Pulumi did, by its own summary."""
    (stack.program_folder / "__main__.py").write_text(
        program.replace("import pulumi_fastpix as", f"import {stack.provider.module} as")
    )
    run = stack.up()
    assert run.status == 0, run.output
    return counts(run)


@pytest.fixture
def old(stack: Stack) -> str:
    """The playback ID that is to be changed."""
    up(stack, BEFORE)
    return stack.ids()["audience"]


def test_side_by_side_the_old_one_exists_until_it_is_taken_out(stack: Stack, old: str, sandbox: Sandbox) -> None:
    up(stack, SIDE_BY_SIDE)
    new = stack.ids()["members"]
    assert {old, new} <= ids_on(sandbox)
    assert stack.outputs()["watch"].endswith(f"/{new}.m3u8")
    up(stack, re.sub(r"(?m)^audience = .*\n", "", SIDE_BY_SIDE))
    assert new in ids_on(sandbox)
    assert old not in ids_on(sandbox)


def test_with_retain_on_delete_the_old_one_stays_and_leaves_the_stack(stack: Stack, old: str, sandbox: Sandbox) -> None:
    up(stack, RETAINED)
    assert stack.ids() == {"audience": old}
    up(stack, RETAINED.replace('"public"', '"private"'))
    assert stack.ids()["audience"] != old
    assert {old, *stack.ids().values()} <= ids_on(sandbox)


def test_with_an_alias_or_a_rename_in_the_state_nothing_is_replaced(stack: Stack, old: str, sandbox: Sandbox) -> None:
    before = ids_on(sandbox)
    up(stack, RENAMED)
    assert stack.ids() == {"everybody": old}
    urn = stack.resources()["everybody"]["urn"]
    renamed = stack.run("state", "rename", urn, "audience", "--yes")
    assert renamed.status == 0, renamed.output
    assert up(stack, BEFORE) == {"unchanged": 2}
    assert stack.ids() == {"audience": old}
    assert ids_on(sandbox) == before
