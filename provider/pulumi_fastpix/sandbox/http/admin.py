"""The sandbox's own routes, below `/_sandbox/`: faults, switches and the request log, for other programs."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from pulumi_fastpix.sandbox.errors import validation_summary
from pulumi_fastpix.sandbox.fastpix.credentials import authorized
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError
from pulumi_fastpix.sandbox.faults.fault import FAULT, FAULTS
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.faults.injection import Faults
    from pulumi_fastpix.sandbox.http.request_log import RequestLog

    # From the request's body to the response's, which is sent as JSON.
    Operation: TypeAlias = Callable[[bytes], Any]

ADMIN_PATH = "/_sandbox/"
_WHICH_CREDENTIALS = "Send this sandbox's own credentials: FASTPIX_USERNAME and FASTPIX_PASSWORD of its environment."


def admin_api(store: Store, faults: Faults, request_log: RequestLog, switches: Switches) -> Starlette:
    """The routes as an ASGI application, for clients on this machine that send the sandbox's credentials.

    Faults: GET, POST to add one, PUT to replace all, DELETE. Switches: GET, PUT. Requests: GET, DELETE. Each
    responds with the state afterwards.
    """
    resources = _Faults(faults), _Switches(switches), _Requests(request_log)

    def route(name: str, method: str, operation: Operation) -> Route:
        async def endpoint(request: Request) -> Response:
            if not _from_this_machine(request):
                return _refused(403, "The sandbox can be configured only from the machine it runs on.")
            try:
                authorized(request, store)
                return JSONResponse(operation(await request.body()))
            except RefusalError as refusal:
                return _refused(refusal.response.status_code, _WHICH_CREDENTIALS)
            except ValidationError as error:
                return _refused(422, f"Nothing was changed: {validation_summary(error)}.")

        return Route(f"{ADMIN_PATH}{name}", endpoint, methods=[method])

    return Starlette(
        routes=[
            route(one.name, method, operation) for one in resources for method, operation in one.operations().items()
        ]
    )


class _Faults:
    name = "faults"

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
