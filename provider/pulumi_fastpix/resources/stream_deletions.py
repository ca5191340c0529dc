"""Which streams this process deletes: FastPix deletes their playback IDs with them, so that nobody else needs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pulumi_fastpix.api.clock import Clock


class StreamDeletions:
    """The streams that are being deleted or have been. Safe for any number of threads."""

    def __init__(self, clock: Clock) -> None:
        self._condition = clock.condition()
        self._under_way: set[str] = set()
        self._done: set[str] = set()

    @contextmanager
    def deleting(self, stream_id: str) -> Iterator[None]:
        """Delete a stream inside; unless that raises, it is deleted."""
        with self._condition:
            self._under_way.add(stream_id)
        try:
            yield
        except BaseException:
            self._end(stream_id)
            raise
        self._end(stream_id, deleted=True)

    def is_deleted(self, stream_id: str) -> bool:
        """Whether this process has deleted the stream; if it is under way, once that has ended."""
        with self._condition:
            self._condition.wait_for(lambda: stream_id not in self._under_way)
            return stream_id in self._done

    def _end(self, stream_id: str, *, deleted: bool = False) -> None:
        with self._condition:
            self._under_way.discard(stream_id)
            if deleted:
                self._done.add(stream_id)
            self._condition.notify_all()
