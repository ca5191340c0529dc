"""A live stream from creation to destruction: what is sent for each change, and what happens behind our back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, Stream
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, shown_of
from support.engine import Run, Stack, counts, succeeded

INPUTS = {"metadata": {"show": "42"}, "reconnect_window": 300}
RULES: dict[str, Any] = {"access_restrictions": {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}}
OTHER_RULES: dict[str, Any] = {"access_restrictions": {"user_agents": {"deny": ["curl"]}}}
REPLACING: dict[str, dict[str, Any]] = {
    "accessPolicy": {"access_policy": "private", "media_policy": "public"},
    "maxResolution": {"max_resolution": "480p"},
    "mediaPolicy": {"media_policy": "private"},
    "enableDvrMode": {"enable_dvr_mode": True},
    "enableRecording": {"enable_recording": False},
}
"""What can't be changed, and inputs that differ in it."""
CASES: dict[str, list[dict[str, Any]]] = {
    "in-place": [
        {},
        {"reconnect_window": 600},
        {"reconnect_window": 600, "metadata": {"season": "3"}},
        {"reconnect_window": 600, "metadata": None},
        {"reconnect_window": 90, "metadata": None},
    ],
    "by-key": [
        {"metadata": {"show.id": "1", "venue": "east"}},
        {"metadata": {"show.id": "1", "venue": "west"}},
        {"metadata": {"show.id": "2", "venue": "west"}},
    ],
    "changed-elsewhere": [RULES],
    "without-playback-id": [
        RULES,
        RULES,
        {**RULES, "reconnect_window": 90},
        {**OTHER_RULES, "reconnect_window": 90},
        {"reconnect_window": 90},
    ],
    "deleted-elsewhere": [{}],
    **{key: [{}, changed] for key, changed in REPLACING.items()},
}
"""The inputs of one stream in each case, in one run after another; the last ones stay."""
OPTIONS = {"by-key": """, opts=pulumi.ResourceOptions(replace_on_changes=['metadata["show.id"]'])"""}
WITH_AN_ID_ON_IT = {"deleted-elsewhere", *REPLACING}
NAMES = {f"{provider}-{case}": (module, case) for provider, module in MODULES.items() for case in CASES}


def program(run: int) -> str:
    lines = [BOTH_PROVIDERS]
    for name, (module, case) in NAMES.items():
        inputs = {**INPUTS, **CASES[case][min(run, len(CASES[case]) - 1)]}
        arguments = ", ".join(f"{argument}={value!r}" for argument, value in inputs.items())
        lines.append(f'stream = {module}.LiveStream("{name}", {arguments}{OPTIONS.get(case, "")})\n')
        if case in WITH_AN_ID_ON_IT:
            lines.append(f'{module}.LivePlaybackId("on-{name}", stream_id=stream.id)\n')
    return "".join(lines)


def sent_on(sandbox: Sandbox, *stream_ids: str) -> list[str]:
    """What was changed on one of these streams: methods, and the path's last part unless that is the stream's id."""
    parts = [(one.method, one.path.split("/")) for one in sandbox.mutating_requests]
    own = [(method, path[-1]) for method, path in parts if {*stream_ids} & {*path}]
    return [method if last in stream_ids else f"{method} {last}" for method, last in own]


def streams(sandbox: Sandbox) -> dict[str, Stream]:
    """All that were made, by id: but for the one that every sandbox has."""
    return {one.id: one for one in [*sandbox.store.live_streams.list(newest_first=False)][1:]}


@dataclass(frozen=True)
class Step:
    """One `up`, and what there is afterwards, by the names of the resources.

    Attributes:
        preview: what a preview showed before, from the second one on.
        up: the run.
        made: how many streams it made.
        sent: what it sent to change each stream, the one before and the one after, in order.
        streams: the streams at the server.
        resources: our resources in the state.
    """

    preview: str
    up: Run
    made: int
    sent: dict[str, list[str]]
    streams: dict[str, Stream]
    resources: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Story:
    """All `CASES` through both providers, in one stack.

    Attributes:
        steps: the runs of `CASES`.
        elsewhere: a refresh before the second one, when something had happened to three streams.
        lost: the playback IDs that were deleted then, by the names of their streams.
        sent_to_destroy: what the end of it sent.
    """

    steps: list[Step]
    elsewhere: Run
    lost: dict[str, str]
    sent_to_destroy: dict[str, list[str]]


