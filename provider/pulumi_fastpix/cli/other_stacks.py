"""The other stacks of a project, and which playback IDs they own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState


@dataclass(frozen=True)
class OtherStacks:
    """What is known of the other stacks.

    Attributes:
        owners: for each playback ID that they own, their names.
        read: the names of those that were read.
        unread: for each stack that couldn't be read, a sentence with the reason.
    """

    owners: Mapping[str, tuple[str, ...]]
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def reach(self) -> str:
        """A sentence on whose playback IDs are known, since those of any other stack look undeclared."""
        read = (
            f"Besides this stack, these were read: {', '.join(self.read)}." if self.read else "No other stack was read."
        )
        return f"{read} Stacks of other projects are read only if --also names them."


def read_other_stacks(pulumi: PulumiCli, own: StackState, also: Sequence[str] = ()) -> OtherStacks:
    """Export the other stacks of this project, and those that are named."""
    unread: list[str] = []
    try:
        listed = [stack for stack in pulumi.stacks() if stack.rpartition("/")[2] != own.stack]
    except PulumiError as error:
        listed = []
        unread.append(f"Could not list the other stacks of this project: {error}")
    # A pipeline that names all its stacks names this one, too.
    named = [stack for stack in also if stack != own.stack and not f"/{stack}".endswith(f"/{own.project}/{own.stack}")]
    stacks = list(dict.fromkeys([*listed, *named]))

    def owned(stack: str) -> list[str] | str:
        try:
            return list(PlaybackIds(parse(pulumi.export(stack=stack))).owned)
        except (PulumiError, NotAStateError) as error:
            return f"Could not read stack {stack}: {error}"

    read: list[str] = []
    owners: dict[str, tuple[str, ...]] = {}
    for stack, result in zip(stacks, in_parallel(owned, stacks, "Reading stacks"), strict=True):
        if isinstance(result, str):
            unread.append(result)
            continue
        read.append(stack)
        for playback_id in result:
            owners[playback_id] = (*owners.get(playback_id, ()), stack)
    return OtherStacks(owners, tuple(read), tuple(unread))


def require_all_read(others: OtherStacks, *, ignore_unread: bool) -> None:
    """End the command if one of them couldn't be read, unless that is to be ignored."""
    if others.unread and not ignore_unread:
        raise click.ClickException(
            f"{' '.join(others.unread)} Playback IDs that such a stack owns would look undeclared, so nothing was "
            f"written. Make it readable; or, if it certainly owns none of these streams' playback IDs, run this again "
            f"with --ignore-unread."
        )
