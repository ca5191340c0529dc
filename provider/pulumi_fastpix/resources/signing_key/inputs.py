"""The inputs of a signing key: checking them, and comparing them with the state. Pure, and light to import."""

from __future__ import annotations

from typing import Any

from pulumi_fastpix.api.ids import problem_of_id, type_name
from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.base import Change, Problem, Unknown, Values
from pulumi_fastpix.resources.checking import problems_of, problems_of_names
from pulumi_fastpix.resources.signing_key.names import INPUT_KEYS, ROTATION

IMPORT_ID = "<signing key ID>"


def check(inputs: Values) -> tuple[dict[str, Any], list[Problem]]:
    """Find every problem at once; unknown values pass.

    Returns:
        The inputs to go on with, and the problems.
    """
    checked = {key: value for key, value in inputs.items() if value is not None}
    return checked, [
        *problems_of_names(checked, INPUT_KEYS),
        *problems_of(ROTATION, checked.get(ROTATION, ""), _wrong_with_rotation),
    ]


def diff(state: Values, inputs: Values) -> Change:
    """Compare the stored state with checked inputs. A value not known yet counts as a change."""
    value = inputs.get(ROTATION)
    differs = isinstance(value, Unknown) or value != state.get(ROTATION)
    return Change(replaces=(ROTATION,) if differs else ())


def warning_of_replacement(key_id: str, keys: tuple[str, ...], inputs: Values) -> str:
    """What ends with a key that is replaced; nothing as long as it isn't certain."""
    if not keys or isinstance(inputs.get(ROTATION), Unknown):
        return ""
    return (
        f"Signing key {key_id} is replaced: every token that it has signed ends when it is deleted. "
        f"For viewers to keep theirs, declare a second key beside it, sign with that one, and take this one out when "
        f"its last token has expired."
    )


def parse_import_id(import_id: str) -> tuple[str, dict[str, Any]]:
    """The signing key's ID.

    Raises:
        InvalidInputError: it can't be one.
    """
    validate_id(import_id)
    return import_id, {}


def validate_id(key_id: object) -> None:
    """Let an id pass that may be valid. No check runs before a lookup.

    Raises:
        InvalidInputError: it can't be.
    """
    if problem := problem_of_id("a signing key's ID", key_id):
        raise InvalidInputError(f"Invalid signing key ID: {problem}.")


def _wrong_with_rotation(value: object) -> str | None:
    if isinstance(value, str):
        return None
    return f"rotation is any text, such as '2026-11', not {type_name(value)}: another text makes another key"