def both(case: str) -> list[str]:
    """The names of a case's streams."""
    return [f"{provider}-{case}" for provider in MODULES]


class Teller:
    """Runs the story's steps on a stack."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stack = Stack(folder, sandbox.environment())
        self.stack.write_program("")
        self.stack.create()

    def ids_of(self, case: str) -> list[tuple[str, str]]:
        ids = self.stack.ids()
        return [(name, ids[name]) for name in both(case)]

    def step(self, number: int) -> Step:
        self.stack.write_program(program(number))
        preview = succeeded(self.stack.preview()).output if number else ""
        before = self.stack.ids() if number else {}
        self.sandbox.clear_requests()
        up = self.stack.up(*AT_ONCE)
        after = self.stack.ids()
        made = sum(one.method == "POST" and one.path.endswith("/streams") for one in self.sandbox.mutating_requests)
        sent = {name: sent_on(self.sandbox, *{after[name], before.get(name, after[name])}) for name in NAMES}
        at_server = streams(self.sandbox)
        assert at_server.keys() == {after[name] for name in NAMES}
        now = {name: at_server[after[name]] for name in NAMES}
        return Step(preview, up, made, sent, now, self.stack.resources())

    def something_happens_elsewhere(self) -> dict[str, str]:
        store, lost = self.sandbox.store, {}
        for _, stream_id in self.ids_of("changed-elsewhere"):
            (playback_id,) = store.live_streams.get(stream_id).playback_ids
            store.live_streams.change(stream_id, metadata={"show": "43"}, reconnect_window=60)
            store.playback_ids.restrict(stream_id, playback_id.id, {"domains": Rules()})
        for name, stream_id in self.ids_of("without-playback-id"):
            (playback_id,) = store.live_streams.get(stream_id).playback_ids
            store.playback_ids.delete(stream_id, playback_id.id)
            lost[name] = playback_id.id
        self.delete_elsewhere()
        return lost

    def delete_elsewhere(self) -> None:
        for _, stream_id in self.ids_of("deleted-elsewhere"):
            self.sandbox.store.live_streams.delete(stream_id)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    with Sandbox() as sandbox:
        teller = Teller(tmp_path_factory.mktemp("story"), sandbox)
        stack = teller.stack
        steps = [teller.step(0)]
        sandbox.clear_requests()
        assert counts(stack.up("--expect-no-changes")).keys() == {"unchanged"}
        assert sandbox.requests == []

        lost = teller.something_happens_elsewhere()
        elsewhere = succeeded(stack.refresh("--diff"))
        steps += [teller.step(number) for number in (1, 2, 3)]
        # What isn't declared is nobody's business here, and stays when something else is changed.
        for _, stream_id in teller.ids_of("in-place"):
            sandbox.store.live_streams.change(stream_id, metadata={"by": "hand"}, reconnect_window=600)
        succeeded(stack.refresh("--expect-no-changes", "--target=**::*-in-place"))
        steps.append(teller.step(4))

        teller.delete_elsewhere()
        before = stack.ids()
        sandbox.clear_requests()
        succeeded(stack.destroy())
        assert streams(sandbox) == {}
        return Story(steps, elsewhere, lost, {name: sent_on(sandbox, before[name]) for name in NAMES})


def test_each_run_changes_what_differs_and_nothing_else(story: Story) -> None:
    assert [counts(step.up) for step in story.steps] == [
        {"created": 33},
        {"created": 4, "updated": 6, "replaced": 20, "changes": 30, "unchanged": 3},
        {"updated": 4, "replaced": 2, "changes": 6, "unchanged": 27},
        {"updated": 2, "unchanged": 29, "errored": 3},
        {"updated": 4, "unchanged": 29},
    ]
    assert [step.made for step in story.steps] == [20, 12, 2, 0, 0]
    for name, (_, case) in NAMES.items():
        assert story.steps[0].sent[name] == (["POST playback-ids"] if case in WITH_AN_ID_ON_IT else [])
        assert story.sent_to_destroy[name][-1] == "DELETE"


def test_window_and_metadata_are_changed_in_place_by_one_request(story: Story) -> None:
    for name in both("in-place"):
        made, *later = [step.streams[name] for step in story.steps]
        assert [step.sent[name] for step in story.steps] == [[], *[["PATCH"]] * 4]
        assert {(stream.id, stream.stream_key) for stream in later} == {(made.id, made.stream_key)}
        window, metadata, no_metadata = [shown_of(step.preview, name) for step in story.steps[1:4]]
        assert "~ reconnectWindow: 300 => 600" in window
        assert "metadata" not in window
        # Metadata is replaced whole: a key that is taken out is gone.
        assert "season" in metadata
        assert "reconnectWindow" not in metadata
        assert "- metadata" in no_metadata
        assert "metadata" not in story.steps[3].resources[name]["outputs"]
        assert [(one.settings.reconnect_window, one.settings.metadata or None) for one in later] == [
            (600, {"show": "42"}),
            (600, {"season": "3"}),
            (600, None),
            (90, {"by": "hand"}),
        ]
        assert story.sent_to_destroy[name] == ["DELETE"]


def test_another_value_of_one_key_of_the_metadata_can_replace_the_stream(story: Story) -> None:
    for name in both("by-key"):
        made, changed, replaced = [step.streams[name].id for step in story.steps[:3]]
        assert made == changed != replaced
        assert [step.sent[name] for step in story.steps[1:]] == [["PATCH"], ["DELETE"], [], []]
        shown = shown_of(story.steps[2].preview, name)
        assert re.search(r'"?show\.id"?\]?: *"1" => "2"', shown), shown
        assert "west" not in shown


def test_what_cannot_be_changed_replaces_the_new_stream_first(story: Story) -> None:
    first, second = story.steps[:2]
    replacing = [(name, key) for name, (_, key) in NAMES.items() if key in REPLACING]
    for name, key in replacing:
        shown = shown_of(second.preview, name)
        (line,) = [line for line in shown.splitlines() if key in line and "=>" in line]
        assert line.strip().startswith(f"~ {key}"), shown
        assert "metadata" not in shown.replace("metadata:", "")
        # New stream, new playback ID, old playback ID, old stream.
        assert second.sent[name] == ["POST playback-ids", "DELETE playback-ids", "DELETE"]
        new = second.streams[name]
        assert new.id != first.streams[name].id
        came_with_it = second.resources[name]["outputs"]["playbackId"]
        assert {one.id for one in new.playback_ids} == {came_with_it, second.resources[f"on-{name}"]["id"]}


def test_what_was_changed_elsewhere_is_seen_by_refresh_and_undone_by_up(story: Story) -> None:
    assert counts(story.elsewhere) == {"updated": 2, "deleted": 4, "changes": 6, "unchanged": 27}
    for name in both("changed-elsewhere"):
        shown = re.sub(" +", " ", shown_of(story.elsewhere.output, name))
        for change in ('show: "42" => "43"', "reconnectWindow : 300 => 60", '"deny" => "allow"'):
            assert change in shown, shown
        assert [step.sent[name] for step in story.steps[1:]] == [["PATCH domains", "PATCH"], [], [], []]
        now = story.steps[1].streams[name]
        assert (now.settings.reconnect_window, now.settings.metadata) == (300, {"show": "42"})


def test_a_playback_id_that_came_with_a_stream_and_was_deleted_elsewhere(story: Story) -> None:
    """The stream stays, and so does what is declared of it; the run says how to go on."""
    for name in both("without-playback-id"):
        stream_id = story.steps[0].streams[name].id
        gone = f"Playback ID {story.lost[name]}, which came with live stream {stream_id}, doesn't exist"
        assert re.search(f"{gone}.*Declare a LivePlaybackId", story.elsewhere.output), story.elsewhere.output
        unchanged, window, other_rules, no_rules = story.steps[1:]
        assert "playbackId" not in unchanged.resources[name]["outputs"]
        # Nothing to do, and other changes go on.
        assert unchanged.sent[name] == []
        assert window.sent[name] == ["PATCH"]
        # But there is nothing that other restrictions could apply to.
        said = " ".join(other_rules.up.said_of(name).split())
        assert "there is nothing to which its accessRestrictions could apply" in said
        assert other_rules.sent[name] == no_rules.sent[name] == []


def test_a_stream_deleted_elsewhere_is_made_anew_with_what_is_on_it(story: Story) -> None:
    for name in both("deleted-elsewhere"):
        first, *later = [step.streams[name].id for step in story.steps]
        assert first not in later
        assert len({*later}) == 1
        on_it = story.steps[1].resources[f"on-{name}"]
        assert on_it["outputs"]["streamId"] == later[0]
        # The new one was deleted elsewhere, too, before it was destroyed.
        assert "DELETE" in story.sent_to_destroy[name]
