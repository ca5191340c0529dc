"""The messages of `pulumi-fastpix recover`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.recover.recovery import (
    Decisions,
    Interrupted,
    Place,
    Recovery,
    other_creates,
    other_operations,
    protect,
    recorded_creates,
)
from pulumi_fastpix.cli.terminal import Colour, Line, verbatim
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState

_COLOURS = {"adopt": Colour.GREEN, "create": Colour.YELLOW, "delete": Colour.RED}
"""Of what becomes of an interrupted create."""


def nothing_to_recover(pulumi: PulumiCli, playback_ids: PlaybackIds) -> list[Line]:
    """No create was interrupted, or their playback IDs were imported."""
    state = playback_ids.state
    # A state without any resource that comes from a file doesn't hold the stack's name.
    stack = f"stack {state.stack}" if state.stack else "the stack"
    text = f"{stack} has no interrupted create of a playback ID."
    lines = [Line(text, "Nothing to recover: ", Colour.GREEN, indent=2)]
    if number := recorded_creates(playback_ids):
        forget = shlex.join(_forget(pulumi))
        owned = f"Pulumi still remembers {_creates(number)} of a playback ID that the stack owns by now."
        lines.append(Line(f"{owned} To forget: {forget}", unbroken=forget))
    return [*lines, *_others(state)]


def deleted_stream(stream_id: str) -> str:
    """A way out after a stream's 404."""
    return (
        f"If the stream was deleted, so were all playback IDs on it: run this again with "
        f"{DELETED_STREAMS_VARIABLE}={stream_id} in the environment."
    )


def not_found(option: str, playback_ids: Sequence[str]) -> str:
    """An option names playback IDs that aren't among those in question."""
    return (
        f"{option} names playback IDs that are not among the undeclared ones of the streams concerned: "
        f"{', '.join(playback_ids)}. Nothing was written. Check the spelling."
    )


def too_many(known: KnownStack, recovery: Recovery, others: OtherStacks, decisions: Decisions) -> str:
    """A person has to decide which playback IDs are the killed run's."""
    places = recovery.too_many
    lines = ["It isn't clear which playback IDs the killed run made, so nothing was written."]
    for found in places:
        names = "name is" if found.orphaning == 1 else "names are"
        orphaning = f" (and {found.orphaning} whose {names} taken by now)" if found.orphaning else ""
        there_are = "there is 1" if len(found.playback_ids) == 1 else f"there are {len(found.playback_ids)}"
        playback_ids = "playback ID" if len(found.playback_ids) == 1 else "playback IDs"
        lines.append(
            f"On stream {known.without_secrets(found.place.stream_id)} {there_are} {found.place.access_policy} "
            f"{playback_ids} that no stack declares, but stack {known.state.stack} has "
            f"{f'only {_creates(found.creates)}' if found.creates else 'no interrupted create'} to pair with"
            f"{orphaning}:"
        )
        lines += [f"  {playback_id}" for playback_id in found.playback_ids]
        lines += _certain(recovery, found.place)
    instead = " (without --all-ours)" if decisions.all_ours else ""
    if decisions.all_ours:
        lines.append(
            "Killed runs can't have made all of these, as --all-ours says: there are more of them than creates."
        )
    lines += [
        "Run this again with",
        f"  --ours ID      for each one that a killed run made{instead}, or",
        "  --not-ours ID  for each one that existed before the run or belongs to somebody else.",
    ]
    if all(len(one.playback_ids) <= one.creates + one.orphaning for one in places):
        lines.append("If killed runs made all of them, use --all-ours.")
    lines += [
        "FastPix creates one playback ID with every stream, and other stacks and people may have made some.",
        others.reach,
    ]
    if any(one.orphaning for one in places):
        lines.append(
            "Where the name of a create is taken by now, the playback ID that it made is an orphan: once you confirm "
            "that a killed run made it, the next `pulumi up` deletes it."
        )
    return "\n".join(lines)


def _certain(recovery: Recovery, place: Place) -> list[str]:
    """The playback IDs of a place that are in neither number, because nothing has to be decided about them."""
    made = [
        f"{playback_id} (as {one.create.name!r})"
        for one, playback_id in recovery.made
        if playback_id == one.create.id
        and (one.create.stream_id, one.create.access_policy) == (place.stream_id, place.access_policy)
    ]
    if not made:
        return []
    creates = "one more interrupted create" if len(made) == 1 else f"{len(made)} more interrupted creates"
    return [f"Besides, the state itself names what {creates} made, which is certain: {', '.join(made)}."]


def pairs(known: KnownStack, recovery: Recovery, others: OtherStacks) -> list[Line]:
    """Which create is taken to have made which playback ID."""
    number = len(known.playback_ids.interrupted_creates)
    made = "a playback ID" if number == 1 else "playback IDs"
    lines = [Line(f"Stack {known.state.stack} has {_creates(number)} of {made}.")]
    rows = [_row("delete" if one.orphaning else "adopt", playback_id, one) for one, playback_id in recovery.made]
    rows += [_row("create", "(none found)", one) for one in recovery.not_made]
    for stream_id in dict.fromkeys(stream_id for stream_id, _ in rows):
        lines += [Line(""), Line(f"Stream {known.without_secrets(stream_id)}:")]
        lines += _table([row for of_stream, row in rows if of_stream == stream_id])
    rest = number - len(rows)
    reach = Line(others.reach)
    return [*lines, Line(""), *_meaning(recovery), reach, *_without_orphans(rest), *_others(known.state)]


