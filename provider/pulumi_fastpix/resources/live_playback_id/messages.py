"""What people are told of a playback ID that isn't as declared, or may not exist: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.announce import announce, warn
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, NotFoundError, PartlyDoneError
from pulumi_fastpix.resources.access_restrictions.applying import without_old_entries
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS, GROUPS
from pulumi_fastpix.resources.access_restrictions.rules import in_numbers
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.tracking.accounting import PendingCreate
from pulumi_fastpix.resources.tracking.tracker import StreamTracker

MOST_NAMED = 3
"""Of the playback IDs that were there before, in one text: enough to recognise them by."""


def announce_settling(failure: FastPixError, create: PendingCreate, tracker: StreamTracker) -> None:
    """The stream is being watched."""
    announce(
        f"{failure.happened} Watching stream {tracker.stream_id} for up to {tracker.settling_period:g} s to find out "
        f"whether the {create.access_policy} playback ID was made."
    )


def announce_claim(claimed: PlaybackId, failure: FastPixError, create: PendingCreate, tracker: StreamTracker) -> None:
    """A playback ID that appeared is taken."""
    warn(
        f"{failure.happened} A {create.access_policy} playback ID has appeared on stream {tracker.stream_id} since, "
        f"{claimed.id}, and is taken for the one that was made. Should somebody else be making playback IDs there, "
        f"check with `pulumi-fastpix audit` that it isn't theirs."
    )


def announce_repeat(failure: FastPixError, create: PendingCreate, tracker: StreamTracker) -> None:
    """The server is done with a request and made nothing, so it is sent again."""
    warn(
        f"{failure.happened} As far as can be seen, nothing was made on stream {tracker.stream_id}, so the "
        f"request is sent again. Should a {create.access_policy} playback ID that nobody declares appear there later, "
        f"the first request made it after all."
    )


def may_still_appear(failure: FastPixError, create: PendingCreate, tracker: StreamTracker) -> CreateInDoubtError:
    """Nothing was found, but the server may be at work still."""
    return CreateInDoubtError(
        f"{failure.happened} No unclaimed playback ID that it could have made was found on the stream, but one may "
        f"still appear, so the request is not sent again.",
        f"Wait a few minutes before the next `pulumi up`. {_how_to_look(create, tracker)}",
    )


def made_nothing(failure: FastPixError, create: PendingCreate, tracker: StreamTracker) -> CreateInDoubtError:
    """The server was done each time and made nothing."""
    return CreateInDoubtError(
        f"{failure.happened} As far as can be seen, nothing was made on stream {tracker.stream_id}, and the "
        f"request is not sent again.",
        f"Run it again later. {_how_to_look(create, tracker)}",
    )


def _how_to_look(create: PendingCreate, tracker: StreamTracker) -> str:
    """How to find the playback ID of a create after all, among others that nobody declares."""
    before = tracker.known_before(create.access_policy)
    others = ", ".join(before[:MOST_NAMED])
    if len(before) > MOST_NAMED:
        others += f" and the {len(before) - MOST_NAMED} more that it had before"
    return (
        f"Should `pulumi-fastpix audit` show a {create.access_policy} playback ID of stream {tracker.stream_id} that "
        f"nobody declares{f', other than {others}' if others else ''}, then this run has made it, unless somebody "
        f"else makes some there: make it the resource's own with `pulumi-fastpix adopt {tracker.stream_id} PLAYBACK_ID "
        f"--name RESOURCE_NAME` (and --parent URN, if it has one), or delete it."
    )


def ambiguous(
    failure: FastPixError, create: PendingCreate, tracker: StreamTracker, playback_ids: tuple[str, ...]
) -> CreateInDoubtError:
    """More appeared than the creates in doubt can have made."""
    return CreateInDoubtError(
        f"{failure.happened} More {create.access_policy} playback IDs appeared on stream {tracker.stream_id} than "
        f"creates are in doubt, and this one may have made any of these: {', '.join(playback_ids)}. Somebody else is "
        f"making playback IDs there, or an earlier request of this run has made one late.",
        "Before the next `pulumi up`, once nobody else is at work there, see with `pulumi-fastpix audit` which ones "
        "nobody declares: take yours with `pulumi-fastpix adopt`, and delete those that are nobody's.",
    )


def unreadable(
    failure: FastPixError, create: PendingCreate, tracker: StreamTracker, reason: FastPixError
) -> CreateInDoubtError:
    """The stream can't be read, or contradicts itself."""
    seen = tracker.appeared(create)
    appeared = f" Before that failed, {', '.join(seen)} had appeared." if seen else ""
    return CreateInDoubtError(
        f"{failure.happened} The playback ID that it made, if any, can't be determined: {reason.happened}{appeared}",
        f"Look yourself before the next `pulumi up`. {_how_to_look(create, tracker)}",
    )


def of_another_policy(playback_id: str, inputs: Values, state: Values) -> PartlyDoneError:
    """What was made is not what was asked for."""
    return PartlyDoneError(
        f"FastPix was asked for a {inputs[ACCESS_POLICY]} playback ID on stream {state[STREAM_ID]}, and made "
        f"{playback_id}, which is {_openness(state, inputs)}.",
        "The stack has it now, and the next `pulumi up` replaces it.",
        id=playback_id,
        state=state,
    )


def made_without_restrictions(
    playback_id: str, inputs: Values, state: Values, failures: Sequence[FastPixError]
) -> PartlyDoneError:
    """It was made, and not all of its restrictions are confirmed."""
    return PartlyDoneError(
        f"Playback ID {playback_id} was made on stream {state[STREAM_ID]}, but FastPix hasn't confirmed all of its "
        f"access restrictions: {_together(failures)} It exists, and as far as FastPix has confirmed it is "
        f"{_openness(state, inputs)}.",
        f"{_advice(failures)}The stack has it now: the next `pulumi up` sends what is missing.",
        id=playback_id,
        state=state,
    )


def not_restricted(
    playback_id: str, inputs: Values, before: Values, state: Values, failures: Sequence[FastPixError]
) -> PartlyDoneError | FastPixError:
    """Its restrictions weren't all changed."""
    happened = (
        f"The access restrictions of playback ID {playback_id} are not as declared: {_together(failures)} As far as "
        f"FastPix has confirmed, it is {_openness(state, inputs)}."
    )
    advice = f"{_advice(failures)}The next `pulumi up` sends what is missing."
    if any(isinstance(failure, NotFoundError) for failure in failures):
        advice = "If it was deleted, `pulumi refresh` notes that, and the next `pulumi up` makes another one."
    if state == before:
        return FastPixError(happened, advice)
    if stored := state.get(ACCESS_RESTRICTIONS):
        declared = inputs.get(ACCESS_RESTRICTIONS, NOTHING)
        state = {**state, ACCESS_RESTRICTIONS: without_old_entries(stored, declared)}
    return PartlyDoneError(happened, advice, id=playback_id, state=state)


def _openness(state: Values, inputs: Values) -> str:
    """How open it is, as far as the groups tell that are stored or declared: nothing is known here of the others."""
    stored, declared = (one.get(ACCESS_RESTRICTIONS, NOTHING) for one in (state, inputs))
    return in_numbers(state[ACCESS_POLICY], stored, [group for group in GROUPS if group in stored or group in declared])


def _together(failures: Sequence[FastPixError]) -> str:
    return " ".join(failure.happened for failure in failures)


def _advice(failures: Sequence[FastPixError]) -> str:
    """What each failure advises, once."""
    return "".join(f"{advice} " for advice in dict.fromkeys(failure.advice for failure in failures) if advice)
