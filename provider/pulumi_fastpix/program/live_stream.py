"""How a Python program declares a live stream: arguments, outputs and their names, whichever provider serves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
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
from pulumi_fastpix.program.resource import DeclaredResource, called_by_public_name, options_of_lookup, or_else
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.addresses import RTMPS, SRT
from pulumi_fastpix.resources.live_stream import LIVE_STREAM, names
from pulumi_fastpix.resources.names import ACCESS_POLICY

if TYPE_CHECKING:
    from typing_extensions import Self  # in Python's own `typing` from 3.11 on

    from pulumi_fastpix.program.signing_key import DeclaredSigningKey


class MaxResolution(str, Enum):
    """The highest resolution in which a stream is played.

    Attributes:
        P1080: 1080 lines.
        P720: 720 lines.
        P480: 480 lines.
    """

    P1080 = "1080p"
    P720 = "720p"
    P480 = "480p"


class LiveStreamArgs:
    """The inputs of a `LiveStream`, for programs that build them apart from the resource. None is required.

    Names, limits and defaults are those of FastPix's specification and SDKs, but for the default of `media_policy`.

    Args:
        access_policy: who can watch by the playback ID that comes with the stream: `"public"` (the default) or
            `"private"`. Changing it replaces the stream.
        access_restrictions: the domains and user agents that may play that playback ID. Changing them keeps the stream;
            taking them out opens it to all of them.
        max_resolution: the highest resolution in which it is played: `"1080p"` (the default), `"720p"` or `"480p"`.
            Changing it replaces the stream.
        reconnect_window: how long FastPix waits for an encoder that was cut off before it ends the broadcast: 60 (the
            default) to 1800 seconds. Changing it keeps the stream.
        media_policy: who can watch the recordings: `"public"` or `"private"`. The same as the access policy unless it
            is given. Changing it replaces the stream.
        metadata: up to 10 texts of your own, by keys of your own; keys and texts of up to 255 characters. Changing it
            keeps the stream; taking it out removes what was declared. If it was never declared, it is left alone.
        enable_dvr_mode: whether viewers can go back in a broadcast while it lasts. False by default. Changing it
            replaces the stream.
        enable_recording: whether broadcasts are recorded. True by default. Changing it replaces the stream.
    """

    def __init__(
        self,
        *,
        access_policy: Input[AccessPolicy | str | None] = None,
        access_restrictions: Input[AccessRestrictionsArgs | AccessRestrictionsArgsDict | None] = None,
        max_resolution: Input[MaxResolution | str | None] = None,
        reconnect_window: Input[int | None] = None,
        media_policy: Input[AccessPolicy | str | None] = None,
        metadata: Input[Mapping[str, Input[str]] | None] = None,
        enable_dvr_mode: Input[bool | None] = None,
        enable_recording: Input[bool | None] = None,
    ) -> None:
        self.access_policy = access_policy
        self.access_restrictions = access_restrictions
        self.max_resolution = max_resolution
        self.reconnect_window = reconnect_window
        self.media_policy = media_policy
        self.metadata = metadata
        self.enable_dvr_mode = enable_dvr_mode
        self.enable_recording = enable_recording


class DeclaredLiveStream(DeclaredResource):
    """The arguments and outputs of a live stream. Each provider has a resource class made of this.

    Every recorded response of FastPix has all that the outputs give, but for empty metadata, which is left out.
    """

    resource_type = LIVE_STREAM
    args_class = LiveStreamArgs
    outputs = names.OUTPUT_KEYS

    id: Output[str]
    """The stream ID: 32 hex digits."""

    @overload
    def __init__(self, resource_name: str, args: LiveStreamArgs, opts: ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        *,
        access_policy: Input[AccessPolicy | str | None] = None,
        access_restrictions: Input[AccessRestrictionsArgs | AccessRestrictionsArgsDict | None] = None,
        max_resolution: Input[MaxResolution | str | None] = None,
        reconnect_window: Input[int | None] = None,
        media_policy: Input[AccessPolicy | str | None] = None,
        metadata: Input[Mapping[str, Input[str]] | None] = None,
        enable_dvr_mode: Input[bool | None] = None,
        enable_recording: Input[bool | None] = None,
    ) -> None: ...

    def __init__(  # type: ignore[misc]  # of the two forms, the second one has `opts` where the first one has `args`
        self,
        resource_name: str,
        args: LiveStreamArgs | ResourceOptions | None = None,
        opts: ResourceOptions | None = None,
        **inputs: Any,
    ) -> None:
        """Declare a live stream.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for streams.
            args: the inputs in one object; or the resource options.
            opts: Pulumi's resource options; `ignore_changes` takes the names of the state, such as `reconnectWindow`.
            inputs: instead of `args`, the same as keywords, such as `reconnect_window=…`: see :class:`LiveStreamArgs`.

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
        *,
        playback_id: Input[str | None] = None,
    ) -> Self:
        """Use a stream that exists already, without owning it: it is read, never changed or deleted.

        Args:
            resource_name: the name in the Pulumi program.
            id: the stream ID.
            opts: Pulumi's resource options.
            playback_id: the playback ID that came with it, which FastPix doesn't tell. Without it, the outputs that are
                about that playback ID have no value.
        """
        lookup: dict[str, Any] = {"playback_id": or_else(playback_id, names.NOT_NAMED)}
        return cls(resource_name, options_of_lookup(opts, id, playback_id), **lookup)

    def _with_defaults(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """A stream that not everybody can watch isn't to leave recordings behind that everybody can."""
        filled = super()._with_defaults(inputs)
        return {**filled, names.MEDIA_POLICY: or_else(filled[names.MEDIA_POLICY], filled[ACCESS_POLICY])}

    def _not_found(self, lookup: dict[str, Any]) -> frozenset[str]:
        names_none = lookup[names.PLAYBACK_ID] == names.NOT_NAMED
        return frozenset((names.PLAYBACK_ID, ACCESS_POLICY, ACCESS_RESTRICTIONS) if names_none else ())

    def _merged(self, opts: ResourceOptions | None, inputs: dict[str, Any]) -> ResourceOptions:
        """Whoever ignores changes of the access policy ignores those of the default that follows it."""
        merged = super()._merged(opts, inputs)
        if inputs.get(names.MEDIA_POLICY) is None and ACCESS_POLICY in (merged.ignore_changes or ()):
            merged.ignore_changes = [*(merged.ignore_changes or ()), names.MEDIA_POLICY]
        return merged

    @property
    def access_policy(self) -> Output[str | None]:
        """Who can watch by the playback ID that came with it: `"public"` or `"private"`.

        None of a stream that was looked up without its playback ID.
        """
        return self._output(ACCESS_POLICY)

    @property
    def access_restrictions(self) -> Output[AccessRestrictions | None]:
        """The domains and user agents that may play that playback ID, as declared.

        Of a stream that was looked up, as FastPix shows them. None, or without one of the two, if there are no rules.
        """
        return self._output(ACCESS_RESTRICTIONS).apply(as_seen)

    @property
    def max_resolution(self) -> Output[str]:
        """The highest resolution in which it is played, such as `"1080p"`."""
        return self._output(names.MAX_RESOLUTION)

    @property
    def reconnect_window(self) -> Output[int]:
        """How long FastPix waits for an encoder that was cut off before it ends the broadcast, in seconds."""
        return self._output(names.RECONNECT_WINDOW).apply(lambda seconds: seconds and int(seconds))

    @property
    def media_policy(self) -> Output[str]:
        """Who can watch the recordings: `"public"` or `"private"`."""
        return self._output(names.MEDIA_POLICY)

    @property
    def metadata(self) -> Output[dict[str, str] | None]:
        """Texts of your own, as declared. Of a stream that was looked up, as FastPix shows them."""
        return self._output(names.METADATA)

    @property
    def enable_dvr_mode(self) -> Output[bool]:
        """Whether viewers can go back in a broadcast while it lasts."""
        return self._output(names.ENABLE_DVR_MODE)

    @property
    def enable_recording(self) -> Output[bool]:
        """Whether broadcasts are recorded."""
        return self._output(names.ENABLE_RECORDING)

    @property
    def playback_id(self) -> Output[str | None]:
        """The playback ID that came with it. No value if that was deleted, or the stream was looked up without it."""
        return self._output(names.PLAYBACK_ID)

    @property
    def hls_url(self) -> Output[str | None]:
        """The HLS address of that playback ID. A private one needs `?token=<JWT>` appended."""
        return hls_address(self.playback_id)

    def signed_hls_url(self, key: DeclaredSigningKey, *, expires_at: datetime) -> Output[str | None]:
        """That address with a token, as a secret; None if that has no value. See `LivePlaybackId.signed_hls_url`.

        Args:
            key: the `SigningKey` that signs it.
            expires_at: when the token ends, with a time zone. The same one gives the same address.

        Raises:
            pulumi.RunError: as there.
        """
        return signed_address(self, self.playback_id, key, expires_at)

    @property
    def rtmps_url(self) -> Output[str]:
        """Where an encoder broadcasts to over RTMPS, with the stream key; the same for all streams."""
        return self.id.apply(lambda _: RTMPS)

    @property
    def srt_url(self) -> Output[str]:
        """Where an encoder broadcasts to over SRT, with the stream key and the SRT secret; the same for all streams."""
        return self.id.apply(lambda _: SRT)

    @property
    def stream_key(self) -> Output[str]:
        """Secret. Whoever has it can broadcast."""
        return self._output(names.STREAM_KEY)

    @property
    def srt_secret(self) -> Output[str]:
        """Secret. With the stream key, it lets an encoder broadcast over SRT."""
        return self._output(names.SRT_SECRET)

    @property
    def srt_playback_stream_id(self) -> Output[str]:
        """The ID by which the stream is watched over SRT."""
        return self._output(names.SRT_PLAYBACK_STREAM_ID)

    @property
    def srt_playback_secret(self) -> Output[str]:
        """Secret. It lets somebody watch over SRT."""
        return self._output(names.SRT_PLAYBACK_SECRET)

    @property
    def created_at(self) -> Output[str]:
        """When FastPix made it, a time of ISO 8601 in UTC."""
        return self._output(names.CREATED_AT)

    @property
    def max_duration(self) -> Output[float]:
        """The `maxDuration` that FastPix shows of it: 0 in every recorded response. Its unit isn't known."""
        return self._output(names.MAX_DURATION)

    @property
    def trial(self) -> Output[bool]:
        """Whether it was made on a trial account."""
        return self._output(names.TRIAL)


called_by_public_name(DeclaredLiveStream)
