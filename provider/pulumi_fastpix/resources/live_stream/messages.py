"""What people are told of a live stream that isn't as declared: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_fastpix.announce import warn
from pulumi_fastpix.errors import FastPixError, InvalidInputError, NotFoundError, OtherValuesError, PartlyDoneError
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.live_stream.inputs import IMPORT_ID_OF_SEVERAL
from pulumi_fastpix.resources.live_stream.names import PLAYBACK_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY

NO_PLAYBACK_ID = (
    f"A stream can't be given another one to take its place. Declare a LivePlaybackId, and take {ACCESS_RESTRICTIONS} "
    f"out of the stream; or have the stream replaced, which gives it a new stream key."
)
_NEXT_UP = "The stack has it now: the next `pulumi up` sends what is missing."


def of_other_settings(stream_id: str, keys: Sequence[str], state: Values) -> PartlyDoneError:
    """What was made is not what was asked for."""
    return PartlyDoneError(
        f"FastPix made live stream {stream_id} with another {' and '.join(keys)} than it was asked for.",
        "The stack has it now; `pulumi preview --diff` shows what it has instead.",
        id=stream_id,
        state=state,
    )


def not_understood(stream_id: str, state: Values) -> PartlyDoneError:
    """It was made, and FastPix's description of it has an unknown form."""
    return PartlyDoneError(
        f"Live stream {stream_id} was made, but what FastPix answered about it isn't understood.",
        f"{_NEXT_UP} If that fails, too, a newer version of pulumi-fastpix may understand it.",
        id=stream_id,
        state=state,
    )


def made_without_restrictions(stream_id: str, state: Values, failures: Sequence[FastPixError]) -> PartlyDoneError:
    """It was made, and not all restrictions of its playback ID are confirmed."""
    return PartlyDoneError(
        f"Live stream {stream_id} was made, but FastPix hasn't confirmed all access restrictions of its "
        f"{state[ACCESS_POLICY]} playback ID {state.get(PLAYBACK_ID)}: {together(failures)}",
        f"{advice_of(failures)}{_NEXT_UP}",
        id=stream_id,
        state=state,
    )


def made_without_playback_id(stream_id: str, state: Values) -> PartlyDoneError:
    """It was made, and nothing tells which playback ID came with it, so that nothing can be restricted."""
    return PartlyDoneError(
        f"Live stream {stream_id} was made, but it isn't known which playback ID came with it, so its access "
        f"restrictions can't be set: everybody can watch by it whom its {state[ACCESS_POLICY]} access policy lets in.",
        f"Take {ACCESS_RESTRICTIONS} out, or run `pulumi up --replace URN` to have another stream made.",
        id=stream_id,
        state=state,
    )


def not_updated(
    stream_id: str, before: Values, state: Values, failures: Sequence[FastPixError]
) -> PartlyDoneError | FastPixError:
    """Not all of it was changed."""
    happened = f"Live stream {stream_id} is not as declared: {together(failures)}"
    advice = f"{advice_of(failures)}The next `pulumi up` sends what is missing."
    if any(isinstance(failure, NotFoundError) for failure in failures):
        advice = "If it was deleted, `pulumi refresh` notes that."
    if state == before:
        return FastPixError(happened, advice)
    return PartlyDoneError(happened, advice, id=stream_id, state=state)


def kept_other_settings(stream_id: str, key: str) -> OtherValuesError:
    """FastPix's answer to a change shows something else."""
    return OtherValuesError(
        f"FastPix was sent the {key} of stream {stream_id}, and answered with another value.",
        f"Declare {key} as FastPix keeps it; `pulumi refresh` shows that.",
    )


def nothing_to_restrict(stream_id: str) -> InvalidInputError:
    """The playback ID that the restrictions are of doesn't exist."""
    return InvalidInputError(
        f"The playback ID that came with live stream {stream_id} doesn't exist any more, so there is nothing to which "
        f"its {ACCESS_RESTRICTIONS} could apply. Nothing was changed.",
        NO_PLAYBACK_ID,
    )


def warn_of_missing_playback_id(stream_id: str, playback_id: str) -> None:
    """The playback ID that came with a stream was deleted."""
    warn(
        f"Playback ID {playback_id}, which came with live stream {stream_id}, doesn't exist any more: whoever watched "
        f"by it can't. {NO_PLAYBACK_ID}"
    )


def warn_of_unknown_playback_id(stream_id: str) -> None:
    """A stream was made, and has not exactly one playback ID."""
    warn(
        f"It isn't known which playback ID came with live stream {stream_id}, because FastPix didn't list exactly one. "
        f"The output {PLAYBACK_ID} stays empty: declare a LivePlaybackId."
    )


def which_playback_id(stream_id: str, playback_ids: Sequence[str]) -> InvalidInputError:
    """An import found several that may have come with the stream."""
    return InvalidInputError(
        f"Live stream {stream_id} has {len(playback_ids)} playback IDs, and FastPix doesn't tell which one came with "
        f"it: {', '.join(playback_ids)}.",
        f"To import the stream, or to `get` it in another language than Python, give {IMPORT_ID_OF_SEVERAL}.",
    )


def together(failures: Sequence[FastPixError]) -> str:
    """What has happened, in one text."""
    return " ".join(failure.happened for failure in failures)


def advice_of(failures: Sequence[FastPixError]) -> str:
    """What each failure advises, once."""
    return "".join(f"{advice} " for advice in dict.fromkeys(failure.advice for failure in failures) if advice)
