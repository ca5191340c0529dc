"""How a Python program declares a playback ID: arguments, outputs and their names, whichever provider serves it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.program.access import (
    AccessPolicy,
    AccessRestrictions,
    AccessRestrictionsArgs,
    AccessRestrictionsArgsDict,
    as_seen,
)
from pulumi_fastpix.program.addresses import hls_address, signed_address
from pulumi_fastpix.program.resource import DeclaredResource, called_by_public_name, options_of_lookup
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on

    from pulumi_fastpix.program.signing_key import DeclaredSigningKey


class LivePlaybackIdArgs:
    """The inputs of a `LivePlaybackId`, for programs that build them apart from the resource.

    Args:
        stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
        access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
        access_restrictions: the domains and user agents that may play it. Changing them keeps the playback ID; taking
            them out opens it to all of them.
    """

    def __init__(
        self,
        *,
        stream_id: Input[str],
        access_policy: Input[AccessPolicy | str | None] = None,
        access_restrictions: Input[AccessRestrictionsArgs | AccessRestrictionsArgsDict | None] = None,
    ) -> None:
        self.stream_id = stream_id
        self.access_policy = access_policy
        self.access_restrictions = access_restrictions


class DeclaredPlaybackId(DeclaredResource):
    """The arguments and outputs of a playback ID. Each provider has a resource class made of this."""

    resource_type = LIVE_PLAYBACK_ID
    args_class = LivePlaybackIdArgs

    id: Output[str]
    """The playback ID itself."""

    @overload
    def __init__(self, resource_name: str, args: LivePlaybackIdArgs, opts: ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        *,
        stream_id: Input[str],
        access_policy: Input[AccessPolicy | str | None] = None,
        access_restrictions: Input[AccessRestrictionsArgs | AccessRestrictionsArgsDict | None] = None,
    ) -> None: ...

    def __init__(  # type: ignore[misc]  # of the two forms, the second one has `opts` where the first one has `args`
        self,
        resource_name: str,
        args: LivePlaybackIdArgs | ResourceOptions | None = None,
        opts: ResourceOptions | None = None,
        **inputs: Any,
    ) -> None:
        """Declare a playback ID.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for playback IDs.
            args: the inputs in one object; or the resource options.
            opts: Pulumi's resource options; `ignore_changes` takes `streamId`, `accessPolicy` and `accessRestrictions`.
            inputs: instead of `args`, the same as keywords: `stream_id=…`, and `access_policy=…` and
                `access_restrictions=…` if need be.

        Raises:
            TypeError: the inputs or the options were given twice, or no inputs; or an argument is unknown.
        """
        self._declare(resource_name, args, opts, inputs)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002  # what every Pulumi resource calls it
        opts: ResourceOptions | None = None,
        *,
        stream_id: Input[str],
    ) -> Self:
        """Use a playback ID that exists already, without owning it: it is read, never changed or deleted.

        Args:
            resource_name: the name in the Pulumi program.
            id: the playback ID.
            opts: Pulumi's resource options.
            stream_id: the live stream it belongs to; without it FastPix can't find a playback ID.
        """
        return cls(resource_name, options_of_lookup(opts, id, stream_id), stream_id=stream_id)

    @property
    def stream_id(self) -> Output[str]:
        """The live stream it belongs to."""
        return self._output(STREAM_ID)

    @property
    def access_policy(self) -> Output[str]:
        """`"public"`: anyone who has the address can watch. `"private"`: the address needs `?token=<JWT>`."""
        return self._output(ACCESS_POLICY)

    @property
    def access_restrictions(self) -> Output[AccessRestrictions | None]:
        """The domains and user agents that may play it, as declared; of one that was looked up, as FastPix shows them.

        None, or without one of the two, if there are no rules.
        """
        return self._output(ACCESS_RESTRICTIONS).apply(as_seen)

    @property
    def hls_url(self) -> Output[str]:
        """The HLS address for players. A private playback ID needs `?token=<JWT>` appended.

        The form is that of FastPix's player and documentation. It is derived from the id.
        """
        return hls_address(self.id)

    def signed_hls_url(self, key: DeclaredSigningKey, *, expires_at: datetime) -> Output[str]:
        """The HLS address with a token, as a secret: what a viewer of a private playback ID needs.

        It is stored in the state wherever it is used, and ends. For viewers who come and go, sign in the application,
        with :mod:`pulumi_fastpix.signing`. This needs the extra `signing` as well.

        Args:
            key: the `SigningKey` that signs it.
            expires_at: when the token ends, with a time zone. The same one gives the same address.

        Raises:
            pulumi.RunError: the extra is missing; `expires_at` has no time zone or is in the past; or the key has no
                private key, because it was imported or looked up.
        """
        return signed_address(self, self.id, key, expires_at)


called_by_public_name(DeclaredPlaybackId)
