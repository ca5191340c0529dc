"""Creates and what they may have made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pulumi_fastpix.pairing import TooMany, pair

HERE, THERE = "here", "there"


@pytest.mark.parametrize(
    ("creates", "here", "not_ours", "made", "not_made"),
    [
        ("", ["1"], [], {}, ""),
        ("a", [], [], {}, "a"),
        ("a", ["1"], [], {"a": "1"}, ""),
        ("abc", ["1", "2"], [], {"a": "1", "b": "2"}, "c"),
        ("a", ["1", "2"], ["1"], {"a": "2"}, ""),
        ("ab", ["1"], ["1"], {}, "ab"),
    ],
)
def test_pairs(creates: str, here: Sequence[str], not_ours: Sequence[str], made: dict[str, str], not_made: str) -> None:
    pairs = pair([(create, HERE) for create in creates], {HERE: here, THERE: ["9"]}, not_ours)
    assert (dict(pairs.made), "".join(pairs.not_made), pairs.too_many) == (made, not_made, ())


def test_more_than_were_begun_is_for_a_person_to_judge_and_only_there() -> None:
    pairs = pair([("a", HERE), ("b", THERE)], {HERE: ["1", "2"], THERE: ["3"]})
    assert pairs.too_many == (TooMany(HERE, 1, ("1", "2")),)
    assert dict(pairs.made) == {"b": "3"}
