"""What is imported after a killed run, and under which names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.recover.pairing import Pairs
from pulumi_fastpix.cli.recover.recovery import (
    Decisions,
    Place,
    Recovery,
    entries,
    one_mark_each,
    other_creates,
    other_operations,
    protect,
    recover,
    unconfirmed,
    undeclared,
)
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.resource_types import types_named
from support.states import STREAM, export, made_up, resource, secret

HERE = Place("mark", STREAM, "public")
ALL_OURS = Decisions(all_ours=True)
MARKS = {("", STREAM): "mark"}


def recovered(
    *found: str,
    existing: tuple[dict[str, Any], ...] = (),
    pending: tuple[Any, ...],
    decisions: Decisions = ALL_OURS,
) -> Recovery:
    playback_ids = PlaybackIds(parse(export(*existing, pending=pending)))
    return recover(playback_ids, playback_ids, MARKS, {HERE: found}, decisions)


def names(recovery: Recovery) -> dict[str, str]:
    return {entry.id: entry.name for entry in entries({"": "mark"}, recovery, {})}


def test_creates_of_one_name_from_two_killed_runs_get_different_names() -> None:
    """Pulumi keeps the first run's interrupted creates beside the second's; of one name it could import only one."""
    recovery = recovered("id-1", "id-2", "id-3", pending=(resource("a"), resource("a"), resource("b")))
    assert names(recovery) == {"id-1": "a", "id-2": "b", "id-3": "a-orphan-id-3"}


def test_the_name_of_a_recorded_playback_id_is_taken() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a-orphan-id-2"}


def test_the_name_of_one_that_is_to_be_deleted_is_free() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1", delete=True),), pending=(resource("a"),))
    assert names(recovery) == {"id-2": "a"}


def test_creates_that_keep_their_names_are_served_first() -> None:
    recovery = recovered("id-2", existing=(resource("a", "id-1"),), pending=(resource("a"), resource("b")))
    assert names(recovery) == {"id-2": "b"}
    assert recovery.not_made == ()


def test_nothing_is_deleted_unless_a_person_confirms_that_a_killed_run_made_it() -> None:
    """It may be the one that FastPix created with the stream, or somebody else's."""

    def orphaning(*found: str, **decisions: Any) -> Recovery:
        existing = (resource("a", "id-1"),)
        return recovered(*found, existing=existing, pending=(resource("a"),), decisions=Decisions(**decisions))

    (too_many,) = orphaning("first").too_many
    assert (too_many.creates, too_many.orphaning, too_many.playback_ids) == (0, 1, ("first",))
    assert orphaning("first", not_ours=("first",)) == Pairs((), (), ())
    assert orphaning("first", "x", not_ours=("x",)).too_many
    assert names(orphaning("x", ours=("x",))) == {"x": "a-orphan-x"}


@pytest.mark.parametrize(
    ("decisions", "made"),
    [
        (Decisions(), {"id-1": "a", "id-2": "b"}),
        (Decisions(ours=("id-2",)), {"id-2": "a"}),
        (Decisions(not_ours=("id-1",)), {"id-2": "a"}),
        (Decisions(all_ours=True, not_ours=("id-2",)), {"id-1": "a"}),
        (Decisions(ours=("id-1", "id-2"), not_ours=("id-2",)), {"id-1": "a"}),
    ],
)
def test_a_persons_decisions_count(decisions: Decisions, made: dict[str, str]) -> None:
    assert names(recovered("id-1", "id-2", pending=(resource("a"), resource("b")), decisions=decisions)) == made


def test_a_decision_on_one_place_decides_nothing_on_another() -> None:
    private = replace(HERE, access_policy="private")
    pending = (resource("a"), resource("b", policy="private"), resource("b", policy="private"))
    playback_ids = PlaybackIds(parse(export(pending=pending)))
    found = {HERE: ("a-1", "a-2"), private: ("b-1", "b-2")}
    recovery = recover(playback_ids, playback_ids, MARKS, found, Decisions(ours=("a-1",)))
    assert names(recovery) == {"a-1": "a"}
    (too_many,) = recovery.too_many
    assert (too_many.place, too_many.playback_ids) == (private, ("b-1", "b-2"))


