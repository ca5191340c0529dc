"""The stream and the playback ID that a request names; invalid and unknown ids are refused as FastPix does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.identifiers import PLAYBACK_ID, STREAM_ID
from pulumi_fastpix.sandbox.errors import StreamNotFoundError
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, MISSING, FieldProblem

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.data.records import Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


def stream_of(call: Call, store: Store, switches: Switches) -> Stream:
    """The stream whose id is in the request's path.

    Raises:
        RefusalError: 404 when the workspace has no such stream, 422 when the id is invalid.
    """
    stream_id = stream_id_of(call, switches)
    try:
        return store.live_streams.get(stream_id, workspace=call.workspace)
    except StreamNotFoundError:
        raise responses.stream_not_found() from None


def stream_id_of(call: Call, switches: Switches) -> str:
    """The stream id in the request's path.

    Raises:
        RefusalError: 422 when it is invalid.
    """
    stream_id: str = call.request.path_params["stream_id"]
    if problems := _problems_of_stream_id(stream_id, switches):
        raise responses.validation_error(problems)
    return stream_id


def ids_of(call: Call, playback_id: str | None, switches: Switches) -> tuple[str, str]:
    """The stream id in the request's path, and the given playback ID, both valid in form.

    Raises:
        RefusalError: 422 when one of them is invalid or missing.
    """
    stream_id = call.request.path_params["stream_id"]
    problems = _problems_of_stream_id(stream_id, switches)
    if not playback_id:
        problems.append(FieldProblem("playbackId", MISSING))
    elif not PLAYBACK_ID.fullmatch(playback_id) and switches.malformed_playback_id == 422:
        problems.append(FieldProblem("playbackId", INVALID))
    if problems or not playback_id:
        raise responses.validation_error(problems)
    return stream_id, playback_id


def _problems_of_stream_id(stream_id: str, switches: Switches) -> list[FieldProblem]:
    malformed = not STREAM_ID.fullmatch(stream_id) and switches.malformed_stream_id == 422
    return [FieldProblem("streamId", INVALID)] if malformed else []
