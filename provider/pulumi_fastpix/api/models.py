"""The form of FastPix's responses, as far as they are used here.

Unknown fields are ignored, so that new ones break nothing, and are not kept: the stream object carries the
stream's secrets on every read (`streamKey`, `srtSecret`, `srtPlaybackResponse`).
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from pulumi_fastpix.api.ids import ID_CHARACTERS

NonEmpty = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=rf"^{ID_CHARACTERS}$")]
"""As the program's own ids: anything else would be shown in messages, and sent in addresses, as it came."""


class _Wire(BaseModel):
    # hide_input_in_errors: a validation error of a stream would otherwise print its secrets.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class PlaybackId(_Wire):
    """A playback ID: `{"id": "4375…", "accessPolicy": "public"}`. It has no name, no tag and no creation time."""

    id: Id
    access_policy: NonEmpty = Field(alias="accessPolicy")


class Stream(_Wire):
    """A live stream, reduced to its id and its playback IDs.

    `playbackIds` is how recorded responses call the list; FastPix's SDKs of 2025 called it `playbackId`. FastPix
    leaves empty optional fields out, so a missing list is an empty one.
    """

    stream_id: Id = Field(alias="streamId")
    playback_ids: Annotated[tuple[PlaybackId, ...], BeforeValidator(lambda listed: listed or ())] = Field(
        default=(), validation_alias=AliasChoices("playbackIds", "playbackId")
    )

    @cached_property
    def by_id(self) -> dict[str, PlaybackId]:
        """Its playback IDs by their ids: one list may be asked for thousands of them."""
        return {playback_id.id: playback_id for playback_id in self.playback_ids}


class PlaybackIdResponse(_Wire):
    """The response to creating and to reading a playback ID."""

    success: Literal[True]
    data: PlaybackId


class StreamResponse(_Wire):
    """The response to reading a stream."""

    success: Literal[True]
    data: Stream


class StreamsResponse(_Wire):
    """The response to listing streams."""

    success: Literal[True]
    data: tuple[Stream, ...]


class Pagination(_Wire):
    """Where a page of a list is in the whole list."""

    total_records: int = Field(alias="totalRecords", ge=0)


class StreamPageResponse(StreamsResponse):
    """The response to listing streams, for whoever wants them all."""

    pagination: Pagination


class DeletedResponse(_Wire):
    """The response to deleting: `{"success": true}`."""

    success: Literal[True]


class FieldProblem(_Wire):
    """One entry of `error.fields`, given with status 422."""

    field: str = ""
    message: str = ""


class ErrorDetail(_Wire):
    """FastPix's `error` object. `code` repeats the HTTP status."""

    code: int
    message: Annotated[str, BeforeValidator(lambda text: text or "")] = ""
    description: str | None = None
    fields: Annotated[tuple[FieldProblem, ...], BeforeValidator(lambda listed: listed or ())] = ()


class ErrorResponse(_Wire):
    """FastPix's error envelope: `{"success": false, "error": {"code": 404, "message": "stream not found", …}}`."""

    success: Literal[False]
    error: ErrorDetail