@pytest.mark.parametrize(
    ("pending", "decisions", "found", "made", "to_create"),
    [
        pytest.param("a b=id-2", Decisions(), "id-1 id-2", "id-1=a id-2=b", "", id="its own"),
        pytest.param("a b=id-1", Decisions(), "id-1", "id-1=b", "a", id="nobody else's"),
        pytest.param("a a=id-2", Decisions(), "id-2", "id-2=a", "", id="no guess takes its name"),
        pytest.param("taken=id-2", Decisions(), "id-2", "id-2=taken-orphan-id-2", "", id="an orphan, confirmed"),
        pytest.param("a=id-1", Decisions(), "", "", "a", id="deleted"),
        pytest.param("a=id-1 a", Decisions(), "id-2", "id-2=a", "", id="deleted, so it takes no name"),
        pytest.param("a=id-1", Decisions(not_ours=("id-1",)), "id-1", "", "a", id="a person knows better"),
        pytest.param(
            "a=id-1 b", Decisions(ours=("id-2",)), "id-1 id-2 id-3", "id-1=a id-2=b", "", id="needs no --ours"
        ),
        pytest.param("a=id-1 b", Decisions(ours=("id-1",)), "id-1 id-2", "id-1=a", "b", id="--ours has it, too"),
    ],
)
def test_a_create_is_paired_with_the_playback_id_that_the_state_names(
    pending: str, decisions: Decisions, found: str, made: str, to_create: str
) -> None:
    operations = tuple(resource(*one.split("=")) for one in pending.split())
    recovery = recovered(*found.split(), existing=(resource("taken", "id-0"),), pending=operations, decisions=decisions)
    assert not recovery.too_many
    assert [f"{id_}={name}" for id_, name in sorted(names(recovery).items())] == made.split()
    assert [one.create.name for one in recovery.not_made] == to_create.split()


@pytest.mark.parametrize(
    ("pending", "protected"),
    [
        ((resource("a", protect=True), resource("b", protect=True)), True),
        ((resource("a", protect=True), resource("b")), False),
        ((resource("a", protect=True), resource("a", protect=True)), False),
    ],
)
def test_orphans_are_not_protected(pending: tuple[Any, ...], protected: bool) -> None:
    assert protect(recovered("id-1", "id-2", pending=pending)) is protected


def listed(*playback_ids: str) -> list[PlaybackId]:
    return [PlaybackId(id=one, accessPolicy="public") for one in playback_ids]


def test_two_access_tokens_may_lead_to_one_workspace() -> None:
    """A playback ID there is given to one resource only."""
    streams = {("mark", STREAM): listed("a", "b"), ("other", STREAM): listed("b", "a"), ("far", STREAM): listed("c")}
    assert one_mark_each(streams) == {("mark", STREAM): "mark", ("other", STREAM): "mark", ("far", STREAM): "far"}
    assert undeclared((), streams) == {HERE: ("a", "b"), replace(HERE, seen_by="far"): ("c",)}


def test_recorded_playback_ids_and_those_of_other_stacks_are_not_undeclared() -> None:
    recorded = PlaybackIds(parse(export(resource("main", "a")))).recorded
    assert undeclared(recorded, {("mark", STREAM): listed("a", "b", "c")}, {"b": ("prod",)}) == {HERE: ("c",)}


def test_inputs_are_imported_as_they_are_stored() -> None:
    """Secrets stay encrypted: the import file goes into the state as it is."""
    as_read = PlaybackIds(parse(export(pending=(resource("a", stream_id=secret(plaintext=f'"{STREAM}"')),))))
    stored_id = secret(ciphertext="v1:x")
    stored = PlaybackIds(parse(export(pending=(resource("a", stream_id=stored_id),))))
    (entry,) = entries({"": "mark"}, recover(as_read, stored, MARKS, {HERE: ["id-1"]}, Decisions()), {})
    assert entry.inputs["streamId"] == stored_id
    assert entry.outputs == {"seenBy": "mark"}


DECLARED: dict[str, dict[str, Any]] = {
    "domains": {"defaultPolicy": "deny", "allow": ["a.example"]},
    "userAgents": {"deny": ["curl"]},
}
UNCONFIRMED = {"defaultPolicy": "unconfirmed"}


