"""FastPix's live-stream API: routes, credentials, status codes. Knows no faults: it does what it is asked."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Route

from pulumi_fastpix.sandbox import answers
from pulumi_fastpix.sandbox.answers import INVALID, MISSING, FastPixResponse, FieldProblem, RefusalError
from pulumi_fastpix.sandbox.errors import PlaybackIdNotFoundError, StreamNotFoundError
from pulumi_fastpix.sandbox.identifiers import PLAYBACK_ID, STREAM_ID
from pulumi_fastpix.sandbox.records import PlaybackId, Stream
from pulumi_fastpix.sandbox.request_bodies import PlaybackIdBody, StreamBody, parse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.records import AccessToken
    from pulumi_fastpix.sandbox.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

# What SQLite can take, and no more.
_WHOLE_NUMBER = re.compile(r"\d{1,18}", re.ASCII)

Operation: TypeAlias = "Callable[[Request, str], Awaitable[Response]]"


def live_stream_api(store: Store, switches: Switches) -> Starlette:
    """The API as an ASGI application, at its real path below the host: `/v1/live/streams`."""
    operations = _Operations(store, switches)

    def route(method: str, path: str, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                token = authorized(request, store)
                return await operation(request, token.workspace)
            except RefusalError as refusal:
                return refusal.response

        return Route(path, endpoint, methods=[method])

    streams = "/v1/live/streams"
    stream = streams + "/{stream_id}"
    playback_ids = stream + "/playback-ids"
    api = Starlette(
        routes=[
            route("POST", streams, operations.create_stream),
            route("GET", streams, operations.list_streams),
            route("GET", stream, operations.read_stream),
            route("DELETE", stream, operations.delete_stream),
            route("POST", playback_ids, operations.create_playback_id),
            route("DELETE", playback_ids, operations.delete_playback_id),
            route("GET", playback_ids + "/{playback_id}", operations.read_playback_id),
        ],
        exception_handlers={HTTPException: _no_such_route},
    )
    # A redirect to a path without the slash would hide a wrong base URL.
    api.router.redirect_slashes = False
    return api


def credentials(authorization: str) -> tuple[str, str] | None:
    """Token id and secret key of a Basic `Authorization` header, or None when it is nothing of the sort."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        token_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (token_id, secret) if colon else None


def authorized(request: Request, store: Store) -> AccessToken:
    """The token that the request may use for what it wants.

    Raises:
        RefusalError: 401 for no or wrong credentials, 403 for a token that may only read.
    """
    given = credentials(request.headers.get("authorization", ""))
    token = store.authenticate(*given) if given else None
    if token is None:
        raise answers.unauthorized()
    if token.read_only and request.method != "GET":
        raise answers.forbidden()
    return token


async def _no_such_route(request: Request, error: Exception) -> Response:
    # Deliberately not FastPix's envelope: a wrong base URL must not look like a missing stream.
    status = error.status_code if isinstance(error, HTTPException) else 500
    allowed = getattr(error, "headers", None)
    problem = (
        f"The sandbox has no {request.method} {request.url.path}. It serves FastPix's live streams and their "
        "playback IDs below /v1/live/streams: check the base URL, which ends in /v1, and the method."
    )
    return JSONResponse({"sandbox": problem}, status, headers=allowed)


