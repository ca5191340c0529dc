"""The verdicts on creates whose responses are lost, as tables. A create sent at event 1 is written as 1."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.exactly_once.accounting import Candidate, PendingCreate, too_many
from pulumi_fastpix.resources.exactly_once.verdicts import Ambiguous, Claim, Nothing, Unclear, Verdict, judge

UNCLEAR, NOTHING = Unclear(), Nothing()


def candidate(name: str, since: int, access_policy: str = "public") -> Candidate[PlaybackId]:
    return Candidate(PlaybackId(id=name, accessPolicy=access_policy), since)


def claim(name: str, access_policy: str = "public") -> Claim[PlaybackId]:
    return Claim(PlaybackId(id=name, accessPolicy=access_policy))


A, B = candidate("a", 5), candidate("b", 9)
PRIVATE = candidate("p", 5, "private")


@pytest.mark.parametrize(
    ("candidates", "others", "early", "late"),
    [
        ([], [], UNCLEAR, NOTHING),
        ([A], [], claim("a"), claim("a")),
        ([PRIVATE], [], UNCLEAR, NOTHING),
        ([A, PRIVATE], [], claim("a"), claim("a")),
        ([B, A], [], UNCLEAR, Ambiguous(("a", "b"))),
        ([B, A], [2], claim("a"), claim("a")),
        ([B, A], [7], claim("a"), claim("a")),
        ([A], [2], UNCLEAR, claim("a")),
        ([A], [7], UNCLEAR, claim("a")),
        ([], [7], UNCLEAR, NOTHING),
        ([A, B, candidate("c", 5)], [7], UNCLEAR, Ambiguous(("a", "c", "b"))),
        ([A, B, candidate("c", 5)], [7, 8], UNCLEAR, Ambiguous(("a", "c", "b"))),
    ],
)
def test_a_create_gets_a_candidate_early_only_if_there_is_one_for_each(
    candidates: list[Candidate[PlaybackId]], others: list[int], early: Verdict[PlaybackId], late: Verdict[PlaybackId]
) -> None:
    create = PendingCreate("public", 1)
    pending = [create, PendingCreate("private", 1), *(PendingCreate("public", sent) for sent in others)]
    for is_last, verdict in ((False, early), (True, late)):
        assert judge(create, pending, candidates, is_last=is_last, others_create=False) == verdict


def test_where_others_create_the_whole_period_is_waited_for() -> None:
    create = PendingCreate("public", 1)
    assert judge(create, [create], [A], is_last=False, others_create=True) == UNCLEAR
    assert judge(create, [create], [A], is_last=True, others_create=True) == claim("a")


def test_a_later_create_is_not_given_what_was_there_before() -> None:
    earlier, later = PendingCreate("public", 1), PendingCreate("public", 7)
    assert judge(later, [earlier, later], [A, B], is_last=True, others_create=False) == claim("b")
    assert judge(later, [earlier, later], [A], is_last=True, others_create=False) == NOTHING


def test_a_surplus_among_earlier_ones_is_not_named_for_a_create_that_cannot_have_made_them() -> None:
    earlier, later = PendingCreate("public", 1), PendingCreate("public", 7)
    assert judge(later, [earlier, later], [A, candidate("c", 5)], is_last=True, others_create=False) == NOTHING


@pytest.mark.parametrize(
    ("sinces", "sent", "surplus"),
    [
        ([], [], 0),
        ([5], [1], 0),
        ([5], [6], 1),
        ([5, 6], [1], 2),
        ([5, 9], [1, 7], 0),
        ([5, 6], [1, 7], 2),
        ([5, 9, 9], [1, 7], 3),
        ([5, 6, 9], [1, 7, 8], 2),
    ],
)
def test_too_many_are_those_that_had_appeared_before_enough_creates_were_sent(
    sinces: list[int], sent: list[int], surplus: int
) -> None:
    candidates = [candidate(str(since), since) for since in sinces]
    assert len(too_many(candidates, [PendingCreate("public", one) for one in sent])) == surplus
