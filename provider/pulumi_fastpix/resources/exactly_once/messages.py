"""What people are told of an object of which it isn't known whether it was made: what happened, and what to do."""

from __future__ import annotations

from typing import Any, TypeAlias

from pulumi_fastpix.announce import announce, warn
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError
from pulumi_fastpix.resources.exactly_once.accounting import Listed, PendingCreate
from pulumi_fastpix.resources.exactly_once.tracker import Tracker

AnyTracker: TypeAlias = Tracker[Any, Any]

MOST_NAMED = 3
"""Of the objects that were there before, in one text: enough to recognise them by."""


def announce_settling(failure: FastPixError, create: PendingCreate, tracker: AnyTracker) -> None:
    """The list is being watched."""
    announce(
        f"{failure.happened} Watching {tracker.words.place} for up to {tracker.settling_period:g} s to find out "
        f"whether the {tracker.words.of_kind(create.kind)} was made."
    )


def announce_claim(claimed: Listed, failure: FastPixError, create: PendingCreate, tracker: AnyTracker) -> None:
    """One that appeared is taken."""
    warn(
        f"{failure.happened} A {tracker.words.of_kind(create.kind)} has appeared {tracker.words.at_place} since, "
        f"{claimed.id}, and is taken for the one that was made. Should somebody else be making {tracker.words.noun}s "
        f"there, check with `{tracker.words.audit}` that it isn't theirs: stacks of other projects are read only if "
        f"--also names them."
    )


def announce_repeat(failure: FastPixError, create: PendingCreate, tracker: AnyTracker) -> None:
    """The server is done with a request and made nothing, so it is sent again."""
    warn(
        f"{failure.happened} As far as can be seen, nothing was made {tracker.words.at_place}, so the "
        f"request is sent again. Should a {tracker.words.of_kind(create.kind)} that nobody declares appear there "
        f"later, the first request made it after all.{_others(create, tracker)}"
    )


def may_still_appear(failure: FastPixError, create: PendingCreate, tracker: AnyTracker) -> CreateInDoubtError:
    """Nothing was found, but the server may be at work still."""
    return CreateInDoubtError(
        f"{failure.happened} No unclaimed {tracker.words.noun} that it could have made was found "
        f"{tracker.words.at_place}, but one may still appear, so the request is not sent again."
        f"{_others(create, tracker)}",
        f"Wait a few minutes before the next `pulumi up`. {_how_to_look(create, tracker)}",
    )


def made_nothing(failure: FastPixError, create: PendingCreate, tracker: AnyTracker) -> CreateInDoubtError:
    """The server was done each time and made nothing."""
    return CreateInDoubtError(
        f"{failure.happened} As far as can be seen, nothing was made {tracker.words.at_place}, and the "
        f"request is not sent again.{_others(create, tracker)}",
        f"Run it again later. {_how_to_look(create, tracker)}",
    )


def _others(create: PendingCreate, tracker: AnyTracker) -> str:
    """What has appeared meanwhile, and isn't what the create was asked for.

    FastPix may show other values than it was asked for, such as metadata without white space.
    """
    if not (others := tracker.others_since(create)):
        return ""
    return (
        f" But {', '.join(others)} appeared {tracker.words.at_place} meanwhile, with other settings than this one: if "
        f"FastPix has changed what it was asked for, the request made one of these."
    )


def _how_to_look(create: PendingCreate, tracker: AnyTracker) -> str:
    """How to find what a create has made after all, among others that nobody declares."""
    before = tracker.known_before(create.kind)
    others = ", ".join(before[:MOST_NAMED])
    if len(before) > MOST_NAMED:
        others += f" and the {len(before) - MOST_NAMED} more that there were before"
    return (
        f"Should `{tracker.words.audit}` show a {tracker.words.of_kind(create.kind)} {tracker.words.at_place} that "
        f"nobody declares{f', other than {others}' if others else ''}, then this run has made it, unless somebody "
        f"else makes some there: make it the resource's own with `{tracker.words.adopt} --name RESOURCE_NAME` (and "
        f"--parent URN, if it has one), or delete it."
    )


def ambiguous(
    failure: FastPixError, create: PendingCreate, tracker: AnyTracker, ids: tuple[str, ...]
) -> CreateInDoubtError:
    """More appeared than the creates in doubt can have made."""
    return CreateInDoubtError(
        f"{failure.happened} More {tracker.words.of_kind(create.kind)}s appeared {tracker.words.at_place} than "
        f"creates are in doubt, and this one may have made any of these: {', '.join(ids)}. Somebody else is "
        f"making {tracker.words.noun}s there, or an earlier request of this run has made one late.",
        f"Before the next `pulumi up`, once nobody else is at work there, see with `{tracker.words.audit}` which ones "
        f"nobody declares: take yours with `{tracker.words.adopt}`, and delete those that are nobody's.",
    )


def unreadable(
    failure: FastPixError, create: PendingCreate, tracker: AnyTracker, reason: FastPixError
) -> CreateInDoubtError:
    """The list can't be read, or contradicts itself."""
    seen = tracker.appeared(create)
    appeared = f" Before that failed, {', '.join(seen)} had appeared." if seen else ""
    return CreateInDoubtError(
        f"{failure.happened} The {tracker.words.noun} that it made, if any, can't be determined: {reason.happened}"
        f"{appeared}",
        f"Look yourself before the next `pulumi up`. {_how_to_look(create, tracker)}",
    )
