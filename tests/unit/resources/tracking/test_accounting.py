"""The candidates for a lost create, as set arithmetic."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.tracking.accounting import Accounting


def listed(*ids: str, access_policy: str = "public") -> list[PlaybackId]:
    return [PlaybackId(id=one, accessPolicy=access_policy) for one in ids]


@pytest.mark.parametrize(
    ("seen", "ours", "now", "candidates"),
    [
        ("", "", "", ""),
        ("", "", "a", "a"),
        ("a", "", "ab", "b"),
        ("", "a", "ab", "b"),
        ("a", "b", "cba", "c"),
        ("ab", "", "a", ""),
        ("", "", "aba", "ab"),
    ],
)
def test_candidates_are_the_listed_playback_ids_neither_seen_before_nor_ours(
    seen: str, ours: str, now: str, candidates: str
) -> None:
    accounting = Accounting(dict.fromkeys(seen, "public"), set(ours))
    assert accounting.candidates(listed(*now)) == listed(*candidates)


def test_a_list_that_lacks_one_of_ours_is_not_noted() -> None:
    accounting = Accounting(ours={"a", "b"})
    assert accounting.missing(listed("b", "c")) == ["a"]
    assert not accounting.note_list(listed("b", "c"))
    assert accounting.candidates(listed("c")) == listed("c")
    assert accounting.note_list(listed("a", "b", "c"))
    assert accounting.candidates(listed("c")) == []


@pytest.mark.parametrize(("seen", "ours", "is_new"), [("", "", True), ("a", "", False), ("", "a", False)])
def test_a_response_with_a_playback_id_known_before_is_not_new(seen: str, ours: str, *, is_new: bool) -> None:
    accounting = Accounting(dict.fromkeys(seen, "public"), set(ours))
    assert accounting.note_answer("a") is is_new
    assert ("a" in accounting.ours) is (is_new or "a" in ours)


def test_a_deleted_playback_id_is_expected_in_no_list_and_is_no_candidate() -> None:
    accounting = Accounting(ours={"a"})
    accounting.note_deletion("a")
    assert accounting.missing([]) == []
    assert accounting.candidates(listed("a")) == []
    assert not accounting.note_answer("a")


def test_known_before_lists_existing_playback_ids_of_a_policy_without_ours() -> None:
    accounting = Accounting()
    accounting.note_list([*listed("b", "a"), *listed("c", access_policy="private")])
    accounting.note_answer("d")
    accounting.note_list(listed("a", "b", "d"))
    accounting.note_deletion("b")
    assert accounting.known_before("public") == ["a"]
    assert accounting.known_before("private") == ["c"]
