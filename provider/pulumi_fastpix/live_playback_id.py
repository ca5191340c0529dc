"""The resource as users declare it: through Pulumi's dynamic provider, with nothing to install beside this package."""

from __future__ import annotations

from typing import Any, overload

import pulumi
from pulumi import Alias, Input, ResourceOptions

from pulumi_fastpix.declaration import NATIVE_TYPE, DeclaredPlaybackId, LivePlaybackIdArgs, id_to_read, properties
from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.plaintext_secret import warn_of_plaintext_secret


class LivePlaybackId(DeclaredPlaybackId, pulumi.dynamic.Resource, module="fastpix", name="LivePlaybackId"):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    Example::

        import pulumi
        import pulumi_fastpix as fastpix

        playback = fastpix.LivePlaybackId(
            "main", stream_id="1111aaaa2222bbbb3333cccc4444dddd", access_policy="public"
        )
        pulumi.export("watch", playback.hls_url)

    A playback ID can't be changed at FastPix, so a change of either input makes a new one and deletes the old
    one after everything that uses it has been updated. Its Pulumi `id` is the playback ID itself.
    """

    @overload
    def __init__(self, resource_name: str, args: LivePlaybackIdArgs, opts: ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        *,
        stream_id: Input[str],
        access_policy: Input[str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None: ...

    def __init__(
        self,
        resource_name: str,
        args: LivePlaybackIdArgs | None = None,
        opts: ResourceOptions | None = None,
        *,
        stream_id: Input[str] | None = None,
        access_policy: Input[str] | None = None,
    ) -> None:
        """Declare a playback ID.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for playback IDs.
            args: the inputs in one object, instead of the two below.
            opts: Pulumi's resource options; `ignore_changes` takes `streamId` and `accessPolicy`.
            stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
            access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.

        Raises:
            TypeError: the inputs were given in both forms, or in neither.
        """
        warn_of_plaintext_secret()
        inputs = properties(args, stream_id, access_policy)
        # State that was written through the native front door is taken over.
        opts = ResourceOptions.merge(ResourceOptions(aliases=[Alias(type_=NATIVE_TYPE)]), opts)
        super().__init__(LivePlaybackIdProvider(), resource_name, inputs, opts)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002  # what every Pulumi resource calls it
        *,
        stream_id: Input[str],
        opts: ResourceOptions | None = None,
    ) -> LivePlaybackId:
        """Use a playback ID that exists already, without owning it: it is read, never changed or deleted.

        Args:
            resource_name: the name in the Pulumi program.
            id: the playback ID.
            stream_id: the live stream it belongs to; without it FastPix can't find a playback ID.
            opts: Pulumi's resource options.
        """
        opts = ResourceOptions.merge(opts, ResourceOptions(id=id_to_read(id, stream_id)))
        return cls(resource_name, stream_id=stream_id, opts=opts)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The SDK would otherwise give a subclass the type `dynamic:Resource`, and lose what is stored under ours.
        super().__init_subclass__(module="fastpix", name="LivePlaybackId", **kwargs)
