"""A second resource type fits: nested inputs, an update in place, a secret output, through both provider processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.forked_python import forked
from support.note import NOTE, NoteProvider
from support.provider_process import (
    PROVIDER,
    UNKNOWN,
    ProviderProcess,
    ProviderProcessError,
    provider_process,
    serving,
)

TESTS = Path(__file__).parents[1]
INPUTS = {"streamId": DEMO_STREAM_ID, "labels": {"words": ["a", "b"], "size": {"wide": True, "metres": 2.5}}}
CHECKED = {**INPUTS, "labels": {"language": "en", **INPUTS["labels"]}}  # type: ignore[dict-item]  # a mapping it is
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hush-note"}


def urn(token: str) -> str:
    return f"urn:pulumi:dev::project::{token}::main"


@contextmanager
def dynamic_process(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    """The dynamic provider, asked about playback IDs."""
    with provider_process({**sandbox.environment(), "PYTHONPATH": str(TESTS)}, forked("python")) as process:
        yield process


@contextmanager
def native_process(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    """The native provider, asked about playback IDs."""
    command = [forked("python"), "-u", "-c", "from support.note import main; main()", "127.0.0.1:1"]
    with serving(command, {**sandbox.environment(), "PYTHONPATH": str(TESTS)}) as process:
        yield process.of(urn(LIVE_PLAYBACK_ID.native_type), None)


@pytest.fixture(params=[dynamic_process, native_process], ids=["dynamic", "native"])
def process(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[ProviderProcess]:
    with request.param(sandbox) as process:
        yield process


@pytest.fixture
def notes(process: ProviderProcess) -> ProviderProcess:
    """The same process, asked about notes."""
    if process._provider == PROVIDER:
        return process.of(urn(NOTE.dynamic_type), serialize_provider(NoteProvider()))
    return process.of(urn(NOTE.native_type), None)


def test_check_fills_in_nested_defaults_and_lets_unknown_values_pass(notes: ProviderProcess) -> None:
    assert notes.check({}, INPUTS) == (CHECKED, [])
    half_known = {"streamId": UNKNOWN, "labels": {"words": ["a", UNKNOWN]}}
    assert notes.check({}, half_known) == ({**half_known, "labels": {"language": "en", "words": ["a", UNKNOWN]}}, [])
    assert notes.check({}, {**INPUTS, "labels": UNKNOWN}) == ({**INPUTS, "labels": UNKNOWN}, [])


def test_a_problem_of_a_nested_input_is_reported_by_its_path(notes: ProviderProcess) -> None:
    _, failures = notes.check({}, {"streamId": DEMO_STREAM_ID, "labels": {"words": ["a", "", "c", ""]}})
    # Without a property's name: Pulumi prints the value of the one that is named, and finds none by such a path.
    assert failures == [("", f"labels.words[{place}]: a word must not be empty") for place in (1, 3)]


def test_a_changed_nested_input_updates_in_place(notes: ProviderProcess) -> None:
    _, state = notes.create(CHECKED)
    news = {**CHECKED, "labels": {**CHECKED["labels"], "words": ["b"]}}  # type: ignore[dict-item]  # a mapping it is
    assert notes.diff("note", state, CHECKED) == ("DIFF_NONE", [])
    changes, replaces = notes.diff("note", state, news)
    # The dynamic protocol has no place for paths: the engine compares the inputs itself.
    assert (changes, replaces) == ("DIFF_UNKNOWN" if notes._provider else "DIFF_SOME", [])
    updated = notes.update("note", state, news)
    assert (updated["labels"], updated["revision"]) == (news["labels"], 2)


def test_the_native_provider_names_the_nested_path_that_differs(sandbox: Sandbox) -> None:
    with native_process(sandbox) as process:
        notes = process.of(urn(NOTE.native_type), None)
        _, state = notes.create(CHECKED)
        diff = notes.detailed_diff("note", state, {**CHECKED, "streamId": "other", "labels": {"language": "fr"}})
    assert list(diff.replaces) == ["streamId"]
    assert set(diff.diffs) == {"streamId", "labels"}
    kinds = {path: type(entry).Kind.Name(entry.kind) for path, entry in diff.detailedDiff.items()}
    assert kinds == {
        "streamId": "UPDATE_REPLACE",
        "labels.language": "UPDATE",
        "labels.size": "DELETE",
        "labels.words": "DELETE",
    }


def test_a_secret_output_is_marked_by_the_native_provider(notes: ProviderProcess) -> None:
    """Through the dynamic provider the program's class marks it: see tests/engine/test_a_second_resource_type.py."""
    _, state = notes.create(CHECKED)
    _, read, inputs = notes.read("note", state)
    expected = "hush-note" if notes._provider else SECRET
    assert state["token"] == read["token"] == expected
    assert inputs == CHECKED


def test_a_refresh_drops_a_deleted_resource(notes: ProviderProcess) -> None:
    assert notes.read("deleted", CHECKED)[0] == ""


def test_all_resource_types_share_one_workspace(
    process: ProviderProcess, notes: ProviderProcess, sandbox: Sandbox
) -> None:
    """A list that was read for one serves the other, and a change made by one is seen by the other at once."""
    _, note = notes.create(CHECKED)
    assert [request.method for request in sandbox.requests] == ["GET"]
    playback_id, state = process.create({"streamId": DEMO_STREAM_ID, "accessPolicy": "public"})
    process.read(playback_id, state)
    sandbox.clear_requests()
    _, fresh, _ = notes.read("note", note)
    assert fresh["playbackIds"] == note["playbackIds"] + 1
    assert sandbox.requests == []


def test_an_unknown_resource_type_is_refused(sandbox: Sandbox) -> None:
    message = "has no resource type fastpix:index:Unheard"
    with native_process(sandbox) as process, pytest.raises(ProviderProcessError, match=message):
        process.of(urn("fastpix:index:Unheard"), None).check({}, {})
