"""What `pulumi-fastpix recover` says."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from pulumi_fastpix.cli.known_stack import KnownStack
from pulumi_fastpix.cli.pulumi_cli import PulumiCli
from pulumi_fastpix.cli.recover.pairing import TooMany
from pulumi_fastpix.cli.recover.recovery import Begun, Place, Recovery, protect
from pulumi_fastpix.stack.state import StackState


def nothing(state: StackState) -> str:
    """There is nothing to recover."""
    # One without any resource that comes from a file doesn't say whose it is.
    stack = f"stack {state.stack}" if state.stack else "the stack"
    text = f"Nothing to recover: no create of a playback ID was cut off in {stack}."
    return f"{text}\n{_others(state)}" if state.pending_others else text


def too_many(known: KnownStack, places: Sequence[TooMany[Place]]) -> str:
    """It can't be told which are the run's."""
    lines = ["Can't tell which playback IDs the killed run made, so nothing was written."]
    for found in places:
        taken = f" (and {found.spares} whose names are taken by now)" if found.spares else ""
        lines.append(
            f"On stream {known.shown(found.place.stream_id)} there are {len(found.playback_ids)} "
            f"{found.place.access_policy} ones that stack {known.state.stack} doesn't declare, but only "
            f"{found.creates} of its creates {_was(found.creates)} cut off{taken}:"
        )
        lines += [f"  {playback_id}" for playback_id in found.playback_ids]
    all_ours = " or --all-ours" if all(len(one.playback_ids) <= one.creates + one.spares for one in places) else ""
    lines.append(
        f"Run this again and say which were made by killed runs, with --ours ID for each{all_ours}; or exclude those "
        f"that were there before, or belong to somebody else, with --not-ours ID for each. A stream is born with one, "
        f"and other stacks and people may have made some. What a run made under a name that is taken by now, the next "
        f"`pulumi up` deletes, once you have said with --ours that it did."
    )
    return "\n".join(lines)


def findings(known: KnownStack, recovery: Recovery) -> str:
    """Which create is taken to have made which playback ID."""
    state = known.state
    creates = len(state.pending_creates)
    lines = [f"In stack {state.stack} {creates} {'create was' if creates == 1 else 'creates were'} cut off."]
    rows = [_row("delete" if begun.spare else "adopt", playback_id, begun) for begun, playback_id in recovery.made]
    rows += [_row("make", "(none found)", begun) for begun in recovery.not_made]
    for stream_id in dict.fromkeys(stream_id for stream_id, _ in rows):
        lines += ["", f"Stream {known.shown(stream_id)}:"]
        lines += _table([row for of_stream, row in rows if of_stream == stream_id])
    lines.append("")
    lines += _meaning(state, recovery)
    return "\n".join(lines)


def _commands(pulumi: PulumiCli, recovery: Recovery, file: str) -> list[str]:
    """The commands to run, in order."""
    lines = [pulumi.command("cancel", "--yes")]
    if recovery.made:
        lines.append(pulumi.importing(file, protect=protect(recovery)))
    # Last, so that whatever stops the import leaves it possible to run `recover` again.
    lines.append(pulumi.command("refresh", "--clear-pending-creates", "--skip-preview", "--yes"))
    return [shlex.join(line) for line in lines]


def what_to_do(pulumi: PulumiCli, state: StackState, recovery: Recovery, file: str) -> str:
    """The commands with what they do."""
    wrote = f"Wrote {file}. " if recovery.made else ""
    lines = [
        f"{wrote}Make sure that no run of this stack is still going on: from here it looks like one that was killed.",
        "Then, before the next `pulumi up`, run these commands in this order:",
        "",
        *(f"    {line}" for line in _commands(pulumi, recovery, file)),
        "",
        "`cancel` releases the lock that a killed run may leave; if it says that there is nothing to cancel, go on.",
    ]
    if recovery.made:
        lines.append(
            "`import` takes the playback IDs above into the stack, without calling FastPix. If it fails, stop there."
        )
    lines.append("`refresh` reads again what the stack has, changing none of it, and forgets the unfinished creates.")
    if state.pending_elsewhere:
        lines += [
            "",
            "It forgets these creates of other resources, too, which were cut off as well. Find out first what became",
            "of them, and import what was made, or the next `pulumi up` makes it again:",
            *(f"    {urn}" for urn in state.pending_elsewhere),
            "",
        ]
    lines.append("Then `pulumi up`.")
    return "\n".join(lines)


def _meaning(state: StackState, recovery: Recovery) -> list[str]:
    lines = []
    if recovery.made:
        lines.append(
            "Look at these pairs before you go on: once imported, the stack owns these playback IDs, and deletes them "
            "when it no longer declares them. Every stream is born with one, as a rule public: unless that one was "
            "deleted, or a stack owns it, it is among these. Exclude it, and whatever else was there before the run or "
            "is somebody else's: run this again with --not-ours ID --force."
        )
    if any(begun.spare for begun, _ in recovery.made):
        lines.append(
            "delete: its name is already taken, by the playback ID it was to replace or by one from another run. It is "
            "imported under a temporary name; the next `pulumi up` deletes it and makes what is still missing."
        )
    if recovery.not_made:
        lines.append(
            "make: the next `pulumi up` makes it. If the run was killed only a moment ago, its last requests may still "
            "be on their way: run this again in two minutes to see whether one appears."
        )
    if len({begun.create.protect for begun, _ in recovery.made if not begun.spare}) > 1:
        lines.append("Some of them are to be protected: the next `pulumi up` sees to that.")
    if state.pending_others:
        lines.append(_others(state))
    return lines


def _others(state: StackState) -> str:
    return (
        f"{state.pending_others} other {'operation was' if state.pending_others == 1 else 'operations were'} cut off. "
        f"The stack still has the playback IDs concerned: `pulumi refresh` finds out what became of them."
    )


def _row(what: str, playback_id: str, begun: Begun) -> tuple[str, tuple[str, ...]]:
    """A row of a stream's table, with the stream."""
    create = begun.create
    name = f"{create.name} (child of {create.parent_name})" if create.parent else create.name
    return create.stream_id or "", (what, playback_id, create.access_policy or "", name)


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