class _Operations:
    """One method per operation; each is given the workspace of the token it was called with."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    async def create_stream(self, request: Request, workspace: str) -> Response:
        body = parse(StreamBody, await request.body(), refuse_unknown=self._refuse_unknown)
        stream_id = self._store.create_stream(
            body.playback_settings.access_policy, settings=body.settings(), workspace=workspace
        )
        stream = self._store.stream(stream_id, workspace=workspace)
        return FastPixResponse(answers.success(self._stream_data(stream)), 201)

    async def list_streams(self, request: Request, workspace: str) -> Response:
        limit = _whole_number(request, "limit", default=10, most=50)
        page = _whole_number(request, "offset", default=1)
        order = request.query_params.get("orderBy", "desc")
        problems = [FieldProblem(name, INVALID) for name, value in (("limit", limit), ("offset", page)) if not value]
        if order not in {"asc", "desc"}:
            problems.append(FieldProblem("orderBy", INVALID))
        if problems:
            raise answers.validation_error(problems)
        streams, total = self._store.streams(limit=limit, page=page, newest_first=order == "desc", workspace=workspace)
        # `offset` and `offsetCount` count pages, not rows.
        pagination = {"totalRecords": total, "currentOffset": page, "offsetCount": -(-total // limit)}
        data = [self._stream_data(stream) for stream in streams]
        return FastPixResponse(answers.success(data, pagination=pagination))

    async def read_stream(self, request: Request, workspace: str) -> Response:
        stream = self._stream(request, workspace)
        return FastPixResponse(answers.success(self._stream_data(stream)))

    async def delete_stream(self, request: Request, workspace: str) -> Response:
        stream = self._stream(request, workspace)
        self._store.delete_stream(stream.id, workspace=workspace)
        return FastPixResponse(answers.success())

    async def create_playback_id(self, request: Request, workspace: str) -> Response:
        body = parse(PlaybackIdBody, await request.body(), refuse_unknown=self._refuse_unknown)
        stream = self._stream(request, workspace)
        most = self._switches.max_playback_ids
        if most is not None and len(stream.playback_ids) >= most:
            raise answers.validation_error([FieldProblem("playbackIds", f"must not be more than {most}")])
        key = request.headers.get("idempotency-key")
        if key and self._switches.idempotency_key == "replayed":
            made = self._store.create_playback_id_once(stream.id, body.access_policy, key, workspace=workspace)
        else:
            made = PlaybackId(
                self._store.create_playback_id(stream.id, body.access_policy, workspace=workspace),
                body.access_policy,
            )
        return FastPixResponse(answers.success(answers.playback_id_data(made)), 201)

    async def read_playback_id(self, request: Request, workspace: str) -> Response:
        stream_id, playback_id = self._well_formed(request, request.path_params["playback_id"])
        try:
            found = self._store.playback_id(stream_id, playback_id, workspace=workspace)
        except PlaybackIdNotFoundError:
            raise answers.playback_id_not_found() from None
        return FastPixResponse(answers.success(answers.playback_id_data(found)))

    async def delete_playback_id(self, request: Request, workspace: str) -> Response:
        # Only the first of several is honoured: our guess.
        given = request.query_params.getlist("playbackId")[:1]
        stream_id, playback_id = self._well_formed(request, given[0] if given else None)
        try:
            self._store.delete_playback_id(stream_id, playback_id, workspace=workspace)
        except PlaybackIdNotFoundError:
            if self._switches.absent_playback_id_delete == 404:
                raise answers.playback_id_not_found() from None
        return FastPixResponse(answers.success())

    @property
    def _refuse_unknown(self) -> bool:
        return self._switches.unknown_fields == "refused"

    def _stream(self, request: Request, workspace: str) -> Stream:
        stream_id = request.path_params["stream_id"]
        if not STREAM_ID.fullmatch(stream_id) and self._switches.malformed_stream_id == 422:
            raise answers.validation_error([FieldProblem("streamId", INVALID)])
        try:
            return self._store.stream(stream_id, workspace=workspace)
        except StreamNotFoundError:
            raise answers.stream_not_found() from None

    def _well_formed(self, request: Request, playback_id: str | None) -> tuple[str, str]:
        stream_id = request.path_params["stream_id"]
        problems = []
        if not STREAM_ID.fullmatch(stream_id) and self._switches.malformed_stream_id == 422:
            problems.append(FieldProblem("streamId", INVALID))
        if not playback_id:
            problems.append(FieldProblem("playbackId", MISSING))
        elif not PLAYBACK_ID.fullmatch(playback_id) and self._switches.malformed_playback_id == 422:
            problems.append(FieldProblem("playbackId", INVALID))
        if problems or not playback_id:
            raise answers.validation_error(problems)
        return stream_id, playback_id

    def _stream_data(self, stream: Stream) -> answers.Body:
        return answers.stream_data(stream, self._in_order(stream.playback_ids))

    def _in_order(self, oldest_first: Sequence[PlaybackId]) -> Sequence[PlaybackId]:
        match self._switches.playback_id_order:
            case "oldest-first":
                return oldest_first
            case "newest-first":
                return oldest_first[::-1]
            case "by-id":
                return sorted(oldest_first)


def _whole_number(request: Request, name: str, *, default: int, most: int | None = None) -> int:
    """The query parameter, or 0 when it is not a whole number from 1 to `most`."""
    given = request.query_params.get(name)
    if given is None:
        return default
    number = int(given) if _WHOLE_NUMBER.fullmatch(given) else 0
    return number if most is None or number <= most else 0
