"""Changes a live stream in place, and believes FastPix's answers only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.errors import FastPixError, RefusedError
from pulumi_fastpix.resources.access_restrictions.applying import Applied, apply
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.lists import StreamTracker
from pulumi_fastpix.resources.live_stream import messages
from pulumi_fastpix.resources.live_stream.names import METADATA, RECONNECT_WINDOW
from pulumi_fastpix.resources.live_stream.state import as_texts, not_understood, outputs_of


class Update:
    """One update of one stream.

    Args:
        client: sends the requests.
        tracker: of the stream's playback IDs.
        stream_id: the stream.
        deadline: of the operation.
    """

    def __init__(self, client: Client, tracker: StreamTracker, stream_id: str, deadline: Deadline) -> None:
        self._client = client
        self._tracker = tracker
        self._stream_id = stream_id
        self._deadline = deadline

    def restrict(self, playback_id: str, stored: Values, declared: Values) -> Applied:
        """Bring the access restrictions of the stream's own playback ID to what is declared."""
        with self._tracker.changing():
            return apply(
                self._client,
                stream_id=self._stream_id,
                playback_id=playback_id,
                stored=stored,
                declared=declared,
                deadline=self._deadline,
            )

    @staticmethod
    def is_in_doubt(failures: Iterable[FastPixError]) -> bool:
        """Whether nothing more is to be sent after these."""
        return any(retry.outcome_unknown(one) or not isinstance(one, RefusedError) for one in failures)

    def change_settings(self, state: Values, inputs: Values) -> tuple[dict[str, Any], FastPixError | None]:
        """Send reconnect window and metadata, always both: what FastPix does with one that is left out isn't known.

        Metadata that isn't declared, and wasn't, is read and sent as it is.

        Returns:
            The state afterwards, and why it isn't as declared. A reconnect window that may or may not
            have been changed is left out of the state: that differs from any that is declared.
        """
        in_doubt = False
        try:
            with self._tracker.changing():
                metadata = self._metadata_to_send(state, inputs)
                for attempt in self._client.live_streams.attempts_to_update(self._stream_id, self._deadline):
                    with attempt:
                        try:
                            answered = self._client.live_streams.update_once(
                                self._stream_id, int(inputs[RECONNECT_WINDOW]), metadata, self._deadline
                            )
                        except FastPixError as failure:
                            in_doubt = in_doubt or retry.outcome_unknown(failure)
                            raise
        except FastPixError as failure:
            return (_without(state, RECONNECT_WINDOW) if in_doubt else dict(state)), failure
        return self._after(answered, state, inputs, metadata)

    def _metadata_to_send(self, state: Values, inputs: Values) -> dict[str, Any] | None:
        if METADATA in inputs or METADATA in state:
            return dict(inputs.get(METADATA, {}))
        details = self._tracker.fresh_list(self._deadline).details
        if details is None:
            raise not_understood(self._stream_id)
        return dict(details.metadata) or None

    def _after(
        self, answered: Stream, state: Values, inputs: Values, metadata: dict[str, Any] | None
    ) -> tuple[dict[str, Any], FastPixError | None]:
        details = answered.details
        if details is None:
            return _without(state, RECONNECT_WINDOW), not_understood(self._stream_id)
        now = {**_without(state, RECONNECT_WINDOW, METADATA), **outputs_of(details)}
        if details.reconnect_window is not None:
            now[RECONNECT_WINDOW] = details.reconnect_window
        is_managed = METADATA in inputs or METADATA in state
        kept = is_managed and details.metadata != metadata
        if METADATA in inputs or kept:
            now[METADATA] = as_texts(details.metadata)
        if kept or details.reconnect_window != inputs[RECONNECT_WINDOW]:
            return now, messages.kept_other_settings(self._stream_id, METADATA if kept else RECONNECT_WINDOW)
        return now, None


def _without(state: Values, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in state.items() if key not in keys}
