"""The other stacks, of a project or named, and which playback IDs and live streams they own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import click

from pulumi_fastpix.cli.parallel import in_parallel
from pulumi_fastpix.cli.pulumi_cli import PulumiCli, PulumiError
from pulumi_fastpix.stack.export import NotAStateError, parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState

OTHER_PROJECTS = "Stacks of other projects are read only if --also names them."


@dataclass(frozen=True)
class OtherStacks:
    """What is known of the other stacks.

    Attributes:
        stacks: the playback IDs and live streams of those that were read, by the stack's name.
        unread: for each stack that couldn't be read, a sentence with the reason.
    """

    stacks: Mapping[str, PlaybackIds]
    unread: tuple[str, ...] = ()

    @cached_property
    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """For each playback ID that they own, their names."""
        return _owners({stack: playback_ids.owned for stack, playback_ids in self.stacks.items()})

    @cached_property
    def stream_owners(self) -> Mapping[str, tuple[str, ...]]:
        """For each live stream that they own, their names."""
        return _owners({stack: playback_ids.live_streams.owned for stack, playback_ids in self.stacks.items()})

    @cached_property
    def signing_key_owners(self) -> Mapping[str, tuple[str, ...]]:
        """Likewise for each signing key."""
        return _owners({stack: playback_ids.signing_keys.owned for stack, playback_ids in self.stacks.items()})

    @property
    def reach(self) -> str:
        """A sentence on whose playback IDs are known, since those of any other stack look undeclared."""
        names = ", ".join(self.stacks)
        read = f"Besides this stack, these were read: {names}." if names else "No other stack was read."
        return f"{read} {OTHER_PROJECTS}"


def _owners(owned: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """For each of the ids that stacks own, the names of the stacks."""
    owners: dict[str, tuple[str, ...]] = {}
    for stack, ids in owned.items():
        for id_ in ids:
            owners[id_] = (*owners.get(id_, ()), stack)
    return owners


def read_other_stacks(pulumi: PulumiCli, own: StackState | None, also: Sequence[str] = ()) -> OtherStacks:
    """Export the other stacks of this project, and those that are named.

    Args:
        pulumi: the command for this project's stack.
        own: that stack; None if there is no project.
        also: the names of others.
    """
    if own is None:
        return _read(pulumi, also)
    unlisted: tuple[str, ...] = ()
    try:
        listed = [stack for stack in pulumi.stacks() if stack.rpartition("/")[2] != own.stack]
    except PulumiError as error:
        listed = []
        unlisted = (f"Could not list the other stacks of this project: {error}",)
    # A pipeline that names all its stacks names this one, too.
    named = [stack for stack in also if stack != own.stack and not f"/{stack}".endswith(f"/{own.project}/{own.stack}")]
    others = _read(pulumi, [*listed, *named])
    return replace(others, unread=(*unlisted, *others.unread))


def _read(pulumi: PulumiCli, stacks: Sequence[str]) -> OtherStacks:
    stacks = list(dict.fromkeys(stacks))

    def playback_ids(stack: str) -> PlaybackIds | str:
        try:
            return PlaybackIds(parse(pulumi.export(stack=stack)))
        except (PulumiError, NotAStateError) as error:
            return f"Could not read stack {stack}: {error}"

    results = dict(zip(stacks, in_parallel(playback_ids, stacks, "Reading stacks"), strict=True))
    return OtherStacks(
        {stack: result for stack, result in results.items() if isinstance(result, PlaybackIds)},
        tuple(result for result in results.values() if isinstance(result, str)),
    )


def require_all_read(others: OtherStacks, *, ignore_unread: bool) -> None:
    """End the command if one of them couldn't be read, unless that is to be ignored."""
    if others.unread and not ignore_unread:
        raise click.ClickException(
            f"{' '.join(others.unread)} Playback IDs that such a stack owns would look undeclared, so nothing was "
            f"written. Make it readable; or, if it certainly owns none of these streams' playback IDs, run this again "
            f"with --ignore-unread."
        )
