"""How a Python program declares a playback ID: arguments, outputs and their names, whichever provider serves it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, overload

from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.program.access import (
    PYTHON_NAMES,
    AccessPolicy,
    AccessRestrictions,
    AccessRestrictionsArgs,
    AccessRestrictionsArgsDict,
    as_stored,
)
from pulumi_fastpix.program.resource import DeclaredResource
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import hls_url

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on


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
    python_names: ClassVar[Mapping[str, str]] = {
        "streamId": "stream_id",
        "accessPolicy": "access_policy",
        "accessRestrictions": "access_restrictions",
        **PYTHON_NAMES,
    }

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
        *,
        stream_id: Input[str] | None = None,
        access_policy: Input[AccessPolicy | str | None] = None,
        access_restrictions: Input[AccessRestrictionsArgs | AccessRestrictionsArgsDict | None] = None,
        **unknown: object,
    ) -> None:
        """Declare a playback ID.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for playback IDs.
            args: the inputs in one object, instead of the three below; or the resource options.
            opts: Pulumi's resource options; `ignore_changes` takes `streamId`, `accessPolicy` and `accessRestrictions`.
            stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
            access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.
            access_restrictions: the domains and user agents that may play it. Changing them keeps the playback ID;
                taking them out opens it to all of them.
            unknown: nothing; what is misspelt ends here, without the name of this class in the message.

        Raises:
            TypeError: the inputs or the options were given twice, or no inputs; or an argument is unknown.
        """
        if unknown:
            raise TypeError(_unknown_argument(next(iter(unknown))))
        if isinstance(args, ResourceOptions):
            if opts is not None:
                raise TypeError("LivePlaybackId got its resource options twice.")
            args, opts = None, args
        given = {"stream_id": stream_id, "access_policy": access_policy, "access_restrictions": access_restrictions}
        self._declare(resource_name, _inputs(args, given), opts)

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
        # Not known before the stream is: a preview reads by any id it knows, and couldn't without the stream.
        known = Output.all(id, stream_id).apply(lambda both: str(both[0]))
        return cls(resource_name, ResourceOptions.merge(opts, ResourceOptions(id=known)), stream_id=stream_id)

    @property
    def stream_id(self) -> Output[str]:
        """The live stream it belongs to."""
        return self._output("stream_id")

    @property
    def access_policy(self) -> Output[str]:
        """`"public"`: anyone who has the address can watch. `"private"`: the address needs `?token=<JWT>`."""
        return self._output("access_policy")

    @property
    def access_restrictions(self) -> Output[AccessRestrictions | None]:
        """The domains and user agents that may play it, as declared; of one that was looked up, as FastPix shows them.

        None, or without one of the two, if there are no rules.
        """
        return self._output("access_restrictions")

    @property
    def hls_url(self) -> Output[str]:
        """The HLS address for players. A private playback ID needs `?token=<JWT>` appended.

        The form is that of FastPix's player and documentation. It is derived from the id.
        """
        return self.id.apply(hls_url)


# What Python's own TypeErrors call these, of arguments that are missing or unknown: by the name that programs use.
DeclaredPlaybackId.__init__.__qualname__ = "LivePlaybackId.__init__"
vars(DeclaredPlaybackId)["get"].__func__.__qualname__ = "LivePlaybackId.get"


def _unknown_argument(name: str) -> str:
    inputs = list(inspect.signature(LivePlaybackIdArgs).parameters)
    meant = DeclaredPlaybackId.python_names.get(name)
    hint = f": did you mean {meant}?" if meant in inputs else f". Its inputs are {_and(inputs)}."
    return f"LivePlaybackId has no argument {name}{hint}"


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _inputs(args: object, given: dict[str, Any]) -> dict[str, Any]:
    """The inputs as the SDK takes them, from either form in which they can be given. A new dict each time.

    Raises:
        TypeError: the inputs were given in both forms, or in neither.
    """
    if args is None:
        if given["stream_id"] is None:
            raise TypeError("LivePlaybackId needs stream_id=, the ID of the live stream.")
    elif not isinstance(args, LivePlaybackIdArgs):
        raise TypeError(
            f"The second argument of LivePlaybackId must be a LivePlaybackIdArgs or ResourceOptions, not a "
            f"{type(args).__name__}. Give inputs as keywords, such as stream_id=…, and options as opts=…."
        )
    elif any(value is not None for value in given.values()):
        raise TypeError("LivePlaybackId takes its inputs from LivePlaybackIdArgs or from keywords, not both.")
    else:
        given = vars(args)
    return {name: as_stored(value) for name, value in given.items()}
