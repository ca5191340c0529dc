"""What really happened, in order: every request, every playback ID's birth and death, every operation's outcome.

The judge compares this with what the code under test said and kept. Simulated time has ties, so that every
entry also gets a place in one order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import StringIO
from typing import Literal, NamedTuple, TypeAlias

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.base import Existing

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
        ended: when the client had its answer, or waited no longer.
        worked: when the server read or changed what it is about; None if it never did.
        status: what the client was answered; None when it got no complete answer.
        understood: the answer had FastPix's own form.
        listed: the playback IDs of a stream that was read, as the client saw them.
        made: the playback ID in the answer to a create, as the client saw it.
    """

    operation: Operation
    method: str
    began: Instant
    ended: Instant = NOT_YET
    worked: Instant | None = None
    status: int | None = None
    understood: bool = False
    never_sent: bool = False
    listed: dict[str, PlaybackId] | None = None
    made: str | None = None

    @property
    def uncertain(self) -> bool:
        """Whether a client can't know if this create was carried out."""
        if self.method != "POST" or self.never_sent or self.made is not None:
            return False
        if self.status is None or self.status < 300 or self.status == 408 or self.status >= 500:
            return True
        return not self.understood

    @property
    def silent(self) -> bool:
        """Whether the server itself didn't say that it is done: it may still be at work."""
        return self.status in {None, 504, 524} or 300 <= (self.status or 0) < 400


@dataclass(eq=False)
class Operation:
    """One thing Pulumi asked the code under test to do, and how that ended.

    Attributes:
        process: counts the provider processes.
        playback_id: the one it is about; empty for a create until that has made one.
        found: what was answered; None for an absence and for a finished delete.
        error: what was raised.
    """

    kind: Kind
    batch: int
    process: int
    stream_id: str
    access_policy: str
    playback_id: str = ""
    began: Instant = NOT_YET
    ended: Instant = NOT_YET
    found: Existing | None = None
    error: Exception | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def uncertain_posts(self) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.uncertain]

    @property
    def claimed(self) -> bool:
        """Whether it succeeded with a playback ID that no answer of its own gave."""
        made = {exchange.made for exchange in self.exchanges}
        return self.kind == "create" and self.error is None and self.playback_id not in made

    @property
    def dropped(self) -> bool:
        """Whether Pulumi then took the playback ID out of its state."""
        return self.kind in {"refresh", "delete"} and self.error is None and self.found is None


@dataclass(frozen=True)
class Birth:
    """How a playback ID came to be; by an exchange of ours, or else by somebody else."""

    playback_id: str
    stream_id: str
    access_policy: str
    at: Instant
    by: Exchange | None


@dataclass(frozen=True)
class Death:
    """How a playback ID ceased to be."""

    at: Instant
    by: Exchange | None


@dataclass
class Chronicle:
    """Everything that happened so far.

    Attributes:
        births: by playback ID.
        deaths: by playback ID.
        stderr: all that the code under test wrote there.
    """

    operations: list[Operation] = field(default_factory=list)
    births: dict[str, Birth] = field(default_factory=dict)
    deaths: dict[str, Death] = field(default_factory=dict)
    stderr: StringIO = field(default_factory=StringIO)
    _order: int = 0

    def instant(self, time: float) -> Instant:
        """The next place in the order, at this simulated time."""
        self._order += 1
        return Instant(self._order, time)

    def alive(self) -> Iterator[Birth]:
        return (birth for birth in self.births.values() if birth.playback_id not in self.deaths)

    def existed(self, playback_id: str, order: int) -> bool:
        """Whether FastPix had that playback ID at that place in the order."""
        if playback_id not in self.births or self.births[playback_id].at.order > order:
            return False
        return playback_id not in self.deaths or self.deaths[playback_id].at.order > order

    def errors(self) -> Iterator[tuple[Operation, Exception]]:
        return ((operation, operation.error) for operation in self.operations if operation.error is not None)


PERFORMED: ContextVar[Operation] = ContextVar("PERFORMED")
"""The operation that this thread performs."""

AT_WORK: ContextVar[Exchange | None] = ContextVar("AT_WORK", default=None)
"""The request the server works on. A task inherits it, also one that does its work after the client gave up."""
