"""What happens in one schedule, as a value that can be printed, pasted into a test and run again.

Streams and playback IDs are given as numbers, counted modulo how many there are when the step is performed. So every
schedule means something, also one from which steps were taken out in search of the shortest that fails.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from pydantic.fields import FieldInfo

from pulumi_fastpix.sandbox import Fault, Switches
from pulumi_fastpix.sandbox.data.records import AccessPolicy, Rules
from support.simulation.groups import Group, Groups, in_order

Credentials: TypeAlias = Literal["own", "same-workspace", "other-workspace", "wrong-secret", "read-only"]
"""Whose access token a provider process has: the stack's own, another one of the same workspace, one of another
workspace, the stack's own with a wrong secret key, or one that may only read."""


class Brief:
    """Shows only the fields that differ from their defaults, in a form that can be pasted."""

    def __repr__(self) -> str:
        return _brief(self)


@dataclass(frozen=True, repr=False)
class Create(Brief):
    """Create one more playback ID; of its access restrictions, a group that is None isn't declared."""

    stream: int = 0
    access_policy: AccessPolicy = "public"
    domains: Rules | None = None
    user_agents: Rules | None = None


@dataclass(frozen=True, repr=False)
class CreateStream(Brief):
    """Create one more stream; what is None isn't declared.

    Attributes:
        reconnect_window: in seconds.
        metadata: the value of its only entry; "" for metadata without entries.
    """

    access_policy: AccessPolicy = "public"
    domains: Rules | None = None
    user_agents: Rules | None = None
    reconnect_window: int = 60
    metadata: str | None = None


@dataclass(frozen=True, repr=False)
class Update(Brief):
    """Declare other access restrictions, and for a stream other settings, for one that is in the state.

    Attributes:
        reconnect_window: as for CreateStream.
        metadata: as for CreateStream.
        as_before: what was declared for it last, as when a command is repeated after a failure.
    """

    which: int = 0
    domains: Rules | None = None
    user_agents: Rules | None = None
    reconnect_window: int = 60
    metadata: str | None = None
    as_before: bool = False


@dataclass(frozen=True, repr=False)
class Delete(Brief):
    """Delete one that is in the state."""

    which: int = 0


@dataclass(frozen=True, repr=False)
class Destroy(Brief):
    """Delete all that is in the state, in no order, as if nothing were known of what depends on what."""


@dataclass(frozen=True, repr=False)
class Refresh(Brief):
    """Refresh one that is in the state."""

    which: int = 0


@dataclass(frozen=True, repr=False)
class Lookup(Brief):
    """Look up one by its id (`.get`) that exists or ever existed, in the state or not; 0 is the latest."""

    which: int = 0


Step: TypeAlias = Create | CreateStream | Update | Delete | Destroy | Refresh | Lookup


Act: TypeAlias = Literal["create", "create stream", "delete", "delete stream", "restrict", "change stream"]


@dataclass(frozen=True, repr=False)
class Interference(Brief):
    """Something that somebody else does at FastPix while a command runs.

    Attributes:
        act: "delete" deletes any playback ID of the stream; "restrict" sets those groups of its rules that aren't None;
            "delete stream" deletes any stream, and "change stream" sets the settings of one in the state: in both
            cases `stream` counts from the newest one.
        after_request: it happens once this many of the command's requests have reached the server,
        seconds: or this much later.
    """

    act: Act
    stream: int = 0
    which: int = 0
    access_policy: AccessPolicy = "public"
    domains: Rules | None = None
    user_agents: Rules | None = None
    reconnect_window: int = 60
    metadata: str | None = None
    after_request: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, repr=False)
class Command(Brief):
    """One Pulumi command, such as `pulumi up`, and everything that goes wrong meanwhile.

    Attributes:
        steps: the work; each thread takes the next step when it has done one.
        threads: how many there are.
        faults: of the server, during this command; work that they put off may be done during later ones.
        refused: the numbers of the command's requests whose connection is refused.
        interference: by others.
        credentials: of the provider process.
        confirms_deletions: the user names the streams that really were deleted, as a refusing provider asks for.
        new_process: the provider process is started anew, which other credentials always do.
        pause: simulated seconds since the last command.
    """

    steps: tuple[Step, ...]
    threads: int = 1
    faults: tuple[Fault, ...] = ()
    refused: frozenset[int] = frozenset()
    interference: tuple[Interference, ...] = ()
    credentials: Credentials = "own"
    confirms_deletions: bool = False
    new_process: bool = True
    pause: float = 0.0


@dataclass(frozen=True, repr=False)
class Schedule(Brief):
    """The commands of one stack.

    Attributes:
        streams: how many there are that are not the stack's.
        others: how many older ones there are besides, on which nothing is created.
        switches: how the server responds where FastPix's own response isn't known.
        seed: decides everything that is left to chance: which thread goes on, jitter, ids.
    """

    commands: tuple[Command, ...]
    streams: int = 1
    others: int = 0
    switches: Switches = field(default_factory=Switches)
    seed: int = 0


def rules_of(given: Create | CreateStream | Update | Interference) -> Groups:
    """Its access restrictions, by group."""
    groups: dict[Group, Rules | None] = {"domains": given.domains, "userAgents": given.user_agents}
    return {group: rules for group, rules in groups.items() if rules is not None}


def settings_of(given: CreateStream | Update | Interference) -> Groups:
    """Its settings of a stream, by group."""
    metadata = None if given.metadata is None else {"show": given.metadata} if given.metadata else {}
    return {"reconnectWindow": given.reconnect_window, **({} if metadata is None else {"metadata": in_order(metadata)})}


def _brief(value: Any) -> str:
    """Like `repr`, without the fields that have their defaults; also for the sandbox's own values."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_brief, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Switches):
        default = Switches()
        given = [(name, one) for name, one in value if one != getattr(default, name)]
    elif isinstance(value, (Brief, Fault, Rules)):
        named = [(one, getattr(value, one.name)) for one in fields(value)]  # type: ignore[arg-type]  # all data classes
        given = [(one.name, shown) for one, shown in named if shown != default_of(one)]
    else:
        return repr(value)
    return f"{type(value).__name__}({', '.join(f'{name}={_brief(one)}' for name, one in given)})"


def default_of(one: Any) -> Any:
    """The default of a field of a data class; MISSING if it must be given."""
    if isinstance(one.default, FieldInfo):  # of a pydantic dataclass
        return one.default.default
    return one.default if one.default_factory is MISSING else one.default_factory()
