"""A create whose response was lost, and what becomes of it, as values.

::

    Unclear ─────── a candidate is claimed for it ──────> Made ──────────┐
     ▲  │ ├──────── more candidates, or one may come ────> Failed        │ a surplus shows up after
     │  │ └──────── the request is done, nothing made: sent again        │ something was sent again
     │  │             ├── answered ─────────────────────> MadeAgain ─────┤
     │  │             ├── refused ──────────────────────> Failed         ▼
     └──┼─────────────┴── its response is lost, too                    Failed
        └────────── the stream can't be read, or is deleted ──> Failed

`MadeAgain` becomes `Made` once a last list has shown no surplus. If it shows one, every outcome of that policy becomes
`Failed`, with a message that names the surplus. So an outcome is final once the settling is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import FastPixError


@dataclass(frozen=True)
class Unclear:
    """Nobody knows what it has made."""


@dataclass(frozen=True)
class MadeAgain:
    """A repeat made this one; that the first request made nothing isn't certain yet."""

    playback_id: PlaybackId


@dataclass(frozen=True)
class Made:
    """It made this one."""

    playback_id: PlaybackId


@dataclass(frozen=True)
class Failed:
    """It can't be known what it has made, or it has made nothing."""

    error: FastPixError


Outcome = Unclear | MadeAgain | Made | Failed


@dataclass(eq=False)
class Doubt:
    """A create in doubt.

    Attributes:
        access_policy: of the playback ID it is to make.
        idempotency_key: the same each time it is sent.
        failure: how it ended the last time it was sent.
        deadline: how long it may go on.
        repeats: how often it was sent again.
        outcome: what is known of it.
    """

    access_policy: str
    idempotency_key: str
    failure: FastPixError
    deadline: Deadline
    repeats: int = 0
    outcome: Outcome = field(default_factory=Unclear)

    @property
    def judged(self) -> bool:
        """Whether nothing more is sent or awaited for it."""
        return isinstance(self.outcome, Made | Failed)
