"""The messages of `pulumi-fastpix recover`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.other_stacks import OtherStacks
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.recover.pairing import Pairs
from pulumi_fastpix.cli.recover.recovery import (
    Interrupted,
    other_creates,
    other_operations,
    protect,
    recorded_creates,
)
from pulumi_fastpix.cli.terminal import Colour, Line, verbatim
from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE, SANDBOX_VARIABLE
from pulumi_fastpix.settings.target import setting_text
from pulumi_fastpix.stack.live_streams import StoredStream
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import StackState

AnyRecovery: TypeAlias = Pairs[Interrupted, Any]
"""Pairs of live streams, of playback IDs, or of both."""

_COLOURS = {"adopt": Colour.GREEN, "create": Colour.YELLOW, "delete": Colour.RED}
"""Of what becomes of an interrupted create."""


def nothing_to_recover(pulumi: PulumiCli, playback_ids: PlaybackIds) -> list[Line]:
    """No create was interrupted, or what they made was imported."""
    state = playback_ids.state
    # A state without any resource that comes from a file doesn't hold the stack's name.
    stack = f"stack {state.stack}" if state.stack else "the stack"
    text = f"{stack} has no interrupted create of a live stream, playback ID or signing key."
    lines = [Line(text, "Nothing to recover: ", Colour.GREEN, indent=2)]
    if number := recorded_creates(playback_ids):
        forget = shlex.join(_forget(pulumi))
        owned = f"Pulumi still remembers {number_of_creates(number)} of what the stack owns by now."
        lines.append(Line(f"{owned} To forget: {forget}", unbroken=forget))
    return [*lines, *_others(state)]


def deleted_stream(stream_id: str) -> str:
    """A way out after a stream's 404."""
    return (
        f"If the stream was deleted, so were all playback IDs on it: run this again with "
        f"{DELETED_STREAMS_VARIABLE}={stream_id} in the environment."
    )


def not_found(option: str, playback_ids: Sequence[str]) -> str:
    """An option names what isn't among the playback IDs and streams in question."""
    return (
        f"{option} names playback IDs or live streams that are not among the undeclared ones concerned: "
        f"{', '.join(playback_ids)}. Nothing was written. Check the spelling."
    )


def other_settings(stream_ids: Sequence[str]) -> str:
    """Streams are said to be a killed run's, and no interrupted create can have made them as they are now."""
    first = stream_ids[0]
    return (
        f"--ours names {', '.join(stream_ids)}, but no interrupted create has all the settings that FastPix shows, "
        f"or one playback ID came with it and it has several by now. Nothing was written. If a killed run made it, run "
        f"`pulumi-fastpix adopt --streams {first} --name NAME`, with the name of the resource, then `pulumi refresh "
        f"--clear-pending-creates`; the next `pulumi up` makes its settings as they are declared."
    )


def which_came_with(error: InvalidInputError, stream_id: str, name: str) -> str:
    """A stream has several playback IDs, and nothing tells which one came with it."""
    adopt = f"pulumi-fastpix adopt --streams {stream_id}/PLAYBACK_ID --name {shlex.quote(name)}"
    return f"{error.happened} Nothing was written. Find out which one, run `{adopt}`, and then this again."


def created(stream: Stream | None) -> str:
    """When a live stream was created, behind its id; empty if that isn't known, or if it is none."""
    created_at = stream.details.created_at if stream and stream.details else None
    return f"  created {created_at}" if created_at else ""


def pairs(known: KnownStack, recovery: AnyRecovery, others: OtherStacks, streams: Mapping[str, Stream]) -> list[Line]:
    """Which create is taken to have made which live stream or playback ID.

    Args:
        known: the stack.
        recovery: the pairs.
        others: the other stacks.
        streams: the live streams among what was found.
    """
    creates = {
        "live stream": len(known.live_streams.interrupted_creates),
        "playback ID": len(known.playback_ids.interrupted_creates),
    }
    of_each = [
        f"{number_of_creates(number)} of {f'a {noun}' if number == 1 else f'{noun}s'}"
        for noun, number in creates.items()
        if number
    ]
    lines = [Line(f"Stack {known.state.stack} has {' and '.join(of_each)}.")]
    rows = [
        _row(known, "delete" if one.orphaning else "adopt", id_, one, streams.get(id_)) for one, id_ in recovery.made
    ]
    rows += [_row(known, "create", "(none found)", one) for one in recovery.not_made]
    for heading in dict.fromkeys(heading for heading, _ in rows):
        lines += [Line(""), Line(f"{heading}:")]
        lines += _table([row for of_heading, row in rows if of_heading == heading])
    rest = sum(creates.values()) - len(rows)
    reach = Line(others.reach)
    return [*lines, Line(""), *_meaning(known, recovery), reach, *_without_orphans(rest), *_others(known.state)]


