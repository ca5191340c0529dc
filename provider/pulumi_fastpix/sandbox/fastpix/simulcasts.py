"""Simulcasts in the API: create, read, update, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from pulumi_fastpix.sandbox.errors import SimulcastNotFoundError
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paths import stream_id_of, stream_of
from pulumi_fastpix.sandbox.fastpix.request_bodies import Metadata, RequestBody, parse
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, Body, FastPixResponse, FieldProblem, RefusalError
from pulumi_fastpix.sandbox.fastpix.stream_status import status_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import Simulcast, Stream, StreamStatus
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


class SimulcastBody(RequestBody):
    """Body of a simulcast's creation."""

    url: str
    stream_key: str = Field(repr=False)
    metadata: Metadata = Field(default_factory=dict)


class SimulcastChangeBody(RequestBody):
    """Body of a simulcast's change; may be `{}`, which changes nothing: our guess."""

    model_config = ConfigDict(extra="allow")  # so that fields other than `isEnabled` can be refused by name

    is_enabled: bool = True
    metadata: Metadata = Field(default_factory=dict)

    def beside_is_enabled(self) -> list[str]:
        """The names of all given fields but `isEnabled`."""
        given = ["metadata"] if "metadata" in self.model_fields_set else []
        return [*given, *(self.model_extra or {})]


def simulcast_data(simulcast: Simulcast) -> Body:
    """A simulcast in a response, with the third party's stream key; empty metadata is left out."""
    return {
        "simulcastId": simulcast.id,
        "url": simulcast.url,
        "streamKey": simulcast.stream_key,
        "isEnabled": simulcast.is_enabled,
        **({"metadata": dict(simulcast.metadata)} if simulcast.metadata else {}),
    }


class SimulcastOperations:
    """Creates, reads, changes and deletes simulcasts."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def create(self, call: Call) -> Response:
        """`POST …/simulcast`."""
        body = parse(SimulcastBody, call.body, self._switches)
        stream = stream_of(call, self._store, self._switches)
        if self._switches.trial_workspace != "no":
            message = "simulcast is not available for trial streams"
            raise RefusalError.plain(400, message, "Please upgrade plan to continue")
        self._refuse_unless(stream, "idle")
        made = self._store.simulcasts.create(
            stream.id, body.url, body.stream_key, metadata=body.metadata, workspace=call.workspace
        )
        return FastPixResponse(responses.success(simulcast_data(made)), 201)

    def read(self, call: Call) -> Response:
        """`GET …/simulcast/{simulcastId}`."""
        return FastPixResponse(responses.success(simulcast_data(self._simulcast_of(call))))

    def update(self, call: Call) -> Response:
        """`PUT …/simulcast/{simulcastId}`."""
        body = parse(SimulcastChangeBody, call.body, self._switches)
        surplus = body.beside_is_enabled()
        if surplus and self._switches.simulcast_update == "enabled-only":
            raise responses.validation_error([FieldProblem(name, INVALID) for name in surplus], 400)
        before = self._simulcast_of(call)
        stream = stream_of(call, self._store, self._switches)
        self._refuse_unless(stream, "idle", "preparing", "active")
        given = body.model_fields_set
        self._store.simulcasts.change(
            stream.id,
            before.id,
            is_enabled=body.is_enabled if "is_enabled" in given else before.is_enabled,
            metadata=body.metadata if "metadata" in given else before.metadata,
            workspace=call.workspace,
        )
        return FastPixResponse(responses.success(simulcast_data(self._simulcast_of(call))))

    def delete(self, call: Call) -> Response:
        """`DELETE …/simulcast/{simulcastId}`."""
        stream = stream_of(call, self._store, self._switches)  # a missing stream is refused by its own text: recorded
        self._store.simulcasts.delete(stream.id, self._simulcast_of(call).id, workspace=call.workspace)
        return FastPixResponse(responses.success())

    def _simulcast_of(self, call: Call) -> Simulcast:
        """The simulcast that the request's path names; one with an invalid id is not found, which is our guess.

        Raises:
            RefusalError: 404 when it, or its stream, does not exist; 422 when the stream's id is invalid.
        """
        stream_id = stream_id_of(call, self._switches)
        simulcast_id = call.request.path_params["simulcast_id"]
        try:
            return self._store.simulcasts.get(stream_id, simulcast_id, workspace=call.workspace)
        except SimulcastNotFoundError:
            description = "The requested resource (eg: streamId/simulcastId) doesn't exist in the workspace"
            raise RefusalError.plain(404, "stream/simulcast not found", description) from None

    def _refuse_unless(self, stream: Stream, *statuses: StreamStatus) -> None:
        """FastPix's documentation names the statuses; status and texts of the refusal are our guess."""
        status = status_of(stream, self._switches)
        if self._switches.busy_simulcast == "refused" and status not in statuses:
            raise RefusalError.plain(400, "simulcasts cannot be changed", f"The requested stream is {status}.")
