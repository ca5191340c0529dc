"""What people are told of a playback ID that isn't as declared, or may not exist: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.errors import FastPixError, NotFoundError, PartlyDoneError
from pulumi_fastpix.resources.access_restrictions.applying import without_old_entries
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS, GROUPS
from pulumi_fastpix.resources.access_restrictions.rules import in_numbers
from pulumi_fastpix.resources.base import NOTHING, Values
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY


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
