"""The base of every resource class of Python programs, whichever provider serves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pulumi import Output, ResourceOptions

from pulumi_fastpix.program.plaintext_secret import warn_of_plaintext_secret
from pulumi_fastpix.resources.base import ResourceType


class DeclaredResource:
    """The base of all resource classes: one subclass for each resource type, and one for each provider."""

    resource_type: ClassVar[ResourceType]

    args_class: ClassVar[type]
    """Its inputs in one object; the native provider's schema is made of its annotations and docstring."""

    python_names: ClassVar[Mapping[str, str]]
    """The Python names of the properties, by their names in the state.

    The SDK translates keys at every depth. So a resource with a map of the user's own keys (labels, metadata) can't
    list names here that such a key may have.
    """

    def translate_output_property(self, prop: str) -> str:
        """The Python name of a property of the state."""
        return self.python_names.get(prop, prop)

    def translate_input_property(self, prop: str) -> str:
        """The state's name of a Python property."""
        return {python: name for name, python in self.python_names.items()}.get(prop, prop)

    def _declare(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        """Tell Pulumi of the resource.

        Args:
            resource_name: its name in the program.
            inputs: by their Python names; an output that the program sees is unknown in a preview if it is None here.
                Pulumi changes this dict, so it has to be a new one.
            opts: the program's.

        Raises:
            TypeError: they aren't ResourceOptions.
        """
        if not isinstance(opts, ResourceOptions | None):
            raise TypeError(
                f"The options of {self.resource_type.name} {resource_name!r} must be ResourceOptions, not a "
                f"{type(opts).__name__}."
            )
        warn_of_plaintext_secret()
        if opts is None or opts.id is None:
            # The provider would fill them in, too. But nobody asks it under `pulumi.runtime.set_mocks`, and what
            # `pulumi refresh --run-program` shows is compared with what the program gives.
            for key, default in self.resource_type.defaults.items():
                name = self.translate_output_property(key)
                inputs[name] = default if inputs[name] is None else inputs[name]
        if self.resource_type.secret_outputs:
            secret = ResourceOptions(additional_secret_outputs=list(self.resource_type.secret_outputs))
            opts = ResourceOptions.merge(secret, opts)
        self._register(resource_name, inputs, opts)

    def _output(self, name: str) -> Output[Any]:
        """An output that Pulumi has set, by its Python name."""
        output: Output[Any] = self.__dict__[name]
        return output

    def _register(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        raise NotImplementedError  # each provider has its own way
