"""What really happened in a run, in order: each request, each creation and deletion at the server, each operation.

The promises compare this with what the code under test reported and stored. Several things may happen at the same
simulated time, so every entry also has a place in one order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import StringIO
from typing import Literal, NamedTuple, TypeAlias

from support.simulation.code_under_test import PlaybackId

Kind: TypeAlias = Literal["create", "delete", "refresh", "lookup"]


class Instant(NamedTuple):
    """A place in the order of events, and its simulated time in seconds."""

    order: int
    time: float


NOT_YET = Instant(0, 0.0)


@dataclass(eq=False)
class Exchange:
    """One request and what became of it.

    Attributes:
        began: when it left the client.
        ended: when the client had the response, or waited no longer.
        served: when the server read or changed what the request is about; None if it never did.
        status: of the response; None if the client received no complete one.
        well_formed: the response has the form of FastPix's API.
        listed: the playback IDs of a stream that was read, as the client saw them.
        created: the playback ID in the response to a create, as the client saw it.
    """

    operation: Operation = field(repr=False)
    method: str
    began: Instant
    ended: Instant = NOT_YET
    served: Instant | None = None
    status: int | None = None
    well_formed: bool = False
    never_sent: bool = False
    listed: tuple[str, ...] | None = None
    created: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether a client can't know if this create was carried out."""
        if self.method != "POST" or self.never_sent or self.created is not None:
            return False
        if self.status == 429:
            return False
        if self.status is None or self.status < 300 or self.status == 408 or self.status >= 500:
            return True
        return not self.well_formed

    @property
    def may_be_unfinished(self) -> bool:
        """Whether no response of the server itself has shown that it is done: it may still be at work."""
        return self.status in {None, 504, 524} or 300 <= (self.status or 0) < 400


@dataclass(eq=False)
class Operation:
    """One thing that Pulumi asked the code under test to do, and how that ended.

    Attributes:
        process: counts the provider processes.
        playback_id: the one it is about; empty for a create that has not succeeded.
        result: what was returned; None for a confirmed absence and for a finished delete.
        error: what was raised.
    """

    kind: Kind
    command: int
    process: int
    stream_id: str
    access_policy: str
    playback_id: str = ""
    began: Instant = NOT_YET
    ended: Instant = NOT_YET
    result: PlaybackId | None = None
    error: Exception | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def posts_in_doubt(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.in_doubt]

    @property
    def posts_sent_again(self) -> list[Exchange]:
        """Those in doubt after which another one was sent."""
        posts = [exchange for exchange in self.exchanges if exchange.method == "POST" and not exchange.never_sent]
        return [post for post in posts[:-1] if post.in_doubt]

    @property
    def claimed(self) -> bool:
        """Whether it succeeded with a playback ID that no response of its own had given."""
        created = {exchange.created for exchange in self.exchanges}
        return self.kind == "create" and self.error is None and self.playback_id not in created

    @property
    def removed_from_state(self) -> bool:
        """Whether Pulumi then took the playback ID out of its state."""
        return self.kind in {"refresh", "delete"} and self.error is None and self.result is None


@dataclass(frozen=True)
class Creation:
    """How a playback ID came to exist: by an exchange of ours, or else by somebody else."""

    playback_id: str
    stream_id: str
    access_policy: str
    at: Instant
    by: Exchange | None = field(repr=False)


@dataclass(frozen=True)
class Deletion:
    """How a playback ID ceased to exist."""

    at: Instant
    by: Exchange | None = field(repr=False)


@dataclass
class Chronicle:
    """Everything that has happened so far. Its `repr` is the same whenever the same has happened.

    Attributes:
        creations: by playback ID.
        deletions: by playback ID.
        stderr: all that the code under test wrote there.
    """

    operations: list[Operation] = field(default_factory=list)
    creations: dict[str, Creation] = field(default_factory=dict)
    deletions: dict[str, Deletion] = field(default_factory=dict)
    stderr: StringIO = field(default_factory=StringIO, repr=False)
    _order: int = 0

    def instant(self, time: float) -> Instant:
        """The next place in the order, at this simulated time."""
        self._order += 1
        return Instant(self._order, time)

    def existing(self) -> Iterator[Creation]:
        """The playback IDs that exist now."""
        return (creation for creation in self.creations.values() if creation.playback_id not in self.deletions)

    def existed(self, playback_id: str, order: int) -> bool:
        """Whether FastPix had that playback ID at that place in the order."""
        if playback_id not in self.creations or self.creations[playback_id].at.order > order:
            return False
        return playback_id not in self.deletions or self.deletions[playback_id].at.order > order

    def errors(self) -> Iterator[tuple[Operation, Exception]]:
        return ((operation, operation.error) for operation in self.operations if operation.error is not None)


CURRENT_OPERATION: ContextVar[Operation] = ContextVar("CURRENT_OPERATION")
"""The operation that this thread performs."""

SERVED_EXCHANGE: ContextVar[Exchange | None] = ContextVar("SERVED_EXCHANGE", default=None)
"""The request that the server works on. A task inherits it, also one that works on after the client has given up."""
