"""The inputs of a signing key: what is refused, what replaces, and what a preview warns of."""

from __future__ import annotations

import pytest

from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.resources.base import UNKNOWN
from pulumi_fastpix.resources.signing_key.inputs import check, diff, parse_import_id, warning_of_replacement
from support.playback_ids import STREAM_KEY


@pytest.mark.parametrize("rotation", ["2026-11", "", UNKNOWN])
def test_any_text_passes(rotation: object) -> None:
    assert check({"rotation": rotation}) == ({"rotation": rotation}, [])


@pytest.mark.parametrize("inputs", [{}, {"rotation": None}])
def test_none_is_needed(inputs: dict[str, object]) -> None:
    assert check(inputs) == ({}, [])


@pytest.mark.parametrize(
    ("rotation", "reason"), [(7.0, "not a number"), (True, "not a boolean"), ([], "not a list"), ({}, "not an object")]
)
def test_what_is_no_text_is_refused(rotation: object, reason: str) -> None:
    (problem,) = check({"rotation": rotation})[1]
    assert problem.path == "rotation"
    assert reason in problem.reason


def test_a_secret_is_refused_and_not_shown() -> None:
    (problem,) = check({"rotation": STREAM_KEY})[1]
    assert not problem.harmless
    assert STREAM_KEY not in problem.reason


@pytest.mark.parametrize(
    ("state", "inputs", "replaces"),
    [
        ({}, {}, ()),
        ({"rotation": "a"}, {"rotation": "a"}, ()),
        ({"rotation": "a"}, {"rotation": "b"}, ("rotation",)),
        ({"rotation": "a"}, {}, ("rotation",)),
        ({}, {"rotation": "a"}, ("rotation",)),
        ({"rotation": "a"}, {"rotation": UNKNOWN}, ("rotation",)),
    ],
)
def test_another_rotation_replaces(
    state: dict[str, object], inputs: dict[str, object], replaces: tuple[str, ...]
) -> None:
    change = diff(state, inputs)
    assert (change.replaces, change.updates) == (replaces, ())


def test_a_replacement_is_warned_of_once_it_is_certain() -> None:
    assert "every token that it has signed ends" in warning_of_replacement("key-1", ("rotation",), {"rotation": "b"})
    assert warning_of_replacement("key-1", ("rotation",), {"rotation": UNKNOWN}) == ""
    assert warning_of_replacement("key-1", (), {"rotation": "b"}) == ""


def test_an_import_id_is_the_keys_own() -> None:
    assert parse_import_id("b7158b65-302d-4fbd-9c48-503ca92bdd25") == ("b7158b65-302d-4fbd-9c48-503ca92bdd25", {})
    with pytest.raises(InvalidInputError, match="Invalid signing key ID"):
        parse_import_id("a/b")
