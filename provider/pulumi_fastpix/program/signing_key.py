"""How a Python program declares a signing key: arguments, outputs and their names, whichever provider serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.program.resource import DeclaredResource, called_by_public_name, options_of_lookup
from pulumi_fastpix.resources.signing_key import SIGNING_KEY, names

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on


class SigningKeyArgs:
    """The inputs of a `SigningKey`, for programs that build them apart from the resource. None is required.

    Args:
        rotation: any text, such as `2026-11`. Changing it replaces the key, and ends all tokens that it has signed.
    """

    def __init__(self, *, rotation: Input[str | None] = None) -> None:
        self.rotation = rotation


class DeclaredSigningKey(DeclaredResource):
    """The arguments and outputs of a signing key. Each provider has a resource class made of this."""

    resource_type = SIGNING_KEY
    args_class = SigningKeyArgs
    outputs = names.OUTPUT_KEYS

    id: Output[str]
    """The signing key's ID, which every token names that it signs."""

    @overload
    def __init__(self, resource_name: str, args: SigningKeyArgs, opts: ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        *,
        rotation: Input[str | None] = None,
    ) -> None: ...

    def __init__(  # type: ignore[misc]  # of the two forms, the second one has `opts` where the first one has `args`
        self,
        resource_name: str,
        args: SigningKeyArgs | ResourceOptions | None = None,
        opts: ResourceOptions | None = None,
        **inputs: Any,
    ) -> None:
        """Declare a signing key.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for signing keys.
            args: the inputs in one object; or the resource options.
            opts: Pulumi's resource options.
            inputs: instead of `args`, the same as keywords: `rotation=…` if need be.

        Raises:
            TypeError: the inputs or the options were given twice, or an argument is unknown.
        """
        self._declare(resource_name, args, opts, inputs)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002  # what every Pulumi resource calls it
        opts: ResourceOptions | None = None,
    ) -> Self:
        """Use a signing key that exists already, without owning it, and without its private key.

        Args:
            resource_name: the name in the Pulumi program.
            id: the signing key's ID.
            opts: Pulumi's resource options.
        """
        return cls(resource_name, options_of_lookup(opts, id), rotation=names.NOT_IMPORTED)

    def _not_found(self, lookup: dict[str, Any]) -> frozenset[str]:
        del lookup  # it is the same whatever is given
        return frozenset((names.ROTATION, names.PRIVATE_KEY, names.CREATED_AT))

    @property
    def rotation(self) -> Output[str | None]:
        """The text that was declared: another one makes another key."""
        return self._output(names.ROTATION)

    @property
    def private_key(self) -> Output[str]:
        """Secret. The private key, as base64 of a PEM. No value of a key that was imported or looked up.

        FastPix gives it once, when it makes the key. Whoever has it can let anybody in.
        """
        return self._output(names.PRIVATE_KEY)

    @property
    def public_key(self) -> Output[str]:
        """The public key, as a PEM."""
        return self._output(names.PUBLIC_KEY)

    @property
    def created_at(self) -> Output[str | None]:
        """When FastPix made it, a time of ISO 8601 in UTC. No value of a key that was imported or looked up."""
        return self._output(names.CREATED_AT)


called_by_public_name(DeclaredSigningKey)