@pytest.mark.parametrize(
    ("declared", "shown", "imported"),
    [
        pytest.param({}, {"domains": {"deny": ["b.example"]}}, {}, id="never declared"),
        pytest.param(
            DECLARED,
            {},
            {name: {**rules, **UNCONFIRMED} for name, rules in DECLARED.items()},
            id="not shown",
        ),
        pytest.param(
            DECLARED,
            {"domains": {"defaultPolicy": "deny", "allow": ["a.example"], "deny": []}, "userAgents": {}},
            {"domains": DECLARED["domains"], "userAgents": {"defaultPolicy": "allow", "deny": []}},
            id="one of them carried out",
        ),
        pytest.param(DECLARED, {**DECLARED, "domains": {**DECLARED["domains"], "deny": []}}, DECLARED, id="both"),
    ],
)
def test_access_restrictions_are_imported_as_far_as_they_are_known_to_be_in_force(
    declared: dict[str, Any], shown: dict[str, Any], imported: dict[str, Any]
) -> None:
    recovery = recovered("id-1", pending=(resource("a", restrictions=declared),))
    (entry,) = entries({"": "mark"}, recovery, {"id-1": shown})
    assert entry.inputs == {**resource("a")["inputs"], "accessRestrictions": imported}
    assert unconfirmed(recovery, {"id-1": shown}) == (imported != declared)


@pytest.mark.parametrize(
    ("shown", "imported"),
    [
        pytest.param({}, {"domains": UNCONFIRMED, "userAgents": UNCONFIRMED}, id="not shown"),
        pytest.param(
            DECLARED, {**DECLARED, "userAgents": {"defaultPolicy": "allow", "deny": ["curl"]}}, id="another's"
        ),
        pytest.param({"domains": {}, "userAgents": {}}, None, id="open"),
    ],
)
def test_a_create_without_access_restrictions_keeps_none_that_another_one_may_have_set(
    shown: dict[str, Any], imported: dict[str, Any] | None
) -> None:
    """What is imported and isn't declared is opened by the next `pulumi up`."""
    recovery = recovered("id-1", "id-2", pending=(resource("a"), resource("b", restrictions=DECLARED)))
    one, _ = entries({"": "mark"}, recovery, {"id-1": shown})
    assert (one.name, one.inputs.get("accessRestrictions")) == ("a", imported)


def test_secret_access_restrictions_stay_secret() -> None:
    def imported(**shown: Any) -> Any:
        read, stored = (
            PlaybackIds(parse(export(pending=(resource("a", restrictions=restrictions),))))
            for restrictions in (secret(plaintext=json.dumps(DECLARED)), encrypted)
        )
        recovery = recover(read, stored, MARKS, {HERE: ["id-1"]}, Decisions())
        (entry,) = entries({"": "mark"}, recovery, {"id-1": shown})
        return entry.inputs["accessRestrictions"]

    encrypted = secret(ciphertext="v1:x")
    assert imported(**DECLARED) == encrypted
    domains = {"defaultPolicy": "deny", "allow": ["a.example", "b.example"]}
    for shown in (domains, DECLARED["domains"]):
        assert imported(domains=shown) == {"domains": UNCONFIRMED, "userAgents": UNCONFIRMED}


def test_secret_access_restrictions_keep_none_that_another_create_may_have_set() -> None:
    domains, agents = ({group: DECLARED[group]} for group in ("domains", "userAgents"))
    read, stored = (
        PlaybackIds(parse(export(pending=(resource("a", restrictions=kept), resource("b", restrictions=agents)))))
        for kept in (secret(plaintext=json.dumps(domains)), secret(ciphertext="v1:x"))
    )
    recovery = recover(read, stored, MARKS, {HERE: ["id-1", "id-2"]}, Decisions())
    one, _ = entries({"": "mark"}, recovery, {})
    assert (one.name, one.inputs["accessRestrictions"]) == ("a", {"domains": UNCONFIRMED, "userAgents": UNCONFIRMED})


def test_interrupted_creates_of_every_other_type_are_named_once_and_not_recovered() -> None:
    foreign = {"urn": "urn:pulumi:dev::project::random:index/x:X::other", "type": "random:index/x:X"}
    exported = export(pending=(foreign, made_up("more"), resource("a"), foreign))
    state = parse(exported, types_named("LivePlaybackId", "MadeUp"))
    assert other_creates(state) == (foreign["urn"], made_up("more")["urn"])
    assert [one.name for one in PlaybackIds(state).interrupted_creates] == ["a"]
    assert other_operations(state) == 0


def test_other_interrupted_operations_on_playback_ids_are_counted() -> None:
    exported = export(pending=(resource("a", "id-1"), made_up("b", "id-2")), operation="deleting")
    state = parse(exported, types_named("LivePlaybackId", "MadeUp"))
    assert (other_operations(state), other_creates(state)) == (1, ())
