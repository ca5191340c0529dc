"""Puts the sandbox together: each request to the API is logged, passes the faults, and reaches it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.data.identifiers import ACCESS_TOKEN_ID
from pulumi_fastpix.sandbox.errors import DataFileError
from pulumi_fastpix.sandbox.fastpix.api import LET_IN, fastpix_api, unavailable
from pulumi_fastpix.sandbox.fastpix.calls import Call, ClientLeftError, let_in
from pulumi_fastpix.sandbox.fastpix.credentials import basic_credentials
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError
from pulumi_fastpix.sandbox.faults.endings import Dropped, KeptWaiting, Response
from pulumi_fastpix.sandbox.http.admin import ADMIN_PATH, admin_api
from pulumi_fastpix.sandbox.http.exchange import ABORT, deliver, deliver_half, respond
from pulumi_fastpix.sandbox.http.request_log import LoggedRequest
from pulumi_fastpix.sandbox.http.stream_host import STREAM_PATH, stream_host
from pulumi_fastpix.sandbox.masking import without_secrets
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from starlette.responses import Response as StarletteResponse
    from starlette.types import ASGIApp, Receive, Scope, Send

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.faults.endings import Ending
    from pulumi_fastpix.sandbox.faults.injection import Faults
    from pulumi_fastpix.sandbox.http.request_log import RequestLog


def build_app(
    store: Store, faults: Faults, request_log: RequestLog, clock: Clock, switches: Switches | None = None
) -> ASGIApp:
    """The sandbox as an ASGI application, for any server and for a test that calls it without one.

    It does all its work on the event loop it is called on. Like a server it finishes a request whose client has
    left: the caller should run each request in a task of its own, and not cancel it with the client. Faults that
    drop the connection call `scope["extensions"][ABORT]`; a client that is kept waiting is released when
    `receive()` returns `http.disconnect`.
    """
    switches = switches or Switches()
    api = fastpix_api(store, switches, clock)
    streams = stream_host(store, switches, clock)
    admin = admin_api(store, faults, request_log, switches, clock)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError("The sandbox serves only HTTP: turn off the lifespan protocol of the server.")
        if scope["path"].startswith(ADMIN_PATH):
            await admin(scope, receive, send)
            return
        if STREAM_PATH.fullmatch(scope["path"]):
            await streams(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        number = request_log.begin(_arrived(scope, clock.now()))
        try:
            try:
                call: Call | StarletteResponse = await let_in(scope, receive, store, clock)
            except RefusalError as refusal:
                call = refusal.response
            except DataFileError as error:
                call = unavailable(error)
            except ClientLeftError:
                request_log.finish(number, finished=clock.now(), outcome="client left")
                return

            async def work(not_listed_yet: int) -> Response:
                given = replace(call, not_listed_yet=not_listed_yet) if isinstance(call, Call) else call
                response = await respond(api, {**scope, LET_IN: given})
                request_log.worked(number, response.status)
                return response

            on_hit = partial(request_log.hit, number)
            # After a success in response to CONNECT, which a fault might send, the connection is no longer HTTP.
            ending = (
                await work(0) if method == "CONNECT" else await faults.perform(method, path, work, clock, on_hit=on_hit)
            )
        except BaseException:
            request_log.finish(number, finished=clock.now(), outcome="failed")
            raise
        # Logged before it is sent: a test that has its response finds the finished request in the log.
        status = ending.status if isinstance(ending, Response) else None
        request_log.finish(number, finished=clock.now(), outcome=ending.outcome, status=status)
        await _end(ending, scope, receive, send)

    return app


def _abort(scope: Scope) -> None:
    try:
        abort = scope["extensions"][ABORT]
    except KeyError:
        raise NotImplementedError(
            "A fault drops this connection, but the caller of the application gave it no way to do so: "
            f"put a callable into scope['extensions'][{ABORT!r}]."
        ) from None
    abort()


def _arrived(scope: Scope, now: float) -> LoggedRequest:
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    token_id, _ = basic_credentials(headers.get(b"authorization", "")) or ("", "")
    key = headers.get(b"idempotency-key")
    return LoggedRequest(
        started=now,
        method=scope["method"],
        path=without_secrets(scope["path"]),
        query=without_secrets(scope["query_string"].decode("latin-1")),
        token_id=token_id if ACCESS_TOKEN_ID.fullmatch(token_id) else None,
        idempotency_key=None if key is None else without_secrets(key),
    )


async def _end(ending: Ending, scope: Scope, receive: Receive, send: Send) -> None:
    match ending:
        case Response():
            await deliver(ending, send)
        case Dropped():
            if ending.partial is not None:
                await deliver_half(ending.partial, send)
            _abort(scope)
        case KeptWaiting():
            while (await receive())["type"] != "http.disconnect":
                pass