def what_to_do(
    pulumi: PulumiCli, state: StackState, recovery: AnyRecovery, file: str, unconfirmed: int = 0
) -> list[Line]:
    """The commands to run, and what each of them does.

    Args:
        pulumi: the command for the stack.
        state: the stack's state.
        recovery: the pairs.
        file: the import file.
        unconfirmed: how many aren't known to have the access restrictions that are declared.
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
                "`import` takes what is listed above into the stack, without calling FastPix. If it fails, stop there."
            )
        )
    lines.append(Line("`refresh` reads what the stack has, changes none of it, and forgets the interrupted creates."))
    if setting_text(os.environ.get(SANDBOX_VARIABLE)):
        lines.append(Line("It calls FastPix, so run it as this command, under `pulumi-fastpix sandbox exec`."))
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
    if any(_is_stream(one) for one, _ in recovery.made):
        lines.append(
            Line(f"Then delete {file}: it holds secrets of streams, readable by you alone, which Pulumi encrypts.")
        )
    lines.append(Line("Then `pulumi up`."))
    if unconfirmed:
        of = "one of these" if unconfirmed == 1 else f"{unconfirmed} of these"
        text = f"FastPix hasn't confirmed the access restrictions of {of}, and may let anybody in."
        lines.append(Line(text, "Until then: ", Colour.YELLOW, indent=2))
    return lines


def _commands(pulumi: PulumiCli, recovery: AnyRecovery, file: str) -> list[str]:
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


def _is_stream(interrupted: Interrupted) -> bool:
    return isinstance(interrupted.create, StoredStream)


def _meaning(known: KnownStack, recovery: AnyRecovery) -> list[Line]:
    lines = []
    guessed = [one for one, id_ in recovery.made if id_ != one.create.id]
    if len(guessed) < len(recovery.made):
        text = "the state, or the journal of this machine, names what this create made, so nothing was guessed."
        lines.append(Line(text, "certain: ", Colour.GREEN, indent=2))
    texts = []
    if any(map(_is_stream, guessed)):
        texts.append(
            "once imported, the stack owns these live streams, and deletes them when it no longer declares them. They "
            "have the settings that are declared, and somebody else may have made them all the same: compare when they "
            "were created with when the run was killed."
        )
    if on_streams := {one.create.stream_id for one in guessed if not _is_stream(one)}:
        with_stream = (
            " FastPix creates one playback ID with every stream, as a rule public: unless it was deleted, a stack owns "
            "it, or you have excluded it, it is among these."
        )
        texts.append(
            f"once imported, the stack owns these playback IDs, and deletes them when it no longer declares them."
            f"{'' if on_streams <= known.live_streams.owned.keys() else with_stream}"
        )
    for text in texts:
        exclude = (
            "Exclude every one that existed before the run or belongs to somebody else: run this again with --not-ours "
            "ID --force."
        )
        lines.append(Line(f"{text} {exclude}", "Check these pairs before you go on: ", Colour.YELLOW, indent=2))
    if any(one.orphaning for one, _ in recovery.made):
        text = (
            "the name is taken by now, by what is to be replaced or comes from another run, so this one is an orphan. "
            "It is imported under a temporary name; the next `pulumi up` deletes it, and creates what is still missing."
        )
        lines.append(Line(text, "delete: ", _COLOURS["delete"], indent=2))
    if recovery.not_made:
        text = (
            "the next `pulumi up` creates it, if the program still declares it. If the run was killed only a moment "
            "ago, its last requests may still be on their way: run this again in two minutes to see whether it appears."
        )
        lines.append(Line(text, "create: ", _COLOURS["create"], indent=2))
    if len({one.create.protect for one, _ in recovery.made if not one.orphaning}) > 1:
        lines.append(Line("Some of them are declared as protected: the next `pulumi up` protects them."))
    return lines


def _without_orphans(number: int) -> list[Line]:
    if not number:
        return []
    creates, names = ("create has", "its name is") if number == 1 else ("creates have", "their names are")
    return [Line(f"{number} more {creates} nothing to import: {names} taken by now, and nothing is left to pair with.")]


def _others(state: StackState) -> list[Line]:
    number = other_operations(state)
    if not number:
        return []
    were = "other operation was" if number == 1 else "other operations were"
    message = f"{number} {were} interrupted. The stack still has what they were about"
    return [Line(f"{message}: `pulumi refresh` finds out what became of them.")]


def _row(
    known: KnownStack, action: str, id_: str, interrupted: Interrupted, stream: Stream | None = None
) -> tuple[str, tuple[str, ...]]:
    """A row of a table, with the table's heading."""
    create = interrupted.create
    name = f"{create.name} (child of {create.parent_name})" if create.parent else create.name
    name = f"{name}{' (certain)' if id_ == create.id else ''}"
    if _is_stream(interrupted):
        return "Live streams", (action, id_, created(stream).strip(), name)
    return f"Stream {known.without_secrets(create.stream_id or '')}", (action, id_, create.access_policy or "", name)


def _table(rows: Sequence[tuple[str, ...]]) -> list[Line]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    aligned = [[f"{cell:<{width}}  " for cell, width in zip(row, widths, strict=True)] for row in rows]
    return [Line("".join(others).rstrip(), f"  {action}", _COLOURS[action.rstrip()]) for action, *others in aligned]


def number_of_creates(number: int) -> str:
    """So many interrupted creates, in words."""
    return f"{number} interrupted create{'' if number == 1 else 's'}"
