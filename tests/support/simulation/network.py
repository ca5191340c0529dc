"""Carries the requests of the code under test to the server, in place of the network.

It is an adapter of `requests`: everything above it, sessions, time-outs and the kinds of failures, is the code that
runs in production.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from support.simulation.chronicle import CURRENT_OPERATION, Chronicle, Exchange
from support.simulation.code_under_test import WORKSPACE
from support.simulation.groups import PATHS, RULES, of_stream, read, read_all
from support.simulation.scheduler import AbandonedError, Scheduler
from support.simulation.server import Connection, Server


class Network(BaseAdapter):
    """The way to one server. A response may arrive after the response to a later request.

    Args:
        on_request: called with the number of each request of a command, from 1, once the server has it.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        server: Server,
        chronicle: Chronicle,
        on_request: Callable[[int], None],
    ) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._server = server
        self._chronicle = chronicle
        self._on_request = on_request
        self._sent = 0
        self._refused: frozenset[int] = frozenset()

    def begin_command(self, refused: frozenset[int]) -> None:
        """Count requests anew; refuse the connections of those with these numbers."""
        self._sent, self._refused = 0, refused

    def send(  # noqa: PLR0917  # the signature is that of `requests`
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT002
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        del stream, verify, cert, proxies
        self._scheduler.give_way()
        self._sent += 1
        number = self._sent
        operation = CURRENT_OPERATION.get()
        place = _place(request, creating=operation.kind == "create")
        began, page = self._chronicle.instant(self._scheduler.now), parse_qs(urlsplit(request.url or "").query)
        exchange = Exchange(operation, request.method or "", place, began, int(page.get("offset", ["1"])[0]))
        operation.exchanges.append(exchange)
        self._record_request(exchange, request)
        if number in self._refused:
            exchange.never_sent = True
            self._end(exchange)
            raise _connection_refused(request)
        connection = self._server.accept(_scope(request), _body(request), exchange)
        self._on_request(number)
        self._wait_for(connection, request, timeout[1])
        self._scheduler.give_way()
        self._end(exchange)
        if not connection.complete:
            if connection.body:
                raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead", request=request)
            if connection.aborted:
                raise requests.ConnectionError("Connection aborted.", request=request)
            raise requests.ReadTimeout(f"Read timed out. (read timeout={timeout[1]})", request=request)
        self._record_response(exchange, request, connection)
        return _response(request, connection)

    def close(self) -> None:
        """There is nothing to close."""

    def _wait_for(self, connection: Connection, request: requests.PreparedRequest, seconds: float) -> None:
        if connection.over:
            return
        deadline = self._scheduler.now + seconds
        self._scheduler.wake_at(deadline)
        try:
            self._scheduler.wait_until(
                lambda: connection.over or self._scheduler.now >= deadline,
                f"a response to {request.method} {request.url}",
            )
        except AbandonedError:  # the system closes the connections of a process that was killed
            connection.leave()
            raise
        if not connection.over:
            connection.leave()

    def _end(self, exchange: Exchange) -> None:
        exchange.ended = self._chronicle.instant(self._scheduler.now)

    def _record_request(self, exchange: Exchange, request: requests.PreparedRequest) -> None:
        """Record which groups it sets, and of which object if that exists."""
        if exchange.method not in {"POST", "PATCH"}:
            return
        path, body = _below_streams(request), json.loads(_body(request))
        if exchange.method == "POST":
            settings = body.get("inputMediaSettings", {})
            exchange.sent = read_all({**body.get("playbackSettings", body).get("accessRestrictions", {}), **settings})
        elif path[-1] in PATHS:
            is_of_stream = exchange.operation.place == WORKSPACE
            exchange.changes = self._chronicle.owner(path[2]) if is_of_stream else path[2]
            exchange.sent = {PATHS[path[-1]]: read(PATHS[path[-1]], body)}
        else:
            exchange.changes = path[0]
            exchange.sent = read_all(body)

    def _record_response(self, exchange: Exchange, request: requests.PreparedRequest, connection: Connection) -> None:
        """Record what a client can learn from this response if it trusts the form of FastPix's API only."""
        exchange.status = connection.status
        try:
            body = json.loads(connection.body)
        except ValueError:
            return
        exchange.well_formed = body["success"] is (connection.status < 300)
        data = body.get("data", {})
        if not exchange.well_formed:
            return
        if exchange.method == "POST":
            exchange.created = data.get("streamId") or data.get("id")
        if isinstance(data, list):
            exchange.listed = (*_earlier_pages(exchange), *(one["streamId"] for one in data))
        elif exchange.method == "GET" and "streamId" in data:
            exchange.listed = tuple(one["id"] for one in data["playbackIds"])
        if exchange.method == "PATCH" and connection.status < 300 and exchange.sent.keys() <= set(RULES):
            changed = {exchange.changes or "", _below_streams(request)[2]}
            exchange.shown = {one: dict.fromkeys(exchange.sent, data) for one in changed}
        else:
            exchange.shown = self._shown_by(data if isinstance(data, list) else [data])

    def _shown_by(self, objects: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """The groups that streams and playback IDs in a response have, by object."""
        shown: dict[str, dict[str, Any]] = {}
        for one in objects:
            if "streamId" in one:
                shown.setdefault(one["streamId"], {}).update(of_stream(one))
            for playback_id in one.get("playbackIds", [one]):
                if "id" in playback_id and "accessRestrictions" in playback_id:
                    for owner in {playback_id["id"], self._chronicle.owner(playback_id["id"])}:
                        shown.setdefault(owner, {}).update(playback_id["accessRestrictions"])
        return shown


def _below_streams(request: requests.PreparedRequest) -> list[str]:
    """The parts of the path after `/v1/live/streams`."""
    return urlsplit(request.url or "").path.split("/")[4:]


def _place(request: requests.PreparedRequest, *, creating: bool) -> str:
    """The list that the request is about. A page of streams that is read for a refresh is not read as a list."""
    match request.method, _below_streams(request):
        case ("POST", []):
            return WORKSPACE
        case ("GET", []):
            return WORKSPACE if creating else ""
        case ("POST", [stream_id, _]) | ("GET", [stream_id]):
            return stream_id
        case _:
            return ""


def _earlier_pages(exchange: Exchange) -> tuple[str, ...]:
    """What the pages before this one have."""
    if exchange.page == 1:
        return ()
    *_, before = (one for one in exchange.operation.exchanges if one.listed is not None and one.place == exchange.place)
    return before.listed or ()


def _scope(request: requests.PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    return {
        "type": "http",
        "method": request.method,
        "path": url.path,
        "query_string": url.query.encode(),
        "headers": [(name.lower().encode(), _bytes(value)) for name, value in request.headers.items()],
    }


def _body(request: requests.PreparedRequest) -> bytes:
    return _bytes(request.body or b"")


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _response(request: requests.PreparedRequest, connection: Connection) -> requests.Response:
    response = requests.Response()
    response.status_code = connection.status
    response.headers = CaseInsensitiveDict(connection.headers)
    response.raw = BytesIO(connection.body)
    response.url = request.url or ""
    response.request = request
    return response


def _connection_refused(request: requests.PreparedRequest) -> requests.ConnectionError:
    url = urlsplit(request.url or "")
    host, port = url.hostname or "", url.port
    reason = NewConnectionError(HTTPConnection(host, port), "Failed to establish a new connection: Connection refused")
    return requests.ConnectionError(MaxRetryError(HTTPConnectionPool(host, port), url.path, reason), request=request)
