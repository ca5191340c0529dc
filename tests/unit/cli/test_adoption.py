"""Which playback IDs are adopted, and under which names."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId, Stream
from pulumi_fastpix.cli.adopt.adoption import (
    choose,
    creates_interrupted_on,
    entries,
    named,
    occupant,
    undeclarable,
    unowned,
)
from pulumi_fastpix.cli.adopt.report import declarations
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.import_file import document
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from support.live_streams import live_stream
from support.states import STREAM, export, made_up, resource, secret, urn


def listed(id_: str, policy: str = "public", **restrictions: Any) -> PlaybackId:
    return PlaybackId.model_validate({"id": id_, "accessPolicy": policy, "accessRestrictions": restrictions})


@pytest.mark.parametrize(
    ("wanted", "chosen", "missing", "owned"),
    [
        (["b", "a"], ["b", "a"], [], []),
        (["a", "x"], ["a"], ["x"], []),
        (["mine", "x", "deleted"], [], ["x", "deleted"], ["mine", "deleted"]),
    ],
)
def test_every_reason_against_a_requested_playback_id_is_found(
    wanted: list[str], chosen: list[str], missing: list[str], owned: list[str]
) -> None:
    found = choose([listed("a"), listed("b"), listed("mine")], wanted, {"mine", "deleted"})
    assert [one.id for one in found.playback_ids] == chosen
    assert (found.missing, found.owned) == (missing, owned)


def test_without_a_request_those_without_an_owner_are_adopted() -> None:
    everything = [listed("a"), listed("mine"), listed("theirs"), listed("b")]
    assert [one.id for one in unowned(everything, {"mine"}, {"theirs": ("prod",)})] == ["a", "b"]


@pytest.mark.parametrize(
    ("pending", "interrupted"),
    [
        ((resource("main"),), True),
        ((resource("main", stream_id=secret(ciphertext="v1:x")),), True),
        ((resource("main", stream_id="another"), made_up("main")), False),
        ((live_stream("concert"),), True),
        ((live_stream("concert", "f" * 32),), False),
    ],
)
def test_interrupted_creates_of_the_stream_count(pending: tuple[dict[str, object], ...], interrupted: bool) -> None:
    stream = Stream.model_validate({"streamId": STREAM})
    assert creates_interrupted_on(stream, PlaybackIds(parse(export(pending=pending)))) is interrupted


@pytest.mark.parametrize(
    ("name", "parent", "taken_by"),
    [
        ("main", "", "id-1"),
        ("looked up", "", "id-4"),
        ("other", "", None),
        ("to be deleted", "", None),
        ("only of another type", "", None),
        ("main", urn("main"), None),
    ],
)
def test_a_stack_has_one_place_for_each_name_below_each_parent(name: str, parent: str, taken_by: str | None) -> None:
    state = parse(
        export(
            resource("main", "id-1"),
            resource("to be deleted", "id-2", delete=True),
            made_up("only of another type", "id-3"),
            resource("looked up", "id-4", external=True),
        )
    )
    found = occupant(state, name, parent)
    assert (found.id if found else None) == taken_by


def test_what_no_program_can_declare_is_found() -> None:
    declarable = [listed("a"), listed("b", "private", domains={"allow": ["a.example"]})]
    odd = [
        listed("c", "new-policy"),
        listed("d", domains={"defaultPolicy": "new-policy"}),
        listed("e", domains={"defaultPolicy": "deny", "allow": ["https://a.example/"]}),
    ]
    assert undeclarable(named([*declarable, *odd], ())) == odd


def test_names_are_stable_and_unique() -> None:
    playback_ids = [listed("12345678-aaaa"), listed("12345678-bbbb"), listed("87654321-aaaa", "private")]
    assert [one.name for one in named(playback_ids, {"private-87654321"})] == [
        "public-12345678",
        "public-12345678-bbbb",
        "private-87654321-aaaa",
    ]
    assert [one.name for one in named(playback_ids[:1], (), "audience")] == ["audience-12345678"]


def test_the_import_file_has_what_the_program_declares() -> None:
    adopted = named([listed("12345678-aaaa", "private")], ())
    (imported,) = document(entries("stream", adopted, "seen", "pickle"))["resources"]
    inputs = {"__provider": "pickle", "accessPolicy": "private", "streamId": "stream"}
    assert (imported["inputs"], imported["outputs"]) == (inputs, {**inputs, "seenBy": "seen"})
    assert declarations("stream", adopted)[-1] == (
        'fastpix.LivePlaybackId("private-12345678", stream_id="stream", access_policy="private")'
    )


@pytest.mark.parametrize(
    ("shown", "imported", "declared"),
    [
        pytest.param({}, {}, "", id="not shown"),
        pytest.param({"domains": {"defaultPolicy": "allow", "allow": [], "deny": []}}, {}, "", id="open"),
        pytest.param(
            {"domains": {"defaultPolicy": "deny", "allow": ["*.é.example"], "deny": []}, "userAgents": {"deny": ["x"]}},
            {"domains": {"defaultPolicy": "deny", "allow": ["*.é.example"]}, "userAgents": {"deny": ["x"]}},
            ', access_restrictions={"domains": {"default_policy": "deny", "allow": ["*.é.example"]}, '
            '"user_agents": {"deny": ["x"]}}',
            id="shown",
        ),
    ],
)
def test_access_restrictions_are_imported_and_declared_as_fastpix_shows_them(
    shown: dict[str, Any], imported: dict[str, Any], declared: str
) -> None:
    adopted = named([listed("12345678-aaaa", **shown)], ())
    (entry,) = document(entries("stream", adopted, "seen", "pickle"))["resources"]
    for properties in (entry["inputs"], entry["outputs"]):
        assert properties.get("accessRestrictions", {}) == imported
        assert ("accessRestrictions" in properties) is bool(imported)
    assert declarations("stream", adopted)[-1] == (
        f'fastpix.LivePlaybackId("public-12345678", stream_id="stream", access_policy="public"{declared})'
    )
