"""The other stacks of a project, and which playback IDs they own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.stack.state import NotAStateError, StackState, parse

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Siblings:
    """Other stacks.

    Attributes:
        owners: for each playback ID, the stacks that own it.
        unread: what couldn't be read, and why.
    """

    owners: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()


def ignore_unread_option(function: Function) -> Function:
    """Give a command `--ignore-unread`."""
    return click.option(
        "--ignore-unread",
        is_flag=True,
        help="Go on although another stack of the project can't be read, as if it owned nothing.",
    )(function)


def demanded(others: Siblings, *, ignore_unread: bool) -> Siblings:
    """End the command if one of them couldn't be read, unless that is to be ignored.

    What it owns would look as if nobody owned it.
    """
    if others.unread and not ignore_unread:
        raise click.ClickException(
            f"{' '.join(others.unread)} What it owns would look as if nobody owned it, so nothing was written. If it "
            f"certainly owns nothing on this stream, run this with --ignore-unread."
        )
    return others


def siblings(pulumi: PulumiCli, own: StackState, also: Sequence[str] = ()) -> Siblings:
    """Export the other stacks of this project, and those that are named."""
    unread: list[str] = []
    try:
        listed = [stack for stack in pulumi.stacks() if stack.rpartition("/")[2] != own.stack]
    except PulumiError as error:
        listed = []
        unread.append(f"The other stacks of this project are not known: {error}")
    # Whoever names them all in a pipeline names this one, too.
    named = [stack for stack in also if stack != own.stack and not f"/{stack}".endswith(f"/{own.project}/{own.stack}")]
    stacks = list(dict.fromkeys([*listed, *named]))

    def owned(stack: str) -> list[str] | str:
        try:
            state = parse(pulumi.export(stack=stack))
        except (PulumiError, NotAStateError) as error:
            return f"Stack {stack} could not be read: {error}"
        return [playback_id.id for playback_id in state.playback_ids if not playback_id.external]

    owners: dict[str, tuple[str, ...]] = {}
    for stack, result in zip(stacks, in_parallel(owned, stacks, "Reading stacks"), strict=True):
        if isinstance(result, str):
            unread.append(result)
            continue
        for playback_id in result:
            owners[playback_id] = (*owners.get(playback_id, ()), stack)
    return Siblings(owners, tuple(unread))
