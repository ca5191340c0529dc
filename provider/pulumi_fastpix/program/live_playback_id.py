"""How a Python program declares a playback ID: arguments, outputs and their names, whichever provider serves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, overload

from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.program.resource import DeclaredResource
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on


class LivePlaybackIdArgs:
    """The inputs of a `LivePlaybackId`, for programs that build them apart from the resource.

    Args:
        stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
        access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
    """

    def __init__(self, *, stream_id: Input[str], access_policy: Input[str] | None = None) -> None:
        self.stream_id = stream_id
        self.access_policy = access_policy


class DeclaredPlaybackId(DeclaredResource):
    """The arguments and outputs of a playback ID. Each provider has a resource class made of this."""

    resource_type = LIVE_PLAYBACK_ID
    args_class = LivePlaybackIdArgs
    python_names: ClassVar[Mapping[str, str]] = {"streamId": "stream_id", "accessPolicy": "access_policy"}

    id: Output[str]
    """The playback ID itself."""

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
        **unknown: object,
    ) -> None:
        """Declare a playback ID.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for playback IDs.
            args: the inputs in one object, instead of the two below.
            opts: Pulumi's resource options; `ignore_changes` takes `streamId` and `accessPolicy`.
            stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
            access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
            unknown: nothing; what is misspelt ends here, without the name of this class in the message.

        Raises:
            TypeError: the inputs were given in both forms, or in neither; or an argument is unknown.
        """
        if unknown:
            raise TypeError(_unknown_argument(next(iter(unknown)), self.python_names))
        self._declare(resource_name, _inputs(args, stream_id, access_policy), opts)

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002  # what every Pulumi resource calls it
        *,
        stream_id: Input[str],
        opts: ResourceOptions | None = None,
    ) -> Self:
        """Use a playback ID that exists already, without owning it: it is read, never changed or deleted.

        Args:
            resource_name: the name in the Pulumi program.
            id: the playback ID.
            stream_id: the live stream it belongs to; without it FastPix can't find a playback ID.
            opts: Pulumi's resource options.
        """
        # Not known before the stream is: a preview reads by any id it knows, and couldn't without the stream.
        known = Output.all(id, stream_id).apply(lambda both: str(both[0]))
        return cls(resource_name, stream_id=stream_id, opts=ResourceOptions.merge(opts, ResourceOptions(id=known)))

    @property
    def hls_url(self) -> Output[str]:
        """The HLS address for players. A private playback ID needs `?token=<JWT>` appended.

        The form is that of FastPix's player and documentation. It is derived from the id and not stored.
        """
        return self.id.apply(lambda playback_id: f"https://stream.fastpix.com/{playback_id}.m3u8")


# What Python's own TypeErrors call these, of arguments that are missing or unknown: by the name that programs use.
DeclaredPlaybackId.__init__.__qualname__ = "LivePlaybackId.__init__"
vars(DeclaredPlaybackId)["get"].__func__.__qualname__ = "LivePlaybackId.get"


def _unknown_argument(name: str, python_names: Mapping[str, str]) -> str:
    meant = python_names.get(name)
    hint = f": did you mean {meant}?" if meant else f". Its inputs are {' and '.join(python_names.values())}."
    return f"LivePlaybackId has no argument {name}{hint}"


def _inputs(
    args: LivePlaybackIdArgs | None, stream_id: Input[str] | None, access_policy: Input[str] | None
) -> dict[str, Input[str] | None]:
    """The inputs as the SDK takes them, from either form in which they can be given. A new dict each time.

    Raises:
        TypeError: the inputs were given in both forms, or in neither.
    """
    if args is None:
        if stream_id is None:
            raise TypeError("LivePlaybackId needs stream_id=, the ID of the live stream.")
        args = LivePlaybackIdArgs(stream_id=stream_id, access_policy=access_policy)
    elif not isinstance(args, LivePlaybackIdArgs):
        raise TypeError(
            f"The second argument of LivePlaybackId must be a LivePlaybackIdArgs, not a {type(args).__name__}. Give "
            f"inputs as keywords, such as stream_id=…, and options as opts=…."
        )
    elif stream_id is not None or access_policy is not None:
        raise TypeError("LivePlaybackId takes its inputs from LivePlaybackIdArgs or from keywords, not both.")
    return {"stream_id": args.stream_id, "access_policy": args.access_policy}
