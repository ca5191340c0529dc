"""Reads the body of a request into a model, and refuses an invalid one field by field as FastPix does.

The limits and defaults of the models are those of FastPix's OpenAPI specifications. The refusal of a null
value, of a body that is not a JSON object, and the dotted names of nested fields are our guess.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from pulumi_fastpix.sandbox.fastpix.responses import INVALID, MISSING, FieldProblem, validation_error

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.switches import Switches


class RequestBody(BaseModel):
    """A body, or an object in one; the names of its fields are camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)


Metadata: TypeAlias = Annotated[dict[str, Annotated[str, StringConstraints(max_length=255)]], Field(max_length=10)]

_Body = TypeVar("_Body", bound=RequestBody)


def parse(model: type[_Body], raw: bytes, switches: Switches) -> _Body:
    """The request's body as the model.

    Raises:
        RefusalError: 422, with an entry for each invalid field.
    """
    if not raw and switches.missing_body == "refused":
        raise validation_error([FieldProblem("body", MISSING)])
    try:
        fields = json.loads(raw or b"{}", parse_constant=_no_number)
        # JSON can hold one half of a surrogate pair, but no response can be encoded with it.
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


def _no_number(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python reads and JSON does not have."""
    raise ValueError(name)


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
