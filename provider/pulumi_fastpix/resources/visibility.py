"""Whether a stream that can't be seen was deleted, or is looked for in the wrong workspace."""

from __future__ import annotations

from pulumi_fastpix.errors import NotFoundError, StreamNotVisibleError
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE
from pulumi_fastpix.settings.settings import Settings


def confirm_stream_deleted(
    settings: Settings, stream_id: str, playback_id: str | None, seen_by: str | None, error: NotFoundError
) -> None:
    """Return if a stream that can't be seen is known to be deleted, with its playback IDs; else raise.

    Args:
        settings: where it can't be seen.
        stream_id: the stream.
        playback_id: the playback ID on it that is asked for, if it isn't the stream itself.
        seen_by: the mark of the workspace in which it was last seen.
        error: what FastPix answered.

    Raises:
        StreamNotVisibleError: it isn't known.
    """
    if seen_by == settings.workspace_mark or stream_id in settings.deleted_streams:
        return
    if playback_id is None:
        asked, deleted, both = f"stream {stream_id} exists, because it can't be seen", "it was deleted", "it"
    else:
        asked = f"playback ID {playback_id} exists, because its stream {stream_id} can't be seen"
        deleted, both = "the stream was deleted, and the playback ID with it", "both"
    raise StreamNotVisibleError(
        f"Can't tell whether {asked}: {error.refusal}. Either {deleted}; or the credentials or the address "
        f"({settings.base_url}) belong to another workspace than the one in which this stack last saw the stream, "
        f"where {both} may still exist. Nothing was changed. If the credentials or the address are wrong, use the "
        f"right ones. Only if you know that the stream was deleted, run the same command once with "
        f"{DELETED_STREAMS_VARIABLE}={stream_id} in the environment."
    ) from None
