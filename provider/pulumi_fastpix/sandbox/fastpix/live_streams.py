"""What the live API does with streams: one method per operation, given the workspace of the token it is called with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.fastpix import answers
from pulumi_fastpix.sandbox.fastpix.answers import INVALID, FastPixResponse, FieldProblem
from pulumi_fastpix.sandbox.fastpix.appearance import stream_body
from pulumi_fastpix.sandbox.fastpix.paths import stream_of
from pulumi_fastpix.sandbox.fastpix.request_bodies import StreamBody, parse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import Stream
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

# What SQLite can take, and no more.
_WHOLE_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class StreamOperations:
    """Creates, lists, reads and deletes live streams."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    async def create(self, request: Request, workspace: str) -> Response:
        """`POST /live/streams`."""
        body = parse(StreamBody, await request.body(), self._switches)
        stream_id = self._store.live_streams.create(
            body.playback_settings.access_policy,
            settings=body.settings(),
            restrictions=body.playback_settings.restrictions(),
            workspace=workspace,
        )
        stream = self._store.live_streams.get(stream_id, workspace=workspace)
        return FastPixResponse(answers.success(self._body(stream)), 201)

    async def list(self, request: Request, workspace: str) -> Response:
        """`GET /live/streams`."""
        limit = _whole_number(request, "limit", default=10, most=50)
        page = _whole_number(request, "offset", default=1)
        order = request.query_params.get("orderBy", "desc")
        problems = [FieldProblem(name, INVALID) for name, value in (("limit", limit), ("offset", page)) if not value]
        if order not in {"asc", "desc"}:
            problems.append(FieldProblem("orderBy", INVALID))
        if problems:
            raise answers.validation_error(problems)
        streams, total = self._store.live_streams.list(
            limit=limit, page=page, newest_first=order == "desc", workspace=workspace
        )
        # `offset` and `offsetCount` count pages, not rows.
        pagination = {"totalRecords": total, "currentOffset": page, "offsetCount": -(-total // limit)}
        data = [self._body(stream) for stream in streams]
        return FastPixResponse(answers.success(data, pagination=pagination))

    async def read(self, request: Request, workspace: str) -> Response:
        """`GET /live/streams/{streamId}`."""
        stream = stream_of(request, self._store, self._switches, workspace)
        return FastPixResponse(answers.success(self._body(stream)))

    async def delete(self, request: Request, workspace: str) -> Response:
        """`DELETE /live/streams/{streamId}`."""
        stream = stream_of(request, self._store, self._switches, workspace)
        self._store.live_streams.delete(stream.id, workspace=workspace)
        return FastPixResponse(answers.success())

    def _body(self, stream: Stream) -> answers.Body:
        return stream_body(stream, self._store.playback_ids.restrictions(stream.id), self._switches)


def _whole_number(request: Request, name: str, *, default: int, most: int | None = None) -> int:
    """The query parameter, or 0 when it is not a whole number from 1 to `most`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    number = int(given) if _WHOLE_NUMBER.fullmatch(given) else 0
    return number if most is None or number <= most else 0
