"""The resource as users declare it."""

from __future__ import annotations

from typing import Any, overload

import pulumi
from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.dynamic import LivePlaybackIdProvider

_PYTHON_NAMES = {"streamId": "stream_id", "accessPolicy": "access_policy"}
_PULUMI_NAMES = {python: name for name, python in _PYTHON_NAMES.items()}


class LivePlaybackIdArgs:
    """The inputs of a :class:`LivePlaybackId`, for programs that build them apart from the resource.

    Args:
        stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
        access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
    """

    def __init__(self, *, stream_id: Input[str], access_policy: Input[str] | None = None) -> None:
        self.stream_id = stream_id
        self.access_policy = access_policy


class LivePlaybackId(pulumi.dynamic.Resource, module="fastpix", name="LivePlaybackId"):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    Example::

        import pulumi
        import pulumi_fastpix as fastpix

        playback = fastpix.LivePlaybackId(
            "main", stream_id="11112222333344445555666677778888", access_policy="public"
        )
        pulumi.export("watch", playback.hls_url)

    A playback ID can't be changed at FastPix, so a change of either input makes a new one and deletes the old
    one after everything that uses it has been updated. Its Pulumi `id` is the playback ID itself.
    """

    stream_id: Output[str]
    """The live stream it belongs to."""

    access_policy: Output[str]
    """`"public"`: anyone who has the address can watch. `"private"`: the address needs `?token=<JWT>`."""

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
        if args is None:
            if stream_id is None:
                raise TypeError("LivePlaybackId needs stream_id=, the ID of the live stream.")
            args = LivePlaybackIdArgs(stream_id=stream_id, access_policy=access_policy)
        elif not isinstance(args, LivePlaybackIdArgs):
            raise TypeError(
                f"LivePlaybackId takes its name, then LivePlaybackIdArgs or keywords; this is a "
                f"{type(args).__name__}. Options are given as opts=."
            )
        elif stream_id is not None or access_policy is not None:
            raise TypeError("LivePlaybackId takes its inputs from LivePlaybackIdArgs or from keywords, not both.")
        # A fresh dict each time: the SDK adds the provider to it.
        inputs = {"stream_id": args.stream_id, "access_policy": args.access_policy}
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
        # A preview reads by any id it knows, and couldn't without the stream: so wait until both are known.
        known = Output.all(id, stream_id).apply(lambda both: str(both[0]))
        return cls(resource_name, stream_id=stream_id, opts=ResourceOptions.merge(opts, ResourceOptions(id=known)))

    @property
    def hls_url(self) -> Output[str]:
        """The HLS address for players. A private playback ID needs `?token=<JWT>` appended.

        The form is that of FastPix's player and documentation. It is derived from the id and not stored.
        """
        return self.id.apply(lambda playback_id: f"https://stream.fastpix.com/{playback_id}.m3u8")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The SDK would otherwise give a subclass the type `dynamic:Resource`, and lose what is stored under ours.
        super().__init_subclass__(module="fastpix", name="LivePlaybackId", **kwargs)

    def translate_output_property(self, prop: str) -> str:
        """The Python name of a property of the state."""
        return _PYTHON_NAMES.get(prop, prop)

    def translate_input_property(self, prop: str) -> str:
        """The state's name of a Python property."""
        return _PULUMI_NAMES.get(prop, prop)
