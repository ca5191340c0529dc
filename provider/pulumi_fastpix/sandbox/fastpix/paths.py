"""The ids that a request is about, refused as FastPix would if they can't be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.identifiers import PLAYBACK_ID, STREAM_ID
from pulumi_fastpix.sandbox.errors import StreamNotFoundError
from pulumi_fastpix.sandbox.fastpix import answers
from pulumi_fastpix.sandbox.fastpix.answers import INVALID, MISSING, FieldProblem

if TYPE_CHECKING:
    from starlette.requests import Request

    from pulumi_fastpix.sandbox.data.records import Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches


def stream_of(request: Request, store: Store, switches: Switches, workspace: str) -> Stream:
    """The stream in the request's path.

    Raises:
        RefusalError: 404 or 422.
    """
    stream_id = request.path_params["stream_id"]
    if problems := _problems_of_stream_id(stream_id, switches):
        raise answers.validation_error(problems)
    try:
        return store.live_streams.get(stream_id, workspace=workspace)
    except StreamNotFoundError:
        raise answers.stream_not_found() from None


def ids_of(request: Request, playback_id: str | None, switches: Switches) -> tuple[str, str]:
    """The stream id in the request's path, and that playback ID.

    Raises:
        RefusalError: 422.
    """
    stream_id = request.path_params["stream_id"]
    problems = _problems_of_stream_id(stream_id, switches)
    if not playback_id:
        problems.append(FieldProblem("playbackId", MISSING))
    elif not PLAYBACK_ID.fullmatch(playback_id) and switches.malformed_playback_id == 422:
        problems.append(FieldProblem("playbackId", INVALID))
    if problems or not playback_id:
        raise answers.validation_error(problems)
    return stream_id, playback_id


def _problems_of_stream_id(stream_id: str, switches: Switches) -> list[FieldProblem]:
    malformed = not STREAM_ID.fullmatch(stream_id) and switches.malformed_stream_id == 422
    return [FieldProblem("streamId", INVALID)] if malformed else []
