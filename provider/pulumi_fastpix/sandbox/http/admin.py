"""The sandbox's own routes, below `/_sandbox/`, for other programs: faults, switches, statuses, the request log."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pulumi_fastpix.sandbox.data.patience import in_one_transaction
from pulumi_fastpix.sandbox.data.records import StreamStatus
from pulumi_fastpix.sandbox.errors import DataFileError, StreamNotFoundError
from pulumi_fastpix.sandbox.fastpix.api import unavailable
from pulumi_fastpix.sandbox.fastpix.calls import ClientLeftError, let_in
from pulumi_fastpix.sandbox.fastpix.credentials import READING_METHODS
from pulumi_fastpix.sandbox.fastpix.responses import RefusalError
from pulumi_fastpix.sandbox.faults.fault import FAULT, FAULTS, FIELDS
from pulumi_fastpix.sandbox.masking import without_secrets
from pulumi_fastpix.sandbox.problems import problems_of
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.faults.injection import Faults
    from pulumi_fastpix.sandbox.http.request_log import RequestLog

    # From the request to the response's body, which is sent as JSON.
    Operation: TypeAlias = Callable[[Call], Any]

ADMIN_PATH = "/_sandbox/"
_TOO_LARGE = "The body of this request is too large for faults, switches or statuses."
_STATUSES = TypeAdapter(dict[str, StreamStatus])
_WHICH_CREDENTIALS = "Send this sandbox's own credentials: FASTPIX_USERNAME and FASTPIX_PASSWORD of its environment."


def admin_api(store: Store, faults: Faults, request_log: RequestLog, switches: Switches, clock: Clock) -> Starlette:
    """The routes as an ASGI application, for clients on this machine that send the sandbox's credentials.

    Faults: GET, POST to add one, PUT to replace all, DELETE. Switches: GET, PUT. Statuses of streams: GET, PATCH.
    Requests: GET, DELETE. Each responds with the state afterwards.
    """

    def route(resource: _Faults | _Switches | _Statuses | _Requests) -> Route:
        operations = resource.operations()

        async def endpoint(request: Request) -> Response:
            if not _from_this_machine(request):
                return _refused(403, "The sandbox can be configured only from the machine it runs on.")
            try:
                call = await let_in(request.scope, request.receive, store, clock)
                operation = operations["GET" if request.method == "HEAD" else request.method]
                writing = resource.in_data_file and request.method not in READING_METHODS
                return JSONResponse(await in_one_transaction(store, clock, lambda: operation(call), writing=writing))
            except RefusalError as refusal:
                status = refusal.response.status_code
                return _refused(status, _TOO_LARGE if status == 413 else _WHICH_CREDENTIALS)
            except DataFileError as error:
                return unavailable(error)
            except StreamNotFoundError as error:
                return _refused(404, f"Nothing was changed: {error}")
            except ClientLeftError:
                return Response()  # to nobody
            except ValidationError as error:
                return _refused(422, f"Nothing was changed: {problems_of(error, resource.fields)}.")

        return Route(f"{ADMIN_PATH}{resource.name}", endpoint, methods=[*operations])

    resources = (_Faults(faults), _Switches(switches), _Statuses(store), _Requests(request_log))
    return Starlette(routes=[route(one) for one in resources])


class _Faults:
    name = "faults"
    fields = FIELDS
    in_data_file = False

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._list, "POST": self._add, "PUT": self._replace, "DELETE": self._clear}

    def _list(self, _: Call) -> Any:
        return FAULTS.dump_python(self._faults.current, exclude_none=True)

    def _add(self, call: Call) -> Any:
        self._faults.add(FAULT.validate_json(call.body))
        return self._list(call)

    def _replace(self, call: Call) -> Any:
        wanted = FAULTS.validate_json(call.body)
        self._faults.clear()
        self._faults.add(*wanted)
        return self._list(call)

    def _clear(self, call: Call) -> Any:
        self._faults.clear()
        return self._list(call)


class _Switches:
    name = "switches"
    fields = tuple(Switches.model_fields)
    in_data_file = False

    def __init__(self, switches: Switches) -> None:
        self._switches = switches

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._read, "PUT": self._set}

    def _read(self, _: Call) -> Any:
        return self._switches.model_dump()

    def _set(self, call: Call) -> Any:
        # PUT sets all switches: one that is left out goes back to its default.
        for name, position in Switches.model_validate_json(call.body):
            setattr(self._switches, name, position)
        return self._read(call)


class _Statuses:
    name = "statuses"
    fields = ()
    in_data_file = True

    def __init__(self, store: Store) -> None:
        self._live_streams = store.live_streams

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._list, "PATCH": self._set}

    def _list(self, call: Call) -> Any:
        return {stream.id: stream.status for stream in self._live_streams.list(workspace=call.workspace)}

    def _set(self, call: Call) -> Any:
        for stream_id, status in _STATUSES.validate_json(call.body).items():
            self._live_streams.set_status(stream_id, status, workspace=call.workspace)
        return self._list(call)


class _Requests:
    name = "requests"
    fields = ()
    in_data_file = False

    def __init__(self, request_log: RequestLog) -> None:
        self._log = request_log

    def operations(self) -> dict[str, Operation]:
        return {"GET": self._list, "DELETE": self._clear}

    def _list(self, _: Call) -> Any:
        return [asdict(request) for request in self._log.requests]

    def _clear(self, call: Call) -> Any:
        self._log.clear()
        return self._list(call)


def _from_this_machine(request: Request) -> bool:
    # Without a server there is no client address: the caller is in this process.
    return request.client is None or ipaddress.ip_address(request.client.host).is_loopback


def _refused(status: int, problem: str) -> Response:
    return JSONResponse({"sandbox": without_secrets(problem)}, status)
