"""What every resource has in common."""

from __future__ import annotations

from dataclasses import dataclass


class Unknown:
    """Stands for a value that will only be known when the program runs for real."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Problem:
    """Something wrong with an input.

    Attributes:
        key: the input.
        reason: what is wrong and what is allowed, without the value.
        harmless: its value can't be a secret that was given by mistake.
    """

    key: str
    reason: str
    harmless: bool

    def told(self, *, secret: bool = False) -> tuple[str, str]:
        """The property to report it for, and what to say. Pulumi prints the value of the property that is named.

        Args:
            secret: the value is known to be one.
        """
        return (self.key, self.reason) if self.harmless and not secret else ("", f"{self.key}: {self.reason}")


@dataclass(frozen=True)
class Change:
    """What an update would do.

    Attributes:
        replaces: the inputs that differ; both of them need a new playback ID.
        moves: nothing differs, but the state was written through another front door.
    """

    replaces: tuple[str, ...] = ()
    moves: bool = False


@dataclass(frozen=True)
class Existing:
    """A playback ID as FastPix has it and as Pulumi stores it.

    Attributes:
        id: the playback ID, which is also Pulumi's id.
        inputs: what a program would declare.
        state: the inputs and what else is stored.
    """

    id: str
    inputs: dict[str, str]
    state: dict[str, str]
