"""What a killed run left behind, and under which names it is imported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.recover.pairing import Pairs
from pulumi_fastpix.cli.recover.recovery import (
    Place,
    Recovery,
    Said,
    entries,
    one_mark_each,
    protect,
    recover,
    undeclared,
)
from pulumi_fastpix.stack.state import parse
from support.states import STREAM, export, resource

HERE = Place("mark", STREAM, "public")
ALL_OURS = Said(all_ours=True)
MARKS = {("", STREAM): "mark"}


def recovered(
    *found: str, existing: tuple[dict[str, Any], ...] = (), pending: tuple[Any, ...], said: Said = ALL_OURS
) -> Recovery:
    state = parse(export(*existing, pending=pending))
    return recover(state, state, MARKS, {HERE: found}, said)


def names(recovery: Recovery) -> dict[str, str]:
    return {entry.id: entry.name for entry in entries({"": "mark"}, recovery)}


def test_two_killed_runs_that_made_the_same_do_not_get_the_same_name() -> None:
    """Pulumi keeps the first run's unfinished creates beside the second's; of one name it could import only one."""
    recovery = recovered("id-1", "id-2", "id-3", pending=(resource("a"), resource("a"), resource("b")))
    assert names(recovery) == {"id-1": "a", "id-2": "b", "id-3": "a-unfinished-id-3"}


def test_a_name_that_the_stack_has_is_taken() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a-unfinished-id-2"}


def test_one_that_is_to_be_deleted_takes_no_name() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1", delete=True),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a"}


def test_what_is_found_goes_to_those_that_keep_their_names_first() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"), resource("b")))
    assert names(recovery) == {"id-2": "b"}
    assert recovery.not_made == ()


def test_nothing_is_deleted_unless_a_person_says_that_a_killed_run_made_it() -> None:
    """It may be what the stream was born with, or somebody else's."""
    existing, pending = (resource("a", "id-1"),), (resource("a"),)
    (too_many,) = recovered("born", existing=existing, pending=pending, said=Said()).too_many
    assert (too_many.creates, too_many.spares, too_many.playback_ids) == (0, 1, ("born",))
    assert recovered("born", existing=existing, pending=pending, said=Said(not_ours=("born",))) == Pairs((), (), ())
    assert recovered("born", "x", existing=existing, pending=pending, said=Said(not_ours=("x",))).too_many
    assert names(recovered("x", existing=existing, pending=pending, said=Said(ours=("x",)))) == {"x": "a-unfinished-x"}


@pytest.mark.parametrize(
    ("said", "made"),
    [
        (Said(), {"id-1": "a", "id-2": "b"}),
        (Said(ours=("id-2",)), {"id-2": "a"}),
        (Said(not_ours=("id-1",)), {"id-2": "a"}),
        (Said(all_ours=True, not_ours=("id-2",)), {"id-1": "a"}),
        (Said(ours=("id-1", "id-2"), not_ours=("id-2",)), {"id-1": "a"}),
    ],
)
def test_what_a_person_says_counts(said: Said, made: dict[str, str]) -> None:
    assert names(recovered("id-1", "id-2", pending=(resource("a"), resource("b")), said=said)) == made


def test_what_is_said_of_one_place_says_nothing_of_another() -> None:
    private = replace(HERE, access_policy="private")
    pending = (resource("a"), resource("b", policy="private"), resource("b", policy="private"))
    state = parse(export(pending=pending))
    found = {HERE: ("a-1", "a-2"), private: ("b-1", "b-2")}
    recovery = recover(state, state, MARKS, found, Said(ours=("a-1",)))
    assert names(recovery) == {"a-1": "a"}
    (too_many,) = recovery.too_many
    assert (too_many.place, too_many.playback_ids) == (private, ("b-1", "b-2"))


@pytest.mark.parametrize(
    ("pending", "protected"),
    [
        ((resource("a", protect=True), resource("b", protect=True)), True),
        ((resource("a", protect=True), resource("b")), False),
        ((resource("a", protect=True), resource("a", protect=True)), False),
    ],
)
def test_what_is_to_be_deleted_is_not_protected(pending: tuple[Any, ...], protected: bool) -> None:
    assert protect(recovered("id-1", "id-2", pending=pending)) is protected


def listed(*playback_ids: str) -> list[PlaybackId]:
    return [PlaybackId(id=one, accessPolicy="public") for one in playback_ids]


def test_two_access_tokens_may_lead_to_one_workspace() -> None:
    """What exists there exists once, and is given to one resource only."""
    streams = {("mark", STREAM): listed("a", "b"), ("other", STREAM): listed("b", "a"), ("far", STREAM): listed("c")}
    assert one_mark_each(streams) == {("mark", STREAM): "mark", ("other", STREAM): "mark", ("far", STREAM): "far"}
    state = parse(export())
    assert undeclared(state, streams) == {HERE: ("a", "b"), replace(HERE, seen_by="far"): ("c",)}
