"""What may be sent to the live API, checked field by field as FastPix checks it.

Limits and defaults are those of the FastPix OpenAPI spec. A null where a value belongs, a body that is no
JSON object and the dotted names of nested fields are our guess.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from pulumi_fastpix.sandbox.answers import INVALID, MISSING, FieldProblem, validation_error
from pulumi_fastpix.sandbox.records import AccessPolicy, StreamSettings

MetadataValue = Annotated[str, StringConstraints(max_length=255)]


class _RequestBody(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class PlaybackIdBody(_RequestBody):
    """Body of a playback ID's creation; `{}` is one."""

    access_policy: AccessPolicy = "public"
    # Taken without a look and without effect: no recorded response of the live API shows it.
    access_restrictions: Any = None


class PlaybackSettings(PlaybackIdBody):
    """The playback ID that a new stream comes with."""


class InputMediaSettings(_RequestBody):
    """How a new stream takes in and records."""

    max_resolution: Literal["1080p", "720p", "480p"] = "1080p"
    reconnect_window: int = Field(default=60, ge=60, le=1800)
    media_policy: AccessPolicy = "public"
    metadata: dict[str, MetadataValue] = Field(default_factory=dict, max_length=10)
    enable_dvr_mode: bool = False
    enable_recording: bool = True


class StreamBody(_RequestBody):
    """Body of a stream's creation: both parts are required, and may be empty."""

    playback_settings: PlaybackSettings
    input_media_settings: InputMediaSettings

    def settings(self) -> StreamSettings:
        """The part that the stream keeps."""
        return StreamSettings(**self.input_media_settings.model_dump())


_Body = TypeVar("_Body", bound=_RequestBody)


def parse(model: type[_Body], raw: bytes, *, refuse_unknown: bool) -> _Body:
    """The request's body as the model.

    Raises:
        RefusalError: 422 that names each field which is wrong.
    """
    if not raw:
        raise validation_error([FieldProblem("body", MISSING)])
    try:
        fields = json.loads(raw)
        # Half of a surrogate pair can be written in JSON, but not sent back.
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise validation_error([FieldProblem("body", INVALID)]) from None
    problems = []
    try:
        parsed = model.model_validate(fields)
    except ValidationError as error:
        problems = [_problem(one["loc"], one["type"], one["input"]) for one in error.errors()]
    else:
        if refuse_unknown:
            problems = [FieldProblem(name, INVALID) for name in _unknown(fields, parsed)]
        if not problems:
            return parsed
    raise validation_error(problems)


def _problem(location: tuple[int | str, ...], kind: str, given: object) -> FieldProblem:
    name = ".".join(str(part) for part in location) or "body"
    return FieldProblem(name, MISSING if kind == "missing" or given is None else INVALID)


def _unknown(fields: dict[str, Any], parsed: BaseModel, prefix: str = "") -> list[str]:
    attributes = {field.alias: attribute for attribute, field in type(parsed).model_fields.items()}
    names = []
    for name, value in fields.items():
        if name not in attributes:
            names.append(prefix + name)
        elif isinstance(part := getattr(parsed, attributes[name]), BaseModel):
            names += _unknown(value, part, f"{prefix}{name}.")
    return names
