"""The sentences that tell which stacks were read: a playback ID that none of them has may still be somebody's."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.cli.other_stacks import OTHER_PROJECTS


def stacks_read(stacks: Sequence[str], *, has_stack: bool) -> str:
    """Which stacks were read, and which weren't.

    Args:
        stacks: the names of those that were.
        has_stack: one of them is that of this project; otherwise there is no project here.
    """
    names = ", ".join(stacks)
    if not stacks:
        read = "No stack was read: there is no Pulumi project here."
    elif has_stack:
        read = f"Stacks that were read: {names}."
    else:
        read = f"Stacks that were read: {names}. There is no Pulumi project here."
    return f"{read} {OTHER_PROJECTS}"
