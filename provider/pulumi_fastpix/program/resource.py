"""The base of every resource class of Python programs, whichever provider serves it."""

from __future__ import annotations

import re
from copy import copy
from typing import Any, ClassVar, cast

from pulumi import Alias, Input, Output, ResourceOptions

from pulumi_fastpix.program.arguments import inputs_of
from pulumi_fastpix.program.killed_processes import watch_for_killed_processes
from pulumi_fastpix.program.plaintext_secret import warn_of_plaintext_secret
from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.names import state_name


class DeclaredResource:
    """The base of all resource classes: one subclass for each resource type, and one for each provider.

    The SDK gets all properties by their names in the state. It could translate names, but does so at every depth, and
    then also the user's own keys, in metadata for example. So properties of Python's names give what it has set.
    """

    resource_type: ClassVar[ResourceType]

    args_class: ClassVar[type]
    """Its inputs in one object; the native provider's schema is made of its annotations and docstring."""

    outputs: ClassVar[tuple[str, ...]] = ()
    """The names in the state of outputs that are no inputs, without those that are derived."""

    def _declare(self, resource_name: str, args: object, opts: ResourceOptions | None, given: dict[str, Any]) -> None:
        """Tell Pulumi of the resource.

        Args:
            resource_name: its name in the program.
            args: the inputs in one object, or the options.
            opts: the program's options.
            given: the inputs as keywords, by their Python names.

        Raises:
            TypeError: an argument is unknown, missing, or given twice; or the options aren't ResourceOptions.
        """
        name = self.resource_type.name
        if isinstance(args, ResourceOptions):
            if opts is not None:
                raise TypeError(f"{name} got its resource options twice.")
            args, opts = None, args
        if not isinstance(opts, ResourceOptions | None):
            raise TypeError(
                f"The options of {name} {resource_name!r} must be ResourceOptions, not a {type(opts).__name__}."
            )
        looks_up = opts is not None and opts.id is not None
        lookup_keys = self.resource_type.optional_lookup_keys if looks_up else ()
        inputs = given_inputs = inputs_of(name, self.args_class, args, given, lookup_keys)
        warn_of_plaintext_secret()
        watch_for_killed_processes()
        if not looks_up:
            # The provider would fill them in, too. But nobody asks it under `pulumi.runtime.set_mocks`, and what
            # `pulumi refresh --run-program` shows is compared with what the program gives.
            inputs = self._with_defaults(inputs)
        self._absent = self._not_found(inputs) if looks_up else frozenset(key for key in inputs if inputs[key] is None)
        # An output that isn't given, not even as None, doesn't exist in a preview.
        self._register(resource_name, {**dict.fromkeys(self.outputs), **inputs}, self._merged(opts, given_inputs))

    def _with_defaults(self, inputs: dict[str, Any]) -> dict[str, Any]:
        defaults = self.resource_type.defaults
        return {key: or_else(value, defaults.get(key)) for key, value in inputs.items()}

    def _merged(self, opts: ResourceOptions | None, inputs: dict[str, Any]) -> ResourceOptions:
        """The program's options, with the secret outputs, and names of properties as the state has them.

        Args:
            opts: those.
            inputs: as the program gives them, without defaults.
        """
        del inputs  # only defaults that follow others need them
        secret = ResourceOptions(additional_secret_outputs=list(self.resource_type.secret_outputs))
        merged = ResourceOptions.merge(secret, opts)
        for option in ("ignore_changes", "replace_on_changes", "additional_secret_outputs"):
            setattr(merged, option, [_path_in_state(path) for path in getattr(merged, option) or ()])
        return merged

    def _output(self, key: str) -> Output[Any]:
        """An output that Pulumi has set, by its name in the state."""
        # In a preview Pulumi doesn't know that an output has no value: one of an input that isn't given, for example.
        output: Output[Any] = Output.from_input(None) if key in self._absent else self.__dict__[key]
        return output

    def _not_found(self, lookup: dict[str, Any]) -> frozenset[str]:
        """The outputs that a lookup can't find with what it is given."""
        del lookup  # everything is found
        return frozenset()

    def _register(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        raise NotImplementedError  # each provider has its own way


def aliases_of_type(type_token: str, opts: ResourceOptions | None) -> ResourceOptions:
    """The options by which Pulumi takes over a resource that the other provider has made.

    Pulumi combines no aliases. So each of the program's, such as that of a new name, is given for that type as well.

    Args:
        type_token: the other provider's.
        opts: the program's options.
    """
    aliases = [Alias(type_=type_token)]
    for one in (opts.aliases if opts else None) or ():
        if isinstance(one, Alias) and cast("object", one.type_) is ...:
            aliases.append(copy(one))
            aliases[-1].type_ = type_token
    return ResourceOptions.merge(ResourceOptions(aliases=aliases), opts)


def or_else(value: Any, default: Any) -> Any:
    """An input, or its default if it is None, now or once it is known."""
    if default is None:
        return value
    if isinstance(value, Output):
        return value.apply(lambda known: default if known is None else known)
    return default if value is None else value


def options_of_lookup(opts: ResourceOptions | None, id_: Input[str], *needed: Input[str | None]) -> ResourceOptions:
    """The options by which Pulumi looks an object up.

    Args:
        opts: the program's.
        id_: FastPix's id.
        needed: what else it takes. A preview reads by any id it knows, and couldn't without these: so the id is known
            only when they are.
    """
    known = Output.all(id_, *needed).apply(lambda values: str(values[0]))
    return ResourceOptions.merge(opts, ResourceOptions(id=known))


def called_by_public_name(declared: type[DeclaredResource]) -> None:
    """Have Python's own TypeErrors, of arguments that are missing or unknown, call a class as programs do."""
    name = declared.resource_type.name
    declared.__init__.__qualname__ = f"{name}.__init__"
    vars(declared)["get"].__func__.__qualname__ = f"{name}.get"


def _path_in_state(path: str) -> str:
    """The path of a property, such as `accessPolicy`, for one that begins with the Python name."""
    return re.sub(r"^\w+", lambda name: state_name(name[0]), path)
