"""How streams and playback IDs look in an answer, where the switches have a say in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.records import NO_RESTRICTIONS
from pulumi_fastpix.sandbox.fastpix import answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi_fastpix.sandbox.data.records import PlaybackId, Restrictions, Stream
    from pulumi_fastpix.sandbox.fastpix.answers import Body
    from pulumi_fastpix.sandbox.switches import Switches


def playback_id_body(playback_id: PlaybackId, restrictions: Mapping[str, Restrictions], switches: Switches) -> Body:
    """A playback ID.

    Args:
        playback_id: the one.
        restrictions: those that were set, by playback ID.
        switches: whether to show those that weren't.
    """
    never_set = NO_RESTRICTIONS if switches.access_restrictions == "shown" else None
    return answers.playback_id_data(playback_id, restrictions.get(playback_id.id, never_set))


def stream_body(stream: Stream, restrictions: Mapping[str, Restrictions], switches: Switches) -> Body:
    """A live stream with its playback IDs."""
    playback_ids = [
        playback_id_body(playback_id, restrictions, switches)
        for playback_id in _in_order(stream.playback_ids, switches)
    ]
    return answers.stream_data(
        stream, playback_ids, status=switches.stream_status, trial=switches.trial_workspace != "no"
    )


def _in_order(oldest_first: Sequence[PlaybackId], switches: Switches) -> Sequence[PlaybackId]:
    match switches.playback_id_order:
        case "oldest-first":
            return oldest_first
        case "newest-first":
            return oldest_first[::-1]
        case "by-id":
            return sorted(oldest_first)
