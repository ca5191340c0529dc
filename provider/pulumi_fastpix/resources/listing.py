"""What a workspace has of each resource type, whoever made it: for functions of programs, and `pulumi do … list`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_fastpix.api.ids import problem_of_id
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.access_restrictions.applying import shown_by
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import of_lookup
from pulumi_fastpix.resources.addresses import HLS_URL, hls_url
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.live_stream.names import SECRET_OUTPUTS
from pulumi_fastpix.resources.live_stream.state import shown_of
from pulumi_fastpix.resources.names import ACCESS_POLICY
from pulumi_fastpix.resources.signing_key.names import CREATED_AT
from pulumi_fastpix.resources.workspace import Workspace

PLAYBACK_IDS = "playbackIds"
"""A listed stream's key for its playback IDs; a declared stream has only the one that came with it."""


def playback_ids(workspace: Workspace, lookup: Values) -> Iterator[dict[str, Any]]:
    """All playback IDs of a stream, with the one that came with it.

    Raises:
        InvalidInputError: the stream ID is none.
        NotFoundError: the workspace has no such stream.
        FastPixError: it can't be read.
    """
    stream_id = lookup.get(STREAM_ID)
    if problem := problem_of_id("a stream ID", stream_id):
        raise InvalidInputError(f"The playback IDs of a stream can't be listed: {problem}.")
    yield from map(_playback_id, workspace.client.live_streams.get(str(stream_id)).playback_ids)


def live_streams(workspace: Workspace, _lookup: Values) -> Iterator[dict[str, Any]]:
    """All streams, newest first, without their secrets. A page is read once a stream of it is asked for.

    Raises:
        FastPixError: a page can't be read, or lacks streams.
    """
    for page in workspace.client.live_streams.pages():
        for stream in reversed(page.streams):
            shown = {key: value for key, value in shown_of(stream).items() if key not in SECRET_OUTPUTS}
            yield {"id": stream.stream_id, **shown, PLAYBACK_IDS: [*map(_playback_id, stream.playback_ids)]}


def signing_keys(workspace: Workspace, _lookup: Values) -> Iterator[dict[str, Any]]:
    """All signing keys, newest first. FastPix's list has neither private nor public keys.

    Raises:
        PermissionDeniedError: the access token isn't an administrator's.
        FastPixError: the list can't be read.
    """
    for key in workspace.client.signing_keys.every().values():
        yield {"id": key.id, CREATED_AT: key.created_at}


def _playback_id(playback_id: PlaybackId) -> dict[str, Any]:
    return {
        "id": playback_id.id,
        ACCESS_POLICY: playback_id.access_policy,
        HLS_URL: hls_url(playback_id.id),
        # None, too, if FastPix shows none: it isn't known then whether there are any.
        ACCESS_RESTRICTIONS: of_lookup(shown_by(playback_id.access_restrictions)) or None,
    }
