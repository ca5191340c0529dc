"""What may be sent to the live API, checked field by field as FastPix checks it.

Limits and defaults are those of the FastPix OpenAPI spec. A null where a value belongs, a body that is no
JSON object and the dotted names of nested fields are our guess.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from pulumi_fastpix.sandbox.data.records import AccessPolicy, RestrictedBy, Restrictions, Rules, StreamSettings
from pulumi_fastpix.sandbox.fastpix.answers import INVALID, MISSING, FieldProblem, validation_error
from pulumi_fastpix.sandbox.switches import Switches

MetadataValue = Annotated[str, StringConstraints(max_length=255)]


class _RequestBody(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True)


class RulesBody(_RequestBody):
    """Body of a change of restrictions; `{}` is one."""

    default_policy: Literal["allow", "deny"] = "allow"
    allow: list[str] = Field(default_factory=list)
    deny: list[str] = Field(default_factory=list)

    def rules(self) -> Rules:
        """What they say, with defaults for what they leave out."""
        return self.merged_into(Rules())

    def merged_into(self, rules: Rules) -> Rules:
        """Those rules, but for what these say."""
        given = self.model_fields_set
        return Rules(
            default_policy=self.default_policy if "default_policy" in given else rules.default_policy,
            allow=tuple(self.allow) if "allow" in given else rules.allow,
            deny=tuple(self.deny) if "deny" in given else rules.deny,
        )


class RestrictionsBody(_RequestBody):
    """Restrictions that a playback ID is created with."""

    domains: RulesBody = Field(default_factory=RulesBody)
    user_agents: RulesBody = Field(default_factory=RulesBody)


class PlaybackIdBody(_RequestBody):
    """Body of a playback ID's creation; `{}` is one."""

    access_policy: AccessPolicy = "public"
    access_restrictions: RestrictionsBody = Field(default_factory=RestrictionsBody)

    def restrictions(self) -> Restrictions:
        """Those that are given."""
        given = self.access_restrictions
        by: dict[RestrictedBy, RulesBody] = {"domains": given.domains, "userAgents": given.user_agents}
        return {name: body.rules() for name, body in by.items() if body.model_fields_set}


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


def parse(model: type[_Body], raw: bytes, switches: Switches) -> _Body:
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
        if switches.unknown_fields == "refused":
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