def what_to_do(pulumi: PulumiCli, state: StackState, recovery: Recovery, file: str, unconfirmed: int = 0) -> list[Line]:
    """The commands to run, and what each of them does.

    Args:
        pulumi: the command for the stack.
        state: the stack's state.
        recovery: the pairs.
        file: the import file.
        unconfirmed: how many playback IDs aren't known to have the access restrictions that are declared.
    """
    wrote = f"Wrote {file}. " if recovery.made else ""
    lines = [
        Line(
            f"{wrote}Make sure that no run of this stack is still going on: it would look the same as one that was "
            f"killed."
        ),
        Line("Then run these commands in this order, before the next `pulumi up`:"),
        Line(""),
        *(verbatim(command, "    ") for command in _commands(pulumi, recovery, file)),
        Line(""),
        Line("`cancel` releases the lock that a killed run may leave; if it finds nothing to cancel, go on."),
    ]
    if recovery.made:
        lines.append(
            Line(
                "`import` takes the playback IDs above into the stack, without calling FastPix. If it fails, stop "
                "there."
            )
        )
    lines.append(Line("`refresh` reads what the stack has, changes none of it, and forgets the interrupted creates."))
    if forgotten := other_creates(state):
        lines += [
            Line(""),
            Line(
                "It also forgets the interrupted creates of these other resources. First find out what became of "
                "them, and\nimport those that were made, or the next `pulumi up` makes them again:"
            ),
            *(verbatim(urn, "    ") for urn in forgotten),
            Line(""),
        ]
    lines.append(Line("Then `pulumi up`."))
    if unconfirmed:
        of = "one of these playback IDs" if unconfirmed == 1 else f"{unconfirmed} of these playback IDs"
        text = f"FastPix hasn't confirmed the access restrictions of {of}, and may let anybody in."
        lines.append(Line(text, "Until then: ", Colour.YELLOW, indent=2))
    return lines


def _commands(pulumi: PulumiCli, recovery: Recovery, file: str) -> list[str]:
    """The commands to run, in order."""
    lines = [pulumi.command("cancel", "--yes")]
    if recovery.made:
        lines.append(pulumi.import_command(file, protect=protect(recovery)))
    # Last, so that whatever stops the import leaves it possible to run `recover` again.
    lines.append(_forget(pulumi))
    return [shlex.join(line) for line in lines]


def _forget(pulumi: PulumiCli) -> list[str]:
    """The command that makes Pulumi forget interrupted creates."""
    return pulumi.command("refresh", "--clear-pending-creates", "--skip-preview", "--yes")


def _meaning(recovery: Recovery) -> list[Line]:
    lines = []
    certain = [playback_id == one.create.id for one, playback_id in recovery.made]
    if any(certain):
        text = "the state itself names the playback ID that this create made, so nothing was guessed."
        lines.append(Line(text, "certain: ", Colour.GREEN, indent=2))
    if not all(certain):
        text = (
            "once imported, the stack owns these playback IDs, and deletes them when it no longer declares them. "
            "FastPix creates one playback ID with every stream, as a rule public: unless it was deleted, a stack owns "
            "it, or you have excluded it, it is among these. Exclude every one that existed before the run or belongs "
            "to somebody else: run this again with --not-ours ID --force."
        )
        lines.append(Line(text, "Check these pairs before you go on: ", Colour.YELLOW, indent=2))
    if any(one.orphaning for one, _ in recovery.made):
        text = (
            "the name is taken by now, by the playback ID to be replaced or by one from another run, so this one is an "
            "orphan. It is imported under a temporary name; the next `pulumi up` deletes it, and creates what is still "
            "missing."
        )
        lines.append(Line(text, "delete: ", _COLOURS["delete"], indent=2))
    if recovery.not_made:
        text = (
            "the next `pulumi up` creates it. If the run was killed only a moment ago, its last requests may still be "
            "on their way: run this again in two minutes to see whether the playback ID appears."
        )
        lines.append(Line(text, "create: ", _COLOURS["create"], indent=2))
    if len({one.create.protect for one, _ in recovery.made if not one.orphaning}) > 1:
        lines.append(Line("Some of them are declared as protected: the next `pulumi up` protects them."))
    return lines


def _without_orphans(number: int) -> list[Line]:
    if not number:
        return []
    creates, names = ("create has", "its name is") if number == 1 else ("creates have", "their names are")
    return [
        Line(
            f"{number} more {creates} nothing to import: {names} taken by now, and no playback ID is left to pair with."
        )
    ]


def _others(state: StackState) -> list[Line]:
    number = other_operations(state)
    if not number:
        return []
    were = "other operation on playback IDs was" if number == 1 else "other operations on playback IDs were"
    message = f"{number} {were} interrupted. The stack still has the playback IDs concerned"
    return [Line(f"{message}: `pulumi refresh` finds out what became of them.")]


def _row(action: str, playback_id: str, interrupted: Interrupted) -> tuple[str, tuple[str, ...]]:
    """A row of a stream's table, with the stream."""
    create = interrupted.create
    name = f"{create.name} (child of {create.parent_name})" if create.parent else create.name
    certain = " (certain)" if playback_id == create.id else ""
    return create.stream_id or "", (action, playback_id, create.access_policy or "", f"{name}{certain}")


def _table(rows: Sequence[tuple[str, ...]]) -> list[Line]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    aligned = [[f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=True)] for row in rows]
    return [Line("".join(others).rstrip(), f"  {action}", _COLOURS[action.rstrip()]) for action, *others in aligned]


def _creates(number: int) -> str:
    return f"{number} interrupted create{'' if number == 1 else 's'}"
