"""The form of FastPix's responses, as far as they are used here.

Unknown fields are ignored, so that new ones break nothing, and are not kept. The stream object carries the stream's
secrets on every read (`streamKey`, `srtSecret`, `srtPlaybackResponse`): they are hidden wherever it is printed.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from pulumi_fastpix.api.ids import ID_CHARACTERS

NonEmpty = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=rf"^{ID_CHARACTERS}$")]
"""As the program's own ids: anything else would be shown in messages, and sent in addresses, as it came."""


Entries = Annotated[tuple[str, ...], BeforeValidator(lambda listed: listed or ())]


class Wire(BaseModel):
    """The base of all responses and their parts."""

    # hide_input_in_errors: a validation error of a stream would otherwise print its secrets.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Rules(Wire):
    """The rules for domains, or for user agents: who may play a playback ID. A field left out has its default."""

    default_policy: Annotated[str, BeforeValidator(lambda policy: policy or "allow")] = Field(
        default="allow", alias="defaultPolicy"
    )
    allow: Entries = ()
    deny: Entries = ()


def _if_understood(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """None for what has another form than it is known to have: whoever doesn't use it shouldn't be troubled by it."""
    try:
        return None if value is None else validate(value)
    except ValidationError:
        return None


ShownRules = Annotated[Rules | None, WrapValidator(_if_understood)]
"""None where FastPix shows none, or others than are known."""


class AccessRestrictions(Wire):
    """The access restrictions of a playback ID, as far as they are shown."""

    domains: ShownRules = None
    user_agents: ShownRules = Field(default=None, alias="userAgents")


class PlaybackId(Wire):
    """A playback ID: `{"id": "4375…", "accessPolicy": "public"}`. It has no name, no tag and no creation time.

    No recorded response of a live playback ID shows its access restrictions. They are older than these at FastPix;
    its newer SDKs have them in the same place as for on-demand media.
    """

    id: Id
    access_policy: NonEmpty = Field(alias="accessPolicy")
    access_restrictions: Annotated[
        AccessRestrictions, BeforeValidator(lambda shown: shown if isinstance(shown, dict) else {})
    ] = Field(default=AccessRestrictions(), alias="accessRestrictions")

    @property
    def kind(self) -> str:
        """What all playback IDs of a stream have in common that were made alike."""
        return self.access_policy

    def may_be(self, kind: str) -> bool:
        """Whether it was made alike."""
        return self.access_policy == kind


class SrtPlayback(Wire):
    """How a stream is watched over SRT."""

    stream_id: str | None = Field(default=None, alias="srtPlaybackStreamId")
    secret: SecretStr | None = Field(default=None, alias="srtPlaybackSecret")


class StreamDetails(Wire):
    """What a live stream has besides its playback IDs. None is what FastPix doesn't show.

    In every recorded response all of it is there, but for empty metadata.
    """

    stream_key: SecretStr = Field(alias="streamKey")
    srt_secret: SecretStr | None = Field(default=None, alias="srtSecret")
    srt_playback: Annotated[SrtPlayback, BeforeValidator(lambda shown: shown or {})] = Field(
        default=SrtPlayback(), alias="srtPlaybackResponse"
    )
    created_at: Annotated[str | None, WrapValidator(_if_understood)] = Field(default=None, alias="createdAt")
    max_duration: Annotated[float | None, WrapValidator(_if_understood)] = Field(default=None, alias="maxDuration")
    trial: Annotated[bool | None, WrapValidator(_if_understood)] = None
    max_resolution: str | None = Field(default=None, alias="maxResolution")
    reconnect_window: int | None = Field(default=None, alias="reconnectWindow")
    media_policy: str | None = Field(default=None, alias="mediaPolicy")
    metadata: Annotated[dict[str, Any], BeforeValidator(lambda shown: shown or {})] = Field(default={})
    enable_dvr_mode: bool | None = Field(default=None, alias="enableDvrMode")
    enable_recording: bool | None = Field(default=None, alias="enableRecording")


class Stream(Wire):
    """A live stream: its id, its playback IDs, and the rest.

    `playbackIds` is how recorded responses call the list; FastPix's SDKs of 2025 called it `playbackId`. FastPix
    leaves empty optional fields out, so a missing list is an empty one.

    Attributes:
        details: None if they aren't understood. Whoever wants the playback IDs alone shouldn't be troubled by it.
    """

    stream_id: Id = Field(alias="streamId")
    playback_ids: Annotated[tuple[PlaybackId, ...], BeforeValidator(lambda listed: listed or ())] = Field(
        default=(), validation_alias=AliasChoices("playbackIds", "playbackId")
    )
    details: Annotated[StreamDetails | None, WrapValidator(_if_understood)] = None

    @model_validator(mode="before")
    @classmethod
    def _with_details(cls, data: Any) -> Any:
        """In FastPix's responses the details stand beside the id."""
        return {**data, "details": data} if isinstance(data, dict) else data

    @property
    def id(self) -> str:
        """Its id, by the name that all objects have for it."""
        return self.stream_id

    @cached_property
    def kind(self) -> str:
        """What all streams have in common that were made alike: every setting that a create sends, as FastPix shows it.

        Restrictions are left out, since it isn't known that FastPix shows them.
        """
        details = self.details
        if details is None:
            return "unknown"
        policies = sorted(playback_id.access_policy for playback_id in self.playback_ids)
        return kind_of_stream(
            policies[0] if len(policies) == 1 else policies or None,
            details.max_resolution,
            details.reconnect_window,
            details.media_policy,
            details.metadata,
            details.enable_dvr_mode,
            details.enable_recording,
        )

    def may_be(self, kind: str) -> bool:
        """Whether it was made alike, as far as FastPix shows: its playback ID may come late, a setting be left out."""
        if self.details is None:
            return True
        shown, made = json.loads(self.kind), json.loads(kind)
        return all(one is None or one == other for one, other in zip(shown, made, strict=True))

    @cached_property
    def by_id(self) -> dict[str, PlaybackId]:
        """Its playback IDs by their ids: one list may be asked for thousands of them."""
        return {playback_id.id: playback_id for playback_id in self.playback_ids}


def kind_of_stream(*settings: object) -> str:
    """The settings of a stream as one string that can be compared."""
    return json.dumps(settings, sort_keys=True)


class PlaybackIdResponse(Wire):
    """The response to creating and to reading a playback ID."""

    success: Literal[True]
    data: PlaybackId


def _demand_rules(data: Any) -> Any:
    """Let nothing pass for rules that shows none: it would mean that everybody is let in."""
    if isinstance(data, dict) and not data.keys() & {"defaultPolicy", "allow", "deny"}:
        raise ValueError("no rules are shown")
    return data


class RulesResponse(Wire):
    """The response to changing the rules for domains or for user agents: what they are now."""

    success: Literal[True]
    data: Annotated[Rules, BeforeValidator(_demand_rules)]


class StreamResponse(Wire):
    """The response to creating, reading and changing a stream."""

    success: Literal[True]
    data: Stream


class StreamsResponse(Wire):
    """The response to listing streams."""

    success: Literal[True]
    data: tuple[Stream, ...]


class Pagination(Wire):
    """Where a page of a list is in the whole list."""

    total_records: int = Field(alias="totalRecords", ge=0)


class StreamPageResponse(StreamsResponse):
    """The response to listing streams, for whoever wants them all."""

    pagination: Pagination


class DeletedResponse(Wire):
    """The response to deleting: `{"success": true}`."""

    success: Literal[True]


class FieldProblem(Wire):
    """One entry of `error.fields`, given with status 422."""

    field: str = ""
    message: str = ""


class ErrorDetail(Wire):
    """FastPix's `error` object. `code` repeats the HTTP status."""

    code: int
    message: Annotated[str, BeforeValidator(lambda text: text or "")] = ""
    description: str | None = None
    fields: Annotated[tuple[FieldProblem, ...], BeforeValidator(lambda listed: listed or ())] = ()


class ErrorResponse(Wire):
    """FastPix's error envelope: `{"success": false, "error": {"code": 404, "message": "stream not found", …}}`."""

    success: Literal[False]
    error: ErrorDetail
