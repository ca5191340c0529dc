"""What a resource type is to the providers: the seam between Pulumi's protocols and the meaning of each resource.

Property bags are *plain values* on this side: None, booleans, numbers, strings, lists and string-keyed dicts of such,
nested as deep as need be, with :data:`UNKNOWN` wherever a value isn't known before the program runs for real. The
providers translate them from and to what the engine sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pulumi_fastpix.resources.names import dynamic_type, native_type

if TYPE_CHECKING:
    from pulumi_fastpix.resources.workspace import Workspace

Values = Mapping[str, Any]


class Unknown:
    """Stands for a value that will only be known when the program runs for real."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Problem:
    """Something wrong with an input.

    Attributes:
        path: the input, as in `accessPolicy`.
        reason: what is wrong and what is allowed, without the value.
        harmless: its value can't be a secret that was given by mistake.
    """

    path: str
    reason: str
    harmless: bool

    def report(self, *, secret: bool = False) -> tuple[str, str]:
        """The property to report it for, and the message. Pulumi prints the value of the property that is named.

        Args:
            secret: the value is known to be a secret.
        """
        return (self.path, self.reason) if self.harmless and not secret else ("", f"{self.path}: {self.reason}")


@dataclass(frozen=True)
class Change:
    """What an update would do.

    Attributes:
        replaces: paths of the inputs that differ and need a new object.
        updates: paths of the inputs that differ and are changed in place.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Existing:
    """An object as FastPix has it and as Pulumi stores it.

    Attributes:
        id: FastPix's id of it, which is also Pulumi's.
        inputs: what a program would declare.
        state: the inputs and what else is stored.
    """

    id: str
    inputs: dict[str, Any]
    state: dict[str, Any]


class Lifecycle(Protocol):
    """The objects of one resource type in one workspace. Safe for any number of threads.

    A timeout is in seconds, and takes the place of `retry_for_seconds` of the settings; 0 counts as None.
    Every method raises a :class:`~pulumi_fastpix.errors.FastPixError` when it fails.
    """

    def create(self, inputs: Values, timeout: float | None = None) -> Existing:
        """Make one object.

        Args:
            inputs: checked inputs, all of them known.
            timeout: see above.

        Raises:
            CreateInDoubtError: it can't be known what was made, or whether something will be; all of it is named.
            FastPixError: nothing was made.
        """

    def read(self, id_: str, props: Values) -> Existing | None:
        """Read an object that is in the state, or look one up by its id.

        Args:
            id_: its id.
            props: its state; for a lookup only what names it besides the id.

        Returns:
            None if it is in the state, and confirmed to be deleted.
        """

    def update(self, id_: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        """Make an object as it is declared now.

        Args:
            id_: its id.
            state: what is stored of it.
            inputs: checked inputs, all of them known; they differ from the state only where `diff` said `updates`.
            timeout: see above.
        """

    def delete(self, id_: str, state: Values, timeout: float | None = None) -> None:
        """Delete an object; one that is confirmed to be deleted already is no error.

        Args:
            id_: its id.
            state: what is stored of it.
            timeout: see above.
        """


@dataclass(frozen=True)
class ResourceType:
    """A row of :data:`pulumi_fastpix.resources.table.RESOURCE_TYPES`.

    All but `lifecycle` is light: a program that declares resources, and a preview, import no HTTP library.

    Attributes:
        name: the last part of its type tokens. FROZEN.
        check: fills in defaults and finds every problem of the inputs at once; unknown values pass.
        diff: compares the stored state with checked inputs; a value not known yet counts as a change.
        parse_import_id: from what `pulumi import` is given, the id and what else a lookup needs. Raises
            InvalidInputError.
        lifecycle: makes its lifecycle in a workspace.
        secret_outputs: keys of the state that hold secrets of FastPix's own making: stored encrypted, shown masked.
    """

    name: str
    check: Callable[[Values], tuple[dict[str, Any], list[Problem]]]
    diff: Callable[[Values, Values], Change]
    parse_import_id: Callable[[str], tuple[str, dict[str, Any]]]
    lifecycle: Callable[[Workspace], Lifecycle]
    secret_outputs: tuple[str, ...] = ()

    @property
    def dynamic_type(self) -> str:
        """Its type token through the dynamic provider. FROZEN."""
        return dynamic_type(self.name)

    @property
    def native_type(self) -> str:
        """Its type token through the native provider. FROZEN."""
        return native_type(self.name)
