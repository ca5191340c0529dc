"""`recover` and live streams that a killed run made, or had made before it was killed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_fastpix.api.models import Stream
from pulumi_fastpix.cli.recover.recovery import Decisions
from pulumi_fastpix.cli.recover.stream_recovery import (
    StreamPlace,
    StreamRecovery,
    one_mark_for_each_workspace,
    recover_streams,
    undeclared_streams,
)
from pulumi_fastpix.resources.live_stream.state import kind_of
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.live_streams import live_streams_of
from support.fake_pulumi import FakePulumi
from support.live_streams import live_stream
from support.playback_ids import first_id_on
from support.states import export, resource, secret
from unit.cli.command import IMPORT_FILE, run


def recovered(
    *found: str, existing: tuple[Any, ...] = (), pending: tuple[Any, ...], decisions: Decisions
) -> StreamRecovery:
    streams = live_streams_of(parse(export(*existing, pending=pending)))
    here = StreamPlace("mark", kind_of(live_streams_of(parse(export(live_stream("s")))).recorded[0].declared))
    return recover_streams(streams, streams, {"": "mark"}, {here: found}, decisions)


@pytest.mark.parametrize(
    ("pending", "decisions", "found", "made", "undecided"),
    [
        pytest.param("a", Decisions(), "", "", False, id="it made none"),
        pytest.param("a", Decisions(), "1", "1=a", False, id="exactly one"),
        pytest.param("a", Decisions(), "1 2", "", True, id="more"),
        pytest.param("a", Decisions(not_ours=("1",)), "1 2", "2=a", False, id="one is somebody else's"),
        pytest.param("a", Decisions(ours=("1",)), "1 2", "1=a", False, id="a person knows which"),
        pytest.param("a b", Decisions(), "1 2", "1=a 2=b", False, id="two that are alike"),
        pytest.param("a=2", Decisions(), "1 2", "2=a", False, id="the state names it"),
        pytest.param("a=9", Decisions(), "1", "", False, id="it was deleted"),
        pytest.param("a a=2", Decisions(), "2", "2=a", False, id="no guess takes its name"),
        pytest.param("a=9 a", Decisions(), "1", "1=a", False, id="it was deleted, so it takes no name"),
        pytest.param("taken", Decisions(), "1", "", True, id="its name is taken"),
        pytest.param("taken", Decisions(all_ours=True), "1", "1=taken-orphan-1", False, id="so it is an orphan"),
        pytest.param("taken=1", Decisions(), "1", "1=taken-orphan-1", False, id="a certain orphan"),
    ],
)
def test_creates_are_paired_with_streams_of_their_settings(
    pending: str, decisions: Decisions, found: str, made: str, undecided: bool
) -> None:
    creates = tuple(live_stream(*f"{one}=".split("=")[:2]) for one in pending.split())
    existing = (live_stream("taken", "0"),)
    recovery = recovered(*found.split(), existing=existing, pending=creates, decisions=decisions)
    assert [f"{id_}={one.name(id_)}" for one, id_ in recovery.made] == made.split()
    assert bool(recovery.too_many) is undecided


def test_streams_of_other_settings_are_no_candidates() -> None:
    other = (live_stream("a", "", declared={"reconnectWindow": 300}),)
    recovery = recovered("1", pending=other, decisions=Decisions(all_ours=True))
    assert (recovery.made, len(recovery.not_made), recovery.too_many) == ((), 1, ())


def test_two_access_tokens_may_lead_to_one_workspace() -> None:
    def listed(*ids: str) -> list[Stream]:
        return [Stream.model_validate({"streamId": one}) for one in ids]

    streams = {"mark": listed("a", "b", "c"), "other": listed("b"), "far": listed("d")}
    marks = one_mark_for_each_workspace(streams)
    assert marks == {"mark": "mark", "other": "mark", "far": "far"}
    found = undeclared_streams(marks, streams, {"c"})
    assert found == {StreamPlace("mark", "unknown"): ("a", "b"), StreamPlace("far", "unknown"): ("d",)}


def test_the_stream_of_a_killed_run_is_imported_like_an_adopted_one(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    settings = StreamSettings(reconnect_window=300, metadata={"show": "42"}, media_policy="private")
    made = sandbox.store.live_streams.create("private", settings=settings)
    declared = {
        "accessPolicy": "private",
        "mediaPolicy": "private",
        "reconnectWindow": 300,
        "metadata": {"show": "42"},
    }
    pulumi.prints("export", export(pending=(live_stream("concert", "", declared=declared),)))
    result = run("recover")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Stack dev has 1 interrupted create of a live stream.\n" in result.output
    created = sandbox.store.live_streams.get(made).created_at
    assert f"\nLive streams:\n  adopt  {made}  created {created}  concert\n" in result.output
    assert "compare when they were created with when the run was killed" in result.output
    assert "FastPix creates one playback ID with every stream" not in result.output
    assert "Then delete fastpix-import.json" in result.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    stream = sandbox.store.live_streams.get(made)
    assert (imported["id"], imported["name"]) == (made, "concert")
    assert imported["inputs"] == live_stream("concert", "", declared=declared)["inputs"]
    assert json.loads(imported["outputs"]["streamKey"]["plaintext"]) == stream.stream_key
    assert stream.stream_key not in result.output
    assert imported["outputs"]["playbackId"] == stream.playback_ids[0].id
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_several_candidates_are_named_and_nothing_is_guessed(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    theirs = sandbox.store.live_streams.create()
    pulumi.prints("export", export(pending=(live_stream("concert", ""),)))
    refused = run("recover")
    assert (refused.exit_code, IMPORT_FILE.exists()) == (1, False)
    assert "It isn't clear which live streams the killed run made" in refused.output
    for stream in (theirs, DEMO_STREAM_ID):
        assert f"\n  {stream}  created {sandbox.store.live_streams.get(stream).created_at}\n" in refused.output
    assert run("recover", "--not-ours", DEMO_STREAM_ID).exit_code == 0
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == [theirs]


def test_a_stream_that_is_said_to_be_ours_and_has_other_settings_is_not_left_out_silently(
    pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    changed = sandbox.store.live_streams.create(settings=StreamSettings(reconnect_window=61))
    pulumi.prints("export", export(pending=(live_stream("concert", ""),)))
    refused = run("recover", "--ours", changed)
    assert (refused.exit_code, IMPORT_FILE.exists()) == (1, False)
    assert f"--ours names {changed}, but no interrupted create has all the settings" in refused.stderr
    assert f"pulumi-fastpix adopt --streams {changed} --name NAME" in refused.stderr


@pytest.mark.parametrize("of_other_stack", [False, True])
def test_streams_that_stacks_have_are_no_candidates(of_other_stack: bool, pulumi: FakePulumi, first_id: str) -> None:
    recorded = live_stream("main", DEMO_STREAM_ID, first_id)
    own = [] if of_other_stack else [recorded]
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export(*own, pending=(live_stream("concert", ""),)))
    pulumi.prints("export-of/prod", export(*([recorded] if of_other_stack else [])))
    result = run("recover", "--all-ours")
    assert (result.exit_code, IMPORT_FILE.exists()) == (0, False)
    assert "  create  (none found)" in result.output


def test_a_stream_that_the_state_names_is_certain_whatever_it_is_like(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    made = sandbox.store.live_streams.create(settings=StreamSettings(max_resolution="480p"))
    for _ in range(50):
        sandbox.store.live_streams.create()
    pulumi.prints("export", export(pending=(live_stream("concert", made),)))
    result = run("recover")
    assert (result.exit_code, "concert (certain)" in result.output) == (0, True), result.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert (imported["inputs"]["maxResolution"], imported["outputs"]["maxResolution"]) == ("1080p", "480p")
    sandbox.store.live_streams.delete(made)
    gone = run("recover", "--force")
    assert (gone.exit_code, "  create  (none found)" in gone.output) == (0, True)


def test_where_it_is_not_known_which_playback_id_came_with_it_a_person_has_to_say(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    pulumi.prints("export", export(pending=(live_stream("concert", DEMO_STREAM_ID),)))
    result = run("recover")
    assert (result.exit_code, IMPORT_FILE.exists()) == (1, False)
    assert first_id in result.output
    assert f"run `pulumi-fastpix adopt --streams {DEMO_STREAM_ID}/PLAYBACK_ID --name concert`" in result.output


def test_access_restrictions_are_imported_as_far_as_they_are_known(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    declared = {"accessRestrictions": {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}}}
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    sandbox.store.live_streams.create(restrictions={"domains": Rules(default_policy="deny", allow=("b.example",))})
    pulumi.prints("export", export(pending=(live_stream("concert", "", declared=declared),)))
    result = run("recover")
    assert "hasn't confirmed the access restrictions of one of these" in result.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert imported["outputs"]["accessRestrictions"] == imported["inputs"]["accessRestrictions"]
    assert imported["inputs"]["accessRestrictions"] != declared["accessRestrictions"]


def test_secret_inputs_stay_secret(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.store.live_streams.create(settings=StreamSettings(metadata={"show": "42"}))

    def pending(**metadata: str) -> Any:
        return export(pending=(live_stream("concert", "", declared={"metadata": secret(**metadata)}),))

    pulumi.prints("export", pending(ciphertext="v1:x"))
    pulumi.prints("export-with-secrets", pending(plaintext=json.dumps({"show": "42"})))
    assert run("recover").exit_code == 0
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert imported["inputs"]["metadata"] == imported["outputs"]["metadata"] == secret(ciphertext="v1:x")


def test_the_playback_id_that_came_with_a_declared_stream_is_left_alone(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    """It is none of a killed run's, and needs no warning."""
    first = first_id_on(sandbox)
    made = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public"))
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first), pending=(resource("main"),)))
    result = run("recover")
    assert result.exit_code == 0, result.output
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == [made]
    assert "FastPix creates one playback ID with every stream" not in result.output
    assert first not in result.output


def test_creates_of_streams_that_were_imported_since_are_only_to_be_forgotten(
    pulumi: FakePulumi, first_id: str
) -> None:
    stream = live_stream("concert", DEMO_STREAM_ID, first_id)
    pulumi.prints("export", export(stream, pending=(stream,)))
    result = run("recover")
    assert "Nothing to recover" in result.output
    assert "still remembers 1 interrupted create of what the stack owns by now" in result.output
