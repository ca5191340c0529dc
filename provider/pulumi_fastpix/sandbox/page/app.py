"""The page over HTTP. Whatever isn't the page's goes on to the rest of the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.errors import AccessTokenNotFoundError, DataFileError
from pulumi_fastpix.sandbox.page.forms import Forms, ProblemError, read_form
from pulumi_fastpix.sandbox.page.guard import HEADERS, PAGE_PATH, Guard, page_token
from pulumi_fastpix.sandbox.page.view import MOST_OBJECTS, View

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from pulumi_fastpix.sandbox.page.parts import Parts

_HERE = Path(__file__).parent
_FILES = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_LARGEST_FORM = 2**16
"""In bytes, many times the largest form of the page."""


class Page:
    """The page as an ASGI application.

    `GET /?token=…` lets a browser in. Below PAGE_PATH are the page itself, what changes of it (`live`), its files, and
    its forms, which are sent by POST and lead back to the page.
    """

    def __init__(self, guard: Guard, parts: Parts) -> None:
        self._guard = guard
        self._parts = parts
        self._view = View(parts)
        self._forms = Forms(parts)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.globals["page_path"] = PAGE_PATH
        self._app = Starlette(
            routes=[
                self._route("/", self._enter),
                self._route(PAGE_PATH, self._show),
                self._route(f"{PAGE_PATH}live", self._show_changes),
                *[self._route(f"{PAGE_PATH}{name}", _send_file) for name in _FILES],
                *[self._route(f"{PAGE_PATH}{name}", self._take_form, "POST") for name in self._forms.names],
            ],
            exception_handlers={404: self._nothing_here, 405: self._nothing_here},
        )
        # Starlette's redirects lack our headers.
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = self._guard.wrong_host(Request(scope))
        await (self._refused(reason) if reason else self._app)(scope, receive, send)

    def _route(self, path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
        async def guarded(request: Request) -> Response:
            try:
                return await endpoint(request)
            except DataFileError as error:
                return self._refused(str(error), 503)

        return Route(path, guarded, methods=[method])

    async def _nothing_here(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self._refused("The page has nothing at this address, or not for this method.", status)

    async def _enter(self, request: Request) -> Response:
        token = request.query_params.get("token")
        if token is not None and (reason := self._guard.wrong_token(token, await self._newer_token())):
            return self._refused(reason)
        response = RedirectResponse(PAGE_PATH, 303, HEADERS)
        if token is not None:
            self._guard.remember(response)
        return response

    async def _newer_token(self) -> str | None:
        """The token that a sandbox would have that started now: `sandbox exec --join` can't know an older one."""
        store = self._parts.store
        try:
            now = await in_one_transaction(store, self._parts.clock, store.access_tokens.default, writing=False)
        except AccessTokenNotFoundError:
            return None
        return page_token(now.secret)

    async def _show(self, request: Request) -> Response:
        if reason := self._guard.wrong_cookie(request):
            return self._refused(reason)
        return await self._whole({})

    async def _show_changes(self, request: Request) -> Response:
        if reason := self._guard.wrong_cookie(request):
            return self._refused(reason)
        return self._rendered("live.html", await self._live())

    async def _take_form(self, request: Request) -> Response:
        if reason := self._guard.wrong_origin(request) or self._guard.wrong_cookie(request):
            return self._refused(reason)
        form: Mapping[str, str] = {}
        try:
            form = read_form(await _body(request))
            section = await self._forms.perform(_last_part(request), form)
        except ProblemError as problem:
            return await self._whole(form, str(problem), 422)
        return RedirectResponse(f"{PAGE_PATH}#{section}", 303, HEADERS)

    async def _whole(self, given: Mapping[str, str], problem: str | None = None, status: int = 200) -> Response:
        values = {**await self._live(), **self._view.forms(given), "problem": problem}
        return self._rendered("page.html", values, status)

    async def _live(self) -> Mapping[str, Any]:
        store = self._parts.store
        return self._view.live(
            await in_one_transaction(store, self._parts.clock, lambda: store.overview(MOST_OBJECTS), writing=False)
        )

    def _refused(self, reason: str, status: int = 403) -> Response:
        return self._rendered("refused.html", {"reason": reason}, status)

    def _rendered(self, name: str, values: Mapping[str, Any], status: int = 200) -> Response:
        page = self._templates.get_template(name).render(values)
        # Half a character, as from a command line that isn't UTF-8, becomes a question mark.
        return HTMLResponse(page.encode("utf-8", "replace"), status, HEADERS)


def with_page(app: ASGIApp, page: Page) -> ASGIApp:
    """The application, with the page in front of it: at its own path, and where a browser looks first."""

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        first = path == "/" and scope["method"] in {"GET", "HEAD"}
        await (page if first or path.startswith(PAGE_PATH) else app)(scope, receive, send)

    return either


async def _send_file(request: Request) -> Response:
    name = _last_part(request)
    return Response((_HERE / "static" / name).read_bytes(), 200, HEADERS, _FILES[name])


def _last_part(request: Request) -> str:
    return str(request.scope["path"]).rpartition("/")[2]


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST_FORM:
                raise ProblemError("This is too large for a form of the page.")
    except ClientDisconnect as error:
        raise ProblemError("The form did not arrive as a whole.") from error  # told to nobody
    return bytes(body)
