"""Interrupted creates are paired with the playback IDs that they may have made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from pulumi_fastpix.cli.recover.pairing import Pairs, TooMany, pair

HERE, THERE = "here", "there"


def paired(creates: str, orphaning: str, here: Sequence[str], *, confirmed: bool = False) -> Pairs[str, str]:
    undeclared: Mapping[str, Sequence[str]] = {HERE: here, THERE: ["9"]}
    places = [HERE] if confirmed else [THERE]
    return pair([(one, HERE) for one in creates], [(one, HERE) for one in orphaning], undeclared, places)


@pytest.mark.parametrize(
    ("creates", "orphaning", "here", "made", "not_made"),
    [
        ("", "", ["1"], {}, ""),
        ("a", "", [], {}, "a"),
        ("a", "", ["1"], {"a": "1"}, ""),
        ("abc", "", ["1", "2"], {"a": "1", "b": "2"}, "c"),
        ("a", "b", ["1"], {"a": "1"}, ""),
        ("", "b", [], {}, ""),
    ],
)
def test_creates_take_the_undeclared_playback_ids_in_turn(
    creates: str, orphaning: str, here: Sequence[str], made: dict[str, str], not_made: str
) -> None:
    for confirmed in (False, True):
        pairs = paired(creates, orphaning, here, confirmed=confirmed)
        assert (dict(pairs.made), "".join(pairs.not_made), pairs.too_many) == (made, not_made, ())


@pytest.mark.parametrize(("orphaning", "made"), [("b", {"a": "1", "b": "2"}), ("bc", {"a": "1", "b": "2"})])
def test_an_orphan_needs_a_persons_confirmation(orphaning: str, made: dict[str, str]) -> None:
    assert paired("a", orphaning, ["1", "2"]).too_many == (TooMany(HERE, 1, len(orphaning), ("1", "2")),)
    assert dict(paired("a", orphaning, ["1", "2"], confirmed=True).made) == made


def test_more_playback_ids_than_creates_need_a_decision_in_that_place_only() -> None:
    pairs = pair([("a", HERE), ("b", THERE)], [], {HERE: ["1", "2"], THERE: ["3"]}, [HERE])
    assert pairs.too_many == (TooMany(HERE, 1, 0, ("1", "2")),)
    assert dict(pairs.made) == {"b": "3"}


@pytest.mark.parametrize("order", ["abc", "bca", "cba"])
@pytest.mark.parametrize(
    ("here", "made"),
    [
        (["3", "1", "2"], {"a": "1", "b": "2", "c": "3"}),
        (["1"], {"a": "1"}),
        (["2"], {"b": "2"}),
        (["1", "2"], {"a": "1", "b": "2"}),
    ],
)
def test_none_goes_to_a_create_that_it_was_there_before(order: str, here: Sequence[str], made: dict[str, str]) -> None:
    before = {"a": "", "b": "1", "c": "12"}
    pairs = pair([(one, HERE) for one in order], [], {HERE: here}, [HERE], existed=before.__getitem__)
    assert dict(pairs.made) == made
    assert set(pairs.not_made) == before.keys() - made.keys()


def test_those_that_were_there_before_all_creates_go_to_any() -> None:
    """What is known to be so isn't among them; but a person may have said that it is theirs all the same."""
    pairs = pair([("a", HERE), ("b", HERE)], [], {HERE: ["1", "2"]}, [HERE], existed=lambda _: {"1"})
    assert dict(pairs.made) == {"a": "2", "b": "1"}
