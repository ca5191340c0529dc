"""The status of a live stream in the API: enable, disable, finish, and the number of viewers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paths import stream_of
from pulumi_fastpix.sandbox.fastpix.responses import FastPixResponse, RefusalError

if TYPE_CHECKING:
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.records import Stream, StreamStatus
    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


def status_of(stream: Stream, switches: Switches) -> StreamStatus:
    """The stream's own status, unless a switch gives all streams the same one."""
    return stream.status if switches.stream_status == "own" else switches.stream_status


class StreamStatusOperations:
    """Enables, disables and finishes live streams, and counts their viewers.

    What each does to the status is that of recorded responses, and so is the refusal to finish a stream that is not
    active. The other refusals are those of FastPix's OpenAPI specifications.
    """

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def enable(self, call: Call) -> Response:
        """`PUT …/live-enable`."""
        stream = stream_of(call, self._store, self._switches)
        if status_of(stream, self._switches) != "disabled":
            description = "The requested stream is already in an enabled state."
            raise RefusalError.plain(400, "stream is already enabled", description)
        if self._switches.trial_workspace != "no":
            description = "The requested stream cannot be enabled while on a trial plan. Please upgrade your plan."
            raise RefusalError.plain(400, "stream cannot be enabled on trial plan", description)
        return self._set(stream, "idle", call)

    def disable(self, call: Call) -> Response:
        """`PUT …/live-disable`."""
        stream = stream_of(call, self._store, self._switches)
        if status_of(stream, self._switches) == "disabled":
            raise RefusalError.plain(400, "stream already disabled", "The requested stream is already disabled.")
        return self._set(stream, "disabled", call)

    def finish(self, call: Call) -> Response:
        """`PUT …/finish`."""
        stream = stream_of(call, self._store, self._switches)
        if status_of(stream, self._switches) != "active":
            description = "Only active streams can be marked as completed."
            raise RefusalError.plain(400, "stream cannot be completed", description)
        return self._set(stream, "idle", call)

    def count_viewers(self, call: Call) -> Response:
        """`GET …/viewer-count`: nobody watches, as the sandbox has no broadcasts."""
        stream_of(call, self._store, self._switches)
        if self._switches.viewer_count == 404:
            description = "This error indicates that the stream details could not be found. Please contact support"
            raise RefusalError.plain(404, "stream details not found", description)
        return FastPixResponse(responses.success({"views": 0}))

    def _set(self, stream: Stream, status: StreamStatus, call: Call) -> Response:
        self._store.live_streams.set_status(stream.id, status, workspace=call.workspace)
        return FastPixResponse(responses.success())
