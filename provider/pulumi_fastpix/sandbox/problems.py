"""The problems of a fault or of switches in plain sentences, in place of those of the validation library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

# By the type of a problem, or the first word of the type.
_SENTENCES = {
    "missing": "{field} is missing",
    "literal_error": "{field} must be {expected}",
    "greater_than_equal": "{field} must be at least {ge:g}",
    "less_than_equal": "{field} must be at most {le:.0f}",
    "finite": "{field} must be a finite number",
    "int": "{field} must be a whole number",
    "float": "{field} must be a number",
    "string": "{field} must be a text",
    "list": "a JSON list is needed",
    "dataclass": "a JSON object is needed",
    "dict": "a JSON object is needed",
    "model": "a JSON object is needed",
    "json": "the body is not valid JSON",
}
_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}


def problems_of(error: ValidationError, names: Iterable[str]) -> str:
    """The problems in one line.

    Args:
        error: the problems as pydantic found them.
        names: the fields that exist, to be listed if another one was given.
    """
    return "; ".join(_problem(one, names) for one in error.errors())


def _problem(error: ErrorDetails, names: Iterable[str]) -> str:
    # Of the faults in a list, the location begins with the place of the fault.
    place = "".join(f"{part}: " for part in error["loc"] if isinstance(part, int))
    field = ".".join(part for part in error["loc"] if isinstance(part, str))
    kind = error["type"]
    if kind == "value_error":  # a sentence of ours
        return place + error["msg"].removeprefix("Value error, ")
    if kind in _UNKNOWN:
        return f"{place}there is no {field!r}, but there are {', '.join(names)}"
    sentence = _SENTENCES.get(kind) or _SENTENCES.get(kind.partition("_")[0], "{field} is not valid")
    return place + sentence.format(field=field, **error.get("ctx", {}))
