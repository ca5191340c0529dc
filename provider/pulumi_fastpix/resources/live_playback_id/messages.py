"""The messages about a create in doubt, while it is judged and as its error: what happened, and what to do."""

from __future__ import annotations

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError
from pulumi_fastpix.resources.tracking.doubt import Doubt, MadeAgain
from pulumi_fastpix.resources.tracking.tracker import StreamTracker

MOST_NAMED = 100
"""Of the playback IDs that were there before, in one text."""


def announce_settling(creates: int, tracker: StreamTracker) -> None:
    """The stream is being watched."""
    announce(
        f"the outcome of {creates} {'create' if creates == 1 else 'creates'} on stream {tracker.stream_id} is unknown; "
        f"watching the stream for {tracker.settling_period:.0f} s to find out."
    )


def announce_claim(claimed: PlaybackId, doubt: Doubt, tracker: StreamTracker) -> None:
    """A playback ID that appeared is taken."""
    announce(
        f"no usable response to creating a {doubt.access_policy} playback ID on stream {tracker.stream_id} came back. "
        f"Playback ID {claimed.id} appeared there meanwhile, and is taken for the one that was made."
    )


def announce_repeat(doubt: Doubt, tracker: StreamTracker) -> None:
    """The server is done with a request and made nothing, so it is sent again."""
    announce(
        f"{doubt.failure.happened} As far as can be seen, nothing was made on stream {tracker.stream_id}, so the "
        f"request is sent again. Should a {doubt.access_policy} playback ID that nobody declares appear there later, "
        f"the first request made it after all."
    )


def may_still_appear(doubt: Doubt, tracker: StreamTracker) -> CreateInDoubtError:
    """Nothing was found, but the server may be at work still."""
    return CreateInDoubtError(
        f"{doubt.failure.happened} No playback ID that it could have made was found on the stream, but one may still "
        f"appear, so the request is not sent again.",
        f"Wait a few minutes before the next `pulumi up`. {_how_to_look(doubt, tracker)}",
    )


def made_nothing(doubt: Doubt, tracker: StreamTracker) -> CreateInDoubtError:
    """The server was done each time and made nothing."""
    return CreateInDoubtError(
        f"{doubt.failure.happened} As far as can be seen, nothing was made on stream {tracker.stream_id}, and the "
        f"request is not sent again.",
        f"Run it again later. {_how_to_look(doubt, tracker)}",
    )


def _how_to_look(doubt: Doubt, tracker: StreamTracker) -> str:
    """How to find the playback ID of a create after all, among others that nobody declares."""
    before = tracker.known_before(doubt.access_policy)
    others = ", ".join(before) if len(before) <= MOST_NAMED else f"the {len(before)} that it had before"
    return (
        f"Should `pulumi-fastpix audit` show a {doubt.access_policy} playback ID of stream {tracker.stream_id} that "
        f"nobody declares{f', other than {others}' if others else ''}, then this run has made it, unless somebody "
        f"else makes some there: make it the resource's own with `pulumi-fastpix adopt {tracker.stream_id} PLAYBACK_ID "
        f"--name RESOURCE_NAME` (and --parent URN, if it has one), or delete it."
    )


def ambiguous(doubt: Doubt, tracker: StreamTracker, playback_ids: tuple[str, ...]) -> CreateInDoubtError:
    """More appeared than can be ours."""
    return CreateInDoubtError(
        f"{doubt.failure.happened} More {doubt.access_policy} playback IDs appeared on stream {tracker.stream_id} than "
        f"this run asked for: {', '.join(playback_ids)}. Somebody else is making playback IDs there, and it "
        f"isn't known whose is which.",
        "Before the next `pulumi up`, once nobody else is at work there, see with `pulumi-fastpix audit` which ones "
        "nobody declares: take yours with `pulumi-fastpix adopt`, and delete those that are nobody's.",
    )


def of_another_policy(made: PlaybackId, access_policy: str, tracker: StreamTracker) -> CreateInDoubtError:
    """What was made is not what was asked for."""
    return CreateInDoubtError(
        f"FastPix was asked for a {access_policy} playback ID on stream {tracker.stream_id}, and made {made.id}, which "
        f"is {made.access_policy}. It exists now, and nobody declares it: delete it, or take it with `pulumi-fastpix "
        f"adopt`."
    )


def unreadable(
    doubt: Doubt, tracker: StreamTracker, found: list[PlaybackId], reason: BaseException
) -> CreateInDoubtError:
    """The stream can't be read, or contradicts itself."""
    made = ""
    if isinstance(doubt.outcome, MadeAgain):
        made = f" Playback ID {doubt.outcome.playback_id.id} was made when the request was sent again."
    why = reason.happened if isinstance(reason, FastPixError) else repr(reason)
    seen = [playback_id.id for playback_id in found if playback_id.access_policy == doubt.access_policy]
    appeared = f" Before that failed, {', '.join(seen)} had appeared." if seen else ""
    return CreateInDoubtError(
        f"{doubt.failure.happened}{made} The playback ID that it made, if any, can't be determined: {why}{appeared}",
        f"Look yourself before the next `pulumi up`. {_how_to_look(doubt, tracker)}",
    )
