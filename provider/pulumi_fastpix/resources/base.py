"""A resource type as the providers see it: the seam between Pulumi's protocols and the meaning of each resource.

Property bags are *plain values* on this side: None, booleans, numbers, strings, lists and string-keyed dicts of such,
nested as deep as need be, with :data:`UNKNOWN` wherever a value isn't known before the program runs for real. The
providers translate them from and to what the engine sends.

Programs import this module, so it is light: named tuples take a fraction of the time that dataclasses take to define.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pulumi_fastpix.resources.names import dynamic_type, native_type

if TYPE_CHECKING:
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace

Values = Mapping[str, Any]
NOTHING: Values = MappingProxyType({})

CALLS_AT_ONCE = 32
"""Calls that one provider process answers at once, at most. Pulumi makes no more than its `--parallel`."""


class Unknown:
    """Stands for a value that will only be known when the program runs for real."""


UNKNOWN = Unknown()


class Problem(NamedTuple):
    """Something wrong with an input.

    Attributes:
        path: the input, as in `accessPolicy` or `accessRestrictions.domains.allow[1]`.
        reason: what is wrong and what is allowed, without the value.
        harmless: its value can't be a secret that was given by mistake.
    """

    path: str
    reason: str
    harmless: bool

    def report(self) -> tuple[str, str]:
        """The property to report it for, and the message. Pulumi prints the value of the property that is named.

        It can't find the value of a nested one, and would print that there is none.
        """
        is_nested = "." in self.path or "[" in self.path
        return (self.path, self.reason) if self.harmless and not is_nested else ("", f"{self.path}: {self.reason}")


Path = tuple[str, ...]
"""Leads into nested values, key by key: a key of metadata may have dots of its own. No places in lists."""


class Change(NamedTuple):
    """What an update would do.

    Attributes:
        replaces: the inputs that differ and need a new object.
        updates: paths of what differs in the inputs and is changed in place.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[Path, ...] = ()


class Existing(NamedTuple):
    """An object as FastPix has it and as Pulumi stores it.

    Attributes:
        id: FastPix's id of it, which is also Pulumi's.
        inputs: what a program would declare.
        state: the inputs and what else is stored.
    """

    id: str
    inputs: dict[str, Any]
    state: dict[str, Any]


class ResourceType(NamedTuple):
    """A row of :data:`pulumi_fastpix.resources.table.RESOURCE_TYPES`.

    All but `lifecycle` is light: a program that declares resources, and a preview, import no HTTP library.

    Attributes:
        name: the last part of its type tokens. FROZEN.
        check: fills in defaults and finds every problem of the inputs at once; unknown values pass. It adds and removes
            values, and never moves one: the engine knows by their paths which of them are secret.
        diff: compares the stored state with checked inputs; a value not known yet counts as a change.
        parse_import_id: from the id given to `pulumi import`, FastPix's id and what else a lookup needs. Raises
            InvalidInputError.
        lifecycle: makes its lifecycle in a workspace.
        listed: all that a workspace has, from that and the values of `lookup_keys`; each a dict with an `id`, and of
            what the state has that which isn't secret.
        warnings: what is odd about inputs, and may be right all the same: shown in previews, without the values.
        warning_of_replacement: from an id, the keys of the inputs that need a new object, and checked inputs, what is
            lost with the old one; empty if there is nothing to say.
        import_id: the form of the id given to `pulumi import`, for people.
        lookup_keys: keys that a lookup needs besides the id.
        optional_lookup_keys: keys that a lookup may be given besides the id.
        replacing: inputs of which a change needs a new object.
        defaults: of inputs that need not be given.
        secret_outputs: keys of the state that hold secrets of FastPix's own making: stored encrypted, shown masked.
        derived_outputs: from an id and a state, outputs that the native provider has for other languages; Python
            programs derive them themselves, so that the dynamic provider needs not store them. None has no value.
    """

    name: str
    check: Callable[[Values], tuple[dict[str, Any], list[Problem]]]
    diff: Callable[[Values, Values], Change]
    parse_import_id: Callable[[str], tuple[str, dict[str, Any]]]
    lifecycle: Callable[[Workspace], Lifecycle]
    listed: Callable[[Workspace, Values], Iterable[dict[str, Any]]]
    warnings: Callable[[Values], list[str]] = lambda _: []
    warning_of_replacement: Callable[[str, tuple[str, ...], Values], str] = lambda *_: ""
    import_id: str = "<id>"
    lookup_keys: tuple[str, ...] = ()
    optional_lookup_keys: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()
    defaults: Values = NOTHING
    secret_outputs: tuple[str, ...] = ()
    derived_outputs: Callable[[str, Values], dict[str, Any]] = lambda *_: {}

    @property
    def dynamic_type(self) -> str:
        """Its type token through the dynamic provider. FROZEN."""
        return dynamic_type(self.name)

    @property
    def native_type(self) -> str:
        """Its type token through the native provider. FROZEN."""
        return native_type(self.name)

    @property
    def plural(self) -> str:
        """What the functions that list it call their result, as the schema has it: `livePlaybackIds`."""
        return f"{self.name[0].lower()}{self.name[1:]}s"

    @property
    def function(self) -> str:
        """The token of the function that lists it."""
        return native_type(f"get{self.name}s")

    def import_id_of(self, id_: str, lookup: Values) -> str:
        """What `pulumi import` takes for an object: see :attr:`import_id`."""
        return "/".join([*(str(lookup[key]) for key in self.lookup_keys), id_])
