"""What really happened in a run, in order: each request, each creation and deletion at the server, each operation.

The promises compare this with what the code under test reported and stored. Several things may happen at the same
simulated time, so every entry also has a place in one order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Literal, NamedTuple, TypeAlias

from pulumi_fastpix.errors import PartlyDoneError
from support.simulation import groups as written
from support.simulation.code_under_test import WORKSPACE, Stored
from support.simulation.groups import Group, Groups

Kind: TypeAlias = Literal["create", "update", "delete", "refresh", "lookup"]


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
    place: of the list that a read or a create is about, as in Creation; "" if it is about none.
        page: of the list, counted from 1.
        listed: what the list has, as the client saw it; of several pages, what the earlier ones have, too.
        created: the id in the response to a create, as the client saw it.
        changes: the object that a PATCH is to change.
        sent: the groups that the request sets.
        shown: those in the response as it came, by object.
    """

    operation: Operation = field(repr=False)
    method: str
    place: str
    began: Instant
    page: int = 1
    ended: Instant = NOT_YET
    served: Instant | None = None
    status: int | None = None
    well_formed: bool = False
    never_sent: bool = False
    listed: tuple[str, ...] | None = None
    created: str | None = None
    changes: str | None = None
    sent: Groups = field(default_factory=dict)
    shown: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def in_doubt(self) -> bool:
        """Whether a client can't know if this create was carried out."""
        return self.method == "POST" and self.created is None and self.outcome_unknown

    @property
    def change_in_doubt(self) -> bool:
        """Whether a client can't know if this change was carried out."""
        return self.method == "PATCH" and not self.shown and self.outcome_unknown

    @property
    def outcome_unknown(self) -> bool:
        """Whether a client can't know if a request was carried out that didn't get the response it was sent for."""
        if self.never_sent or self.status == 429:
            return False
        if self.status is None or self.status < 300 or self.status == 408 or self.status >= 500:
            return True
        return not self.well_formed

    def shows(self, object_id: str, group: Group) -> Any:
        """A group in the response, as the client saw it; None if it isn't there."""
        shown = self.shown.get(object_id, {})
        return written.read(group, shown[group]) if group in shown else None

    @property
    def may_be_unfinished(self) -> bool:
        """Whether no response of the server itself has shown that it is done: it may still be at work."""
        return self.status in {None, 504, 524} or 300 <= (self.status or 0) < 400


@dataclass(eq=False)
class Operation:
    """One thing that Pulumi asked the code under test to do, and how that ended.

    Attributes:
        process: counts the provider processes.
        place: as in Creation.
        object_id: the one it is about; empty for a create that has given none to the state.
        declared: the groups that it is to bring about.
        before: what the state had of its object when it began.
        result: what was returned; None for a confirmed absence and for a finished delete.
        error: what was raised.
    """

    kind: Kind
    command: int
    process: int
    place: str
    access_policy: str
    object_id: str = ""
    declared: Groups = field(default_factory=dict)
    before: Stored | None = None
    began: Instant = NOT_YET
    ended: Instant = NOT_YET
    result: Stored | None = None
    error: Exception | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def look(self) -> str:
        """What a create is to make, as in Creation."""
        is_stream = self.place == WORKSPACE
        return written.look_of_stream(self.access_policy, self.declared) if is_stream else self.access_policy

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
        """Whether it gave the state an object that no response of its own had given."""
        created = {exchange.created for exchange in self.exchanges}
        return self.kind == "create" and bool(self.object_id) and self.object_id not in created

    @property
    def creating(self) -> list[Exchange]:
        """The exchanges of a create until its object was known; it changes anything only after that."""
        return list(itertools.takewhile(lambda exchange: exchange.method != "PATCH", self.exchanges))

    @property
    def decided(self) -> Instant:
        """When it was known what a create has made: at the latest when it sent that one's rules."""
        return next((exchange.began for exchange in self.exchanges if exchange.method == "PATCH"), self.ended)

    @property
    def partly_done(self) -> PartlyDoneError | None:
        """The error with which it has stored an object that isn't as declared yet."""
        return self.error if isinstance(self.error, PartlyDoneError) else None

    @property
    def removed_from_state(self) -> bool:
        """Whether Pulumi then took the object out of its state."""
        return self.kind in {"refresh", "delete"} and self.error is None and self.result is None


@dataclass(frozen=True)
class Creation:
    """How an object came to exist: by an exchange of ours, or else by somebody else.

    Attributes:
        place: the list that has it: the id of a playback ID's stream, or WORKSPACE for a stream.
        look: what all in that list have in common that can't be told apart: the access policy of a playback ID.
    """

    object_id: str
    place: str
    access_policy: str
    look: str
    at: Instant
    by: Exchange | None = field(repr=False)


@dataclass(frozen=True)
class Deletion:
    """How an object ceased to exist."""

    at: Instant
    by: Exchange | None = field(repr=False)


@dataclass(frozen=True)
class Change:
    """How a group of an object came to be as it is."""

    object_id: str
    group: Group
    value: Any
    at: Instant
    by: Exchange | None = field(repr=False)


@dataclass
class Chronicle:
    """Everything that has happened so far. Its `repr` is the same whenever the same has happened.

    Attributes:
        creations: of streams and playback IDs, by id.
        deletions: by id.
        changes: of all objects, from the first to the last; a group that has none is as by default.
        made_with: by playback ID the stream that it was made with, and is changed with.
        secrets: that the server has made.
        stderr: all that the code under test wrote there.
    """

    operations: list[Operation] = field(default_factory=list)
    creations: dict[str, Creation] = field(default_factory=dict)
    deletions: dict[str, Deletion] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    made_with: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set, repr=False)
    stderr: StringIO = field(default_factory=StringIO, repr=False)
    _order: int = 0

    def instant(self, time: float) -> Instant:
        """The next place in the order, at this simulated time."""
        self._order += 1
        return Instant(self._order, time)

    def existing(self) -> Iterator[Creation]:
        """The objects that exist now."""
        return (creation for creation in self.creations.values() if creation.object_id not in self.deletions)

    def existed(self, object_id: str, order: int) -> bool:
        """Whether FastPix had that object at that place in the order."""
        if object_id not in self.creations or self.creations[object_id].at.order > order:
            return False
        return object_id not in self.deletions or self.deletions[object_id].at.order > order

    def owner(self, object_id: str) -> str:
        """The object itself, or the stream that a playback ID was made with."""
        return self.made_with.get(object_id, object_id)

    def errors(self) -> Iterator[tuple[Operation, Exception]]:
        return ((operation, operation.error) for operation in self.operations if operation.error is not None)


CURRENT_OPERATION: ContextVar[Operation] = ContextVar("CURRENT_OPERATION")
"""The operation that this thread performs."""

SERVED_EXCHANGE: ContextVar[Exchange | None] = ContextVar("SERVED_EXCHANGE", default=None)
"""The request that the server works on. A task inherits it, also one that works on after the client has given up."""
