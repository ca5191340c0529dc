"""The recipes of docs/replacing.md keep the old address working for as long as they say.

Its own programs run here: those of each recipe one after another, and the three recipes beside each other in one stack.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pulumi_fastpix.sandbox import Sandbox
from support.both_ways import PROVIDERS, both_ways, ids_of_each
from support.engine import Stack, counts
from support.playback_ids import ids_on

PAGE = Path(__file__).parents[2] / "docs" / "replacing.md"
BEFORE, SIDE_BY_SIDE, RETAINED, RENAMED = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
RECIPES = {
    "side-by-side-": (BEFORE, SIDE_BY_SIDE, re.sub(r"(?m)^audience = .*\n", "", SIDE_BY_SIDE)),
    "retained-": (BEFORE, RETAINED, RETAINED.replace('"public"', '"private"')),
    "renamed-": (BEFORE, RENAMED, BEFORE),
}
"""The programs of each. Before the last one of those that are renamed, they are renamed back in the state."""


class Step(NamedTuple):
    """What one of the two providers has after a program of one recipe: names and ids, and the address in `watch`."""

    ids: dict[str, str]
    watch: str


class Recipes:
    """All recipes in one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.steps: dict[tuple[str, str], list[Step]] = {}

    def up(self, number: int) -> dict[str, int]:
        """Run the program of this number of each; what Pulumi did, by its own summary."""
        programs = "\n".join(both_ways(programs[number], recipe) for recipe, programs in RECIPES.items())
        (self.stack.program_folder / "__main__.py").write_text(programs)
        up = self.stack.up()
        assert up.status == 0, up.output
        outputs = self.stack.outputs()
        for recipe in RECIPES:
            for provider, ids in ids_of_each(self.stack, recipe).items():
                step = Step(ids, outputs[f"{provider}-{recipe}watch"])
                self.steps.setdefault((recipe, provider), []).append(step)
        return counts(up)

    def rename_back(self) -> None:
        for provider in PROVIDERS:
            urn = self.stack.resources()[f"{provider.name}-renamed-everybody"]["urn"]
            renamed = self.stack.run("state", "rename", urn, f"{provider.name}-renamed-audience", "--yes")
            assert renamed.status == 0, renamed.output

    def of(self, recipe: str) -> list[list[Step]]:
        """The steps of one recipe through each provider."""
        return [self.steps[recipe, provider.name] for provider in PROVIDERS]


def test_the_old_address_works_until_it_is_taken_out_or_for_good(stack_of_both: Stack, sandbox: Sandbox) -> None:
    recipes = Recipes(stack_of_both)
    before = ids_on(sandbox)
    recipes.up(0)
    recipes.up(1)
    amid = ids_on(sandbox)
    recipes.rename_back()
    last = recipes.up(2)

    for first, both, _ in recipes.of("side-by-side-"):
        old, new = first.ids["audience"], both.ids["members"]
        assert {old, new} <= amid
        assert both.watch.endswith(f"/{new}.m3u8")
        assert new in ids_on(sandbox)
        assert old not in ids_on(sandbox)
    for first, with_option, after in recipes.of("retained-"):
        old = first.ids["audience"]
        assert with_option.ids == {"audience": old}
        assert after.ids["audience"] != old
        assert {old, *after.ids.values()} <= ids_on(sandbox)
        before.add(old)
    for first, by_alias, in_state in recipes.of("renamed-"):
        assert by_alias.ids == {"everybody": first.ids["audience"]}
        assert in_state.ids == first.ids
    assert ids_on(sandbox) == before | {*stack_of_both.ids().values()}
    # Nothing is changed by the new names: beside them, there are the other recipes' last programs, and the stack.
    assert last == {"deleted": 2, "replaced": 2, "changes": 4, "unchanged": 5}
