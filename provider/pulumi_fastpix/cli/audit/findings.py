"""What an audit finds, and how much each finding matters. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from pulumi_fastpix.resources.base import Values

PUBLIC = "public"


class Level(Enum):
    """How much a finding matters, the most first. FROZEN: the values are part of the JSON output."""

    CRITICAL = "critical"
    """Somebody may be watching who should not."""
    WARNING = "warning"
    """FastPix and the stack differ."""
    NOTE = "note"
    """Good to know, and no fault."""

    def reaches(self, least: Level) -> bool:
        """Whether it matters at least as much."""
        levels = list(Level)
        return levels.index(self) <= levels.index(least)


class Kind(Enum):
    """What was found, the worst first. FROZEN: the values are part of the JSON output."""

    UNDECLARED_PUBLIC = "undeclared-public"
    """A public playback ID that no stack declares: anyone who has its address can watch."""
    OPENED = "opened"
    """A public playback ID that only some may play by the stack's state, and anyone at FastPix."""
    UNDECLARED_RESTRICTED = "undeclared-restricted"
    """A public playback ID that no stack declares, and that only some may play."""
    UNDECLARED_NON_PUBLIC = "undeclared-non-public"
    """A playback ID that no stack declares, with any other access policy."""
    STREAM_DELETED = "stream-deleted"
    """The stack has a live stream that doesn't exist any more, nor do its playback IDs."""
    DELETED = "deleted"
    """The stack has a playback ID that doesn't exist any more."""
    ACCESS_POLICY = "access-policy"
    """A playback ID has another access policy than in the stack's state."""
    ACCESS_RESTRICTIONS = "access-restrictions"
    """A playback ID has other access restrictions than in the stack's state."""
    TWO_OWNERS = "two-owners"
    """Other stacks own the playback ID, too, or this one twice: the first to be destroyed deletes it for all."""
    STREAM_TWO_OWNERS = "stream-two-owners"
    """Other stacks own the live stream, too: the first of them that is destroyed deletes it for all."""
    INTERRUPTED_STREAM = "interrupted-stream"
    """A create of a live stream that a run began and didn't get to record."""
    INTERRUPTED = "interrupted"
    """A create of a playback ID that a run began and didn't get to record."""
    SIGNING_KEY_DELETED = "signing-key-deleted"
    """The stack has a signing key that doesn't exist any more: the tokens that it has signed open nothing."""
    SIGNING_KEY_TWO_OWNERS = "signing-key-two-owners"
    """Other stacks own the signing key, too: the first of them that is destroyed deletes it for all."""
    INTERRUPTED_SIGNING_KEY = "interrupted-signing-key"
    """A create of a signing key that a run began and didn't get to record."""
    SHARED_STREAM = "shared-stream"
    """Other stacks own playback IDs on the stream, too."""
    LOOKED_UP = "looked-up"
    """The stack looks a playback ID up, and none of the stacks that were read owns it."""
    RESTRICTED_ELSEWHERE = "restricted-elsewhere"
    """A playback ID of the stack has access restrictions that the stack doesn't declare."""
    UNDECLARED_SIGNING_KEY = "undeclared-signing-key"
    """A signing key that no stack declares: who has its private key can let in anybody."""
    UNDECLARED_STREAM = "undeclared-stream"
    """A live stream that no stack declares. Found only where all streams are audited."""

    @property
    def level(self) -> Level:
        """How much it matters."""
        return _LEVELS.get(self, Level.WARNING)


_LEVELS = {
    Kind.UNDECLARED_PUBLIC: Level.CRITICAL,
    Kind.OPENED: Level.CRITICAL,
    Kind.SHARED_STREAM: Level.NOTE,
    Kind.LOOKED_UP: Level.NOTE,
    Kind.RESTRICTED_ELSEWHERE: Level.NOTE,
    Kind.UNDECLARED_SIGNING_KEY: Level.NOTE,
    Kind.UNDECLARED_STREAM: Level.NOTE,
}
UNDECLARED = (Kind.UNDECLARED_PUBLIC, Kind.UNDECLARED_RESTRICTED, Kind.UNDECLARED_NON_PUBLIC)
"""These are about playback IDs that no stack declares."""
ABOUT_STREAMS = (Kind.STREAM_DELETED, Kind.STREAM_TWO_OWNERS, Kind.INTERRUPTED_STREAM, Kind.UNDECLARED_STREAM)
"""These are about a live stream as a resource."""
ABOUT_SIGNING_KEYS = (
    Kind.SIGNING_KEY_DELETED,
    Kind.SIGNING_KEY_TWO_OWNERS,
    Kind.INTERRUPTED_SIGNING_KEY,
    Kind.UNDECLARED_SIGNING_KEY,
)
"""These are about a signing key."""


class Detail(Enum):
    """What else is known of a finding, and makes a difference to what should be done."""

    REPLACED = "replaced"
    """What is undeclared was replaced, or the stream of a playback ID was, and its deletion is still to come."""
    MAY_BE_INTERRUPTED = "may be interrupted"
    """An interrupted create may have made what is undeclared."""
    STREAM_DELETED = "stream deleted"
    """The playback ID was deleted with its whole stream."""
    DECLARED_STREAM_DELETED = "declared stream deleted"
    """Likewise, and the stack owns that stream."""
    TWICE = "twice"
    """The stack owns the playback ID both with its live stream and as a resource of its own."""
    WITH_STREAM = "with stream"
    """The playback ID that was deleted came with a live stream of the stack."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        kind: what it is.
        stream_id: the stream it is about; empty if an interrupted create may have made any, or it is about none.
        playback_id: the playback ID it is about; empty if it is about the stream, or if the ID isn't known.
        access_policy: as it is at FastPix, or in the state if it doesn't exist there; empty if neither.
        name: the name of the resource in the stack, if it has one.
        stacks: the other stacks concerned.
        recorded_policy: the access policy in the stack's state, if it differs.
        restrictions: its access restrictions, as far as FastPix shows them and they are no secret of the stack.
        recorded_restrictions: those in the stack's state, if they differ; likewise.
        looked_up: the stack doesn't own it, but looks it up.
        detail: what else is known.
        account: the name of the provider resource through which it was read; empty for the stack's own.
        signing_key_id: the signing key it is about; empty if its ID isn't known, or it is about none.
        created_at: when that was made; empty if that isn't known.
    """

    kind: Kind
    stream_id: str = ""
    playback_id: str = ""
    access_policy: str = ""
    name: str = ""
    stacks: tuple[str, ...] = ()
    recorded_policy: str = ""
    restrictions: Values = field(default_factory=dict)
    recorded_restrictions: Values = field(default_factory=dict)
    looked_up: bool = False
    detail: Detail | None = None
    account: str = ""
    signing_key_id: str = ""
    created_at: str = ""


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of their kinds."""
    order = list(Kind)
    return sorted(findings, key=lambda finding: order.index(finding.kind))


def exit_status(findings: Iterable[Finding], least: Level, *, complete: bool) -> int:
    """The exit status: 2 if not everything could be read, 1 if a finding matters that much, else 0."""
    if not complete:
        return 2
    return int(any(finding.kind.level.reaches(least) for finding in findings))
