"""The candidates for a lost create, as set arithmetic over events."""

from __future__ import annotations

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.exactly_once.accounting import Accounting, PendingCreate, Sighting


def listed(*ids: str, access_policy: str = "public") -> tuple[PlaybackId, ...]:
    return tuple(PlaybackId(id=one, accessPolicy=access_policy) for one in ids)


def read(accounting: Accounting[PlaybackId], *playback_ids: PlaybackId) -> list[str]:
    """A list that is requested and arrives now; the ids of the surplus in it."""
    sighting = Sighting(playback_ids, accounting.event(), accounting.event())
    return [one.id for one in accounting.note_list(sighting)]


def sent(accounting: Accounting[PlaybackId], access_policy: str = "public") -> PendingCreate:
    create = PendingCreate(access_policy)
    accounting.note_sent(create)
    return create


def lost(accounting: Accounting[PlaybackId], access_policy: str = "public") -> PendingCreate:
    create = sent(accounting, access_policy)
    create.in_doubt = True
    accounting.note_ended(create)
    return create


def candidates(accounting: Accounting[PlaybackId], create: PendingCreate) -> list[str]:
    return [one.listed.id for one in accounting.candidates_for(create)]


def test_candidates_are_the_listed_playback_ids_that_no_earlier_list_had_and_no_create_was_answered_with() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting, *listed("before"))
    create = lost(accounting)
    accounting.note_answer("answered")
    read(accounting, *listed("came", "before", "answered", "came"))
    assert candidates(accounting, create) == ["came"]


def test_a_playback_id_of_another_policy_is_no_candidate() -> None:
    accounting = Accounting[PlaybackId]()
    create = lost(accounting, "private")
    read(accounting, *listed("came"))
    assert candidates(accounting, create) == []


def test_what_a_list_had_before_a_create_was_sent_is_a_candidate_for_earlier_ones_only() -> None:
    accounting = Accounting[PlaybackId]()
    first = lost(accounting)
    read(accounting, *listed("came"))
    second = lost(accounting)
    read(accounting, *listed("came", "later"))
    assert candidates(accounting, first) == ["came", "later"]
    assert candidates(accounting, second) == ["later"]


def test_the_first_list_that_had_it_counts_and_earlier_lists_need_not_have_it() -> None:
    accounting = Accounting[PlaybackId]()
    create = lost(accounting)
    read(accounting)
    before = accounting.event()
    read(accounting, *listed("came"))
    first = accounting.event()
    read(accounting, *listed("came"))
    assert candidates(accounting, create) == ["came"]
    assert accounting.candidates_for(create, before) == []
    assert len(accounting.candidates_for(create, first)) == 1


def test_a_create_that_is_answered_or_refused_has_no_candidates() -> None:
    accounting = Accounting[PlaybackId]()
    create = sent(accounting)
    accounting.note_ended(create)
    assert accounting.pending == []


def test_a_playback_id_that_appears_while_a_create_is_under_way_is_nobody_elses_yet() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting)
    create = sent(accounting)
    read(accounting, *listed("came"))
    assert not accounting.others_create
    assert accounting.note_answer("came")
    accounting.note_ended(create)
    read(accounting, *listed("came"))
    assert not accounting.others_create


def test_a_playback_id_that_no_pending_create_has_made_shows_that_somebody_else_creates_some() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting, *listed("before"))
    assert not accounting.others_create
    read(accounting, *listed("before", "theirs"))
    assert accounting.others_create
    assert candidates(accounting, lost(accounting)) == []


def test_a_surplus_is_what_nobody_accounts_for_after_a_create_was_sent_again() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting)
    create = lost(accounting)
    accounting.repeated["public"] = create.sent
    accounting.note_answer("repeated")
    accounting.close(create)
    assert read(accounting, *listed("repeated", "surplus"), *listed("theirs", access_policy="private")) == ["surplus"]
    assert read(accounting, *listed("repeated", "surplus")) == []


def test_a_surplus_is_known_once_all_creates_that_may_have_made_it_have_ended() -> None:
    """Else it isn't announced in a run that reads no list after that."""
    accounting = Accounting[PlaybackId]()
    read(accounting)
    create, other = lost(accounting), sent(accounting)
    accounting.repeated["public"] = create.sent
    accounting.note_answer("repeated")
    assert accounting.close(create) == []
    assert read(accounting, *listed("repeated", "surplus", "other")) == []
    accounting.note_answer("other")
    assert [one.id for one in accounting.note_ended(other)] == ["surplus"]
    assert accounting.others_create


def test_what_had_appeared_before_a_create_was_sent_is_no_surplus_of_it() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting)
    refused = sent(accounting)
    read(accounting, *listed("theirs"))
    create = lost(accounting)
    accounting.repeated["public"] = create.sent
    assert accounting.note_ended(refused) == []
    assert accounting.others_create


def test_a_create_that_is_sent_again_may_have_made_what_appeared_since_it_was_sent_first() -> None:
    accounting = Accounting[PlaybackId]()
    create = lost(accounting)
    read(accounting, *listed("came"))
    accounting.note_sent(create)
    accounting.note_ended(create)
    assert candidates(accounting, create) == ["came"]
    assert accounting.pending == [create]


def test_a_list_lacks_those_of_ours_that_existed_when_it_was_requested() -> None:
    accounting = Accounting[PlaybackId]()
    accounting.note_answer("a")
    accounting.note_answer("b")
    requested = accounting.event()
    accounting.note_answer("c")
    assert accounting.missing(Sighting(listed("b"), requested, accounting.event())) == ["a"]


def test_a_create_cannot_be_answered_with_a_playback_id_that_is_accounted_for() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting, *listed("before"))
    assert not accounting.note_answer("before")
    assert accounting.note_answer("made")
    assert not accounting.note_answer("made")


def test_a_deleted_playback_id_is_expected_in_no_list_and_is_no_candidate() -> None:
    accounting = Accounting[PlaybackId]()
    accounting.note_answer("a")
    accounting.note_deletion("a")
    create = lost(accounting)
    read(accounting, *listed("a", "b"))
    accounting.note_deletion("b")
    assert accounting.missing(Sighting((), accounting.event(), accounting.event())) == []
    assert candidates(accounting, create) == []
    assert not accounting.note_answer("a")


def test_known_before_lists_existing_playback_ids_of_a_policy_without_ours() -> None:
    accounting = Accounting[PlaybackId]()
    read(accounting, *listed("b", "a"), *listed("c", access_policy="private"))
    accounting.note_answer("d")
    read(accounting, *listed("a", "b", "d"))
    accounting.note_deletion("b")
    read(accounting, *listed("a", "b", "d"))
    assert accounting.known_before("public") == ["a"]
    assert accounting.known_before("private") == ["c"]
