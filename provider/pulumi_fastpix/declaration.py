"""What declaring a playback ID is like, whichever front door it goes through: arguments, outputs and their names."""

from __future__ import annotations

from pulumi import Input, Output

DYNAMIC_TYPE = "pulumi-python:dynamic/fastpix:LivePlaybackId"
NATIVE_TYPE = "fastpix:index:LivePlaybackId"
"""The type tokens under which stacks store playback IDs. Frozen: a stack knows its resources by them."""

_PYTHON_NAMES = {"streamId": "stream_id", "accessPolicy": "access_policy"}
_PULUMI_NAMES = {python: name for name, python in _PYTHON_NAMES.items()}


class LivePlaybackIdArgs:
    """The inputs of a `LivePlaybackId`, for programs that build them apart from the resource.

    Args:
        stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
        access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
    """

    def __init__(self, *, stream_id: Input[str], access_policy: Input[str] | None = None) -> None:
        self.stream_id = stream_id
        self.access_policy = access_policy


class DeclaredPlaybackId:
    """The outputs of a declared playback ID, and how Pulumi's names and Python's relate."""

    id: Output[str]
    """The playback ID itself."""

    stream_id: Output[str]
    """The live stream it belongs to."""

    access_policy: Output[str]
    """`"public"`: anyone who has the address can watch. `"private"`: the address needs `?token=<JWT>`."""

    @property
    def hls_url(self) -> Output[str]:
        """The HLS address for players. A private playback ID needs `?token=<JWT>` appended.

        The form is that of FastPix's player and documentation. It is derived from the id and not stored.
        """
        return self.id.apply(lambda playback_id: f"https://stream.fastpix.com/{playback_id}.m3u8")

    def translate_output_property(self, prop: str) -> str:
        """The Python name of a property of the state."""
        return _PYTHON_NAMES.get(prop, prop)

    def translate_input_property(self, prop: str) -> str:
        """The state's name of a Python property."""
        return _PULUMI_NAMES.get(prop, prop)


def properties(
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
            f"LivePlaybackId takes its name, then LivePlaybackIdArgs or keywords; this is a "
            f"{type(args).__name__}. Options are given as opts=."
        )
    elif stream_id is not None or access_policy is not None:
        raise TypeError("LivePlaybackId takes its inputs from LivePlaybackIdArgs or from keywords, not both.")
    return {"stream_id": args.stream_id, "access_policy": args.access_policy}


def id_to_read(playback_id: Input[str], stream_id: Input[str]) -> Output[str]:
    """The id to look up, not known before the stream is.

    A preview reads by any id it knows, and couldn't without the stream.
    """
    return Output.all(playback_id, stream_id).apply(lambda both: str(both[0]))
