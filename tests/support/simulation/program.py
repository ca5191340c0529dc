"""What happens in one schedule, as a value: it can be printed, pasted into a test and run again.

Streams and playback IDs are named by numbers, which count round and round whatever there is when the time comes:
so every program means something, also one that was cut down while looking for the simplest that fails.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from pydantic.fields import FieldInfo

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import AccessPolicy

Credentials: TypeAlias = Literal["own", "colleague", "stranger", "wrong", "read-only"]
"""Whose access token a provider process has: the stack's own, another of the same workspace, one of another
workspace, the own one with a wrong secret key, or one that may only read."""


class _Brief:
    """Shows only what differs from the defaults, in a form that can be pasted."""

    def __repr__(self) -> str:
        return _briefly(self)


@dataclass(frozen=True, repr=False)
class Create(_Brief):
    """Declare one more playback ID."""

    stream: int = 0
    access_policy: AccessPolicy = "public"


@dataclass(frozen=True, repr=False)
class Delete(_Brief):
    """Remove one that is in the state."""

    which: int = 0


@dataclass(frozen=True, repr=False)
class Refresh(_Brief):
    """Refresh one that is in the state."""

    which: int = 0


@dataclass(frozen=True, repr=False)
class Lookup(_Brief):
    """Look one up by id that there is or ever was, in the state or not; 0 is the latest."""

    which: int = 0


Step: TypeAlias = Create | Delete | Refresh | Lookup


@dataclass(frozen=True, repr=False)
class Outside(_Brief):
    """Something that somebody else does.

    Attributes:
        act: what; a playback ID that is deleted is any of the stream's.
        after_request: it happens once this many of the batch's requests have reached the server,
        seconds: or that much later.
    """

    act: Literal["create", "delete", "delete stream"]
    stream: int = 0
    which: int = 0
    access_policy: AccessPolicy = "public"
    after_request: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, repr=False)
class Batch(_Brief):
    """What one Pulumi command does, and what goes wrong meanwhile.

    Attributes:
        steps: what is to be done; a worker takes the next one when it is done with the last.
        workers: how many threads there are.
        faults: of the server, for this batch only; work that they put off may be done during later ones.
        closed: the numbers of those of the batch's requests whose connection is refused.
        outside: what others do.
        credentials: of the provider process.
        vouching: the user names the streams that really were deleted, as one does for a refusing provider.
        new_process: the provider process is started anew, as it always is with other credentials.
        pause: simulated seconds since the last batch.
    """

    steps: tuple[Step, ...]
    workers: int = 1
    faults: tuple[Fault, ...] = ()
    closed: frozenset[int] = frozenset()
    outside: tuple[Outside, ...] = ()
    credentials: Credentials = "own"
    vouching: bool = False
    new_process: bool = True
    pause: float = 0.0


@dataclass(frozen=True, repr=False)
class Program(_Brief):
    """The batches of one stack.

    Attributes:
        streams: how many there are.
        switches: how the server answers where FastPix's own answer isn't known.
        luck: decides all that is left to chance: whose turn it is, jitter, ids.
    """

    batches: tuple[Batch, ...]
    streams: int = 1
    switches: Switches = field(default_factory=Switches)
    luck: int = 0


def _briefly(value: Any) -> str:
    """Like `repr`; also for the sandbox's faults, most of whose fields say nothing."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_briefly, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Switches):
        given = {name: getattr(value, name) for name in value.model_fields_set}
        return f"Switches({', '.join(f'{name}={setting!r}' for name, setting in given.items())})"
    if not isinstance(value, (_Brief, Fault)):
        return repr(value)
    shown = [
        f"{one.name}={_briefly(getattr(value, one.name))}"
        for one in fields(value)  # type: ignore[arg-type]  # all are data classes
        if getattr(value, one.name) != _default(one)
    ]
    return f"{type(value).__name__}({', '.join(shown)})"


def _default(one: Any) -> Any:
    if isinstance(one.default, FieldInfo):  # of a pydantic dataclass
        return one.default.default
    return one.default if one.default_factory is MISSING else one.default_factory()
