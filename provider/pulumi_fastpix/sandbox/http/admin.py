"""The sandbox's own routes, below `/_sandbox/`: faults, switches and the request log, for other programs."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_fastpix.sandbox.errors import DataFileError
from pulumi_fastpix.sandbox.fastpix.api import unavailable
from pulumi_fastpix.sandbox.fastpix.calls import ClientLeftError, let_in
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError
from pulumi_fastpix.sandbox.faults.fault import FAULT, FAULTS, FIELDS
from pulumi_fastpix.sandbox.problems import problems_of
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.faults.injection import Faults
    from pulumi_fastpix.sandbox.http.request_log import RequestLog

    # From the request's body to the response's, which is sent as JSON.
    Operation: TypeAlias = Callable[[bytes], Any]

ADMIN_PATH = "/_sandbox/"
_TOO_LARGE = "The body of this request is too large for faults or switches."
_WHICH_CREDENTIALS = "Send this sandbox's own credentials: FASTPIX_USERNAME and FASTPIX_PASSWORD of its environment."


def admin_api(store: Store, faults: Faults, request_log: RequestLog, switches: Switches, clock: Clock) -> Starlette:
    """The routes as an ASGI application, for clients on this machine that send the sandbox's credentials.

    Faults: GET, POST to add one, PUT to replace all, DELETE. Switches: GET, PUT. Requests: GET, DELETE. Each
    responds with the state afterwards.
    """

    def route(resource: _Faults | _Switches | _Requests) -> Route:
        operations = resource.operations()

        async def endpoint(request: Request) -> Response:
            if not _from_this_machine(request):
                return _refused(403, "The sandbox can be configured only from the machine it runs on.")
            try:
                call = await let_in(request.scope, request.receive, store, clock)
                operation = operations["GET" if request.method == "HEAD" else request.method]
                return JSONResponse(operation(call.body))
            except RefusalError as refusal:
                status = refusal.response.status_code
                return _refused(status, _TOO_LARGE if status == 413 else _WHICH_CREDENTIALS)
            except DataFileError as error:
                return unavailable(error)
            except ClientLeftError:
                return Response()  # to nobody
            except ValidationError as error:
                return _refused(422, f"Nothing was changed: {problems_of(error, resource.fields)}.")

        return Route(f"{ADMIN_PATH}{resource.name}", endpoint, methods=[*operations])

    return Starlette(routes=[route(one) for one in (_Faults(faults), _Switches(switches), _Requests(request_log))])


class _Faults:
    name = "faults"
    fields = FIELDS

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._list, "POST": self._add, "PUT": self._replace, "DELETE": self._clear}

    def _list(self, _: bytes = b"") -> Any:
        return FAULTS.dump_python(self._faults.current, exclude_none=True)

    def _add(self, body: bytes) -> Any:
        self._faults.add(FAULT.validate_json(body))
        return self._list()

    def _replace(self, body: bytes) -> Any:
        wanted = FAULTS.validate_json(body)
        self._faults.clear()
        self._faults.add(*wanted)
        return self._list()

    def _clear(self, _: bytes) -> Any:
        self._faults.clear()
        return self._list()


class _Switches:
    name = "switches"
    fields = tuple(Switches.model_fields)

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._read, "PUT": self._set}

    def _read(self, _: bytes = b"") -> Any:
        return self._switches.model_dump()

    def _set(self, body: bytes) -> Any:
        # PUT sets all switches: one that is left out goes back to its default.
        for name, position in Switches.model_validate_json(body):
            setattr(self._switches, name, position)
        return self._read()


class _Requests:
    name = "requests"
    fields = ()

    def __init__(self, request_log: RequestLog) -> None:
        self._log = request_log

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._list, "DELETE": self._clear}

    def _list(self, _: bytes = b"") -> Any:
        return [asdict(request) for request in self._log.requests]

    def _clear(self, _: bytes) -> Any:
        self._log.clear()
        return self._list()


def _from_this_machine(request: Request) -> bool:
    # Without a server there is no client address: the caller is in this process.
    return request.client is None or ipaddress.ip_address(request.client.host).is_loopback


def _refused(status: int, problem: str) -> Response:
    return JSONResponse({"sandbox": problem}, status)
