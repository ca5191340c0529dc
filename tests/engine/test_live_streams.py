"""A live stream from creation to destruction: what is sent for each change, and what happens behind our back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, Stream
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, shown_of
from support.engine import Stack, counts

INPUTS = {"metadata": {"show": "42"}, "reconnect_window": 300}


def declared(name: str = "main", module: str = "fastpix", **inputs: Any) -> str:
    arguments = ", ".join(f"{argument}={value!r}" for argument, value in {**INPUTS, **inputs}.items())
    return f'{module}.LiveStream("{name}", {arguments})\n'


def sent(sandbox: Sandbox) -> list[str]:
    """What was changed since the last time: methods, and the last part of the path unless that is an id."""
    parts = [(one.method, one.path.rsplit("/", 1)[-1]) for one in sandbox.mutating_requests]
    sandbox.clear_requests()
    return [method if len(last) == 32 else f"{method} {last}" for method, last in parts]


def sent_on(sandbox: Sandbox, *stream_ids: str) -> list[str]:
    """What was changed on one of these streams, as `sent` has it."""
    parts = [(one.method, one.path.split("/")) for one in sandbox.mutating_requests]
    return [
        method if path[-1] in stream_ids else f"{method} {path[-1]}"
        for method, path in parts
        if {*stream_ids} & {*path}
    ]


def streams(sandbox: Sandbox) -> list[Stream]:
    """All that were made, oldest first: but for the one that every sandbox has."""
    return [*sandbox.store.live_streams.list(newest_first=False)][1:]


def outputs(stack: Stack) -> dict[str, Any]:
    (stream,) = [one for name, one in stack.resources().items() if name == "main"]
    return dict(stream["outputs"])


def with_secrets(stack: Stack) -> list[Any]:
    """Id, inputs and outputs of each resource, with the secrets: encrypted, these are others each time."""
    state = json.loads(stack.run("stack", "export", "--show-secrets").output)
    return [[one.get(key) for key in ("id", "inputs", "outputs")] for one in state["deployment"]["resources"]]


def diff_of(stack: Stack) -> str:
    preview = stack.preview("--diff")
    assert preview.status == 0, preview.output
    return preview.output


def test_window_and_metadata_are_changed_in_place_by_one_request(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared())
    up = stack.up()
    assert counts(up) == {"created": 2}, up.output
    assert sent(sandbox) == ["POST streams"]
    (made,) = streams(sandbox)
    assert stack.ids() == {"main": made.id}
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}
    assert sandbox.requests == []

    stack.write_program(declared(reconnect_window=600))
    shown = diff_of(stack)
    assert "~ reconnectWindow: 300 => 600" in shown
    assert "metadata" not in shown
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == ["PATCH"]

    # Metadata is replaced whole: a key that is taken out is gone.
    stack.write_program(declared(reconnect_window=600, metadata={"season": "3"}))
    shown = diff_of(stack)
    assert "season" in shown
    assert "reconnectWindow" not in shown
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == ["PATCH"]
    (now,) = streams(sandbox)
    assert (now.settings.reconnect_window, now.settings.metadata) == (600, {"season": "3"})
    assert now.stream_key == made.stream_key

    # None any more.
    stack.write_program(declared(reconnect_window=600, metadata=None))
    assert "- metadata" in diff_of(stack)
    assert counts(stack.up())["updated"] == 1
    (now,) = streams(sandbox)
    assert not now.settings.metadata
    assert "metadata" not in outputs(stack)

    # What isn't declared is nobody's business here, and stays when something else is changed.
    sandbox.store.live_streams.change(made.id, metadata={"by": "hand"}, reconnect_window=600)
    assert stack.refresh("--expect-no-changes").status == 0
    stack.write_program(declared(reconnect_window=90, metadata=None))
    assert counts(stack.up())["updated"] == 1
    (now,) = streams(sandbox)
    assert (now.settings.reconnect_window, now.settings.metadata) == (90, {"by": "hand"})
    sent(sandbox)
    assert stack.destroy().status == 0
    assert sent(sandbox) == ["DELETE"]
    assert streams(sandbox) == []


def test_another_value_of_one_key_of_the_metadata_can_replace_the_stream(stack: Stack, sandbox: Sandbox) -> None:
    def program(show_id: str, venue: str) -> str:
        options = """opts=pulumi.ResourceOptions(replace_on_changes=['metadata["show.id"]'])"""
        metadata = {"show.id": show_id, "venue": venue}
        return f'fastpix.LiveStream("main", metadata={metadata!r}, {options})\n'

    stack.write_program(program("1", "east"))
    assert stack.up().status == 0
    sent(sandbox)
    stack.write_program(program("1", "west"))
    assert counts(stack.up()) == {"updated": 1, "unchanged": 1}
    assert sent(sandbox) == ["PATCH"]
    stack.write_program(program("2", "west"))
    shown = diff_of(stack)
    assert re.search(r'"?show\.id"?\]?: *"1" => "2"', shown), shown
    assert "west" not in shown
    assert counts(stack.up()) == {"replaced": 1, "unchanged": 1}
    assert sent(sandbox) == ["POST streams", "DELETE"]


@pytest.mark.parametrize(("switch", "works"), [("cleared", True), ("kept", False), ("refused", False)])
def test_metadata_is_cleared_or_the_run_says_so(switch: str, works: bool, tmp_path: Path, sandbox: Sandbox) -> None:
    def declare(**inputs: Any) -> None:
        stack.write_program(
            BOTH_PROVIDERS + "".join(declared(name, module, **inputs) for name, module in MODULES.items())
        )

    sandbox.switches.metadata_clear = switch  # type: ignore[assignment]  # one of its positions
    stack = Stack(tmp_path, sandbox.environment())
    declare()
    stack.create()
    assert stack.up().status == 0
    declare(metadata={})
    up = stack.up(*AT_ONCE)
    assert (up.status == 0) == works, up.output
    now = streams(sandbox)
    assert [bool(stream.settings.metadata) for stream in now] == [not works, not works]
    if not works:
        said = {"kept": "FastPix was sent the metadata of stream", "refused": "422"}[switch]
        for name in MODULES:
            assert said in up.said_of(name), up.output
            assert stack.resources()[name]["outputs"]["metadata"] == {"show": "42"}
        assert "Traceback" not in up.output
        # Back in the program, all is well again.
        declare()
        assert stack.up().status == 0
        assert counts(stack.up("--expect-no-changes")) == {"unchanged": 3}


REPLACING: dict[str, dict[str, object]] = {
    "accessPolicy": {"access_policy": "private", "media_policy": "public"},
    "maxResolution": {"max_resolution": "480p"},
    "mediaPolicy": {"media_policy": "private"},
    "enableDvrMode": {"enable_dvr_mode": True},
    "enableRecording": {"enable_recording": False},
}
"""What can't be changed, and inputs that differ in it."""


@dataclass(frozen=True)
class Replaced:
    """A run that replaces a stream for each of `REPLACING` through both providers, by the streams' names.

    Attributes:
        preview: what it showed before.
        old: the streams before.
        states: our resources afterwards, by name.
        new: the streams at the server afterwards.
        sent: what was sent to change each stream, the old and the new one, in order.
        made: how many were made.
    """

    preview: str
    old: dict[str, str]
    states: dict[str, dict[str, Any]]
    new: dict[str, Stream]
    sent: dict[str, list[str]]
    made: int


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> Replaced:
    cases = {f"{provider}-{key}": (module, key) for provider, module in MODULES.items() for key in REPLACING}

    def program(*, changed: bool) -> str:
        return BOTH_PROVIDERS + "".join(
            f"stream = {declared(name, module, **(REPLACING[key] if changed else {}))}"
            f'{module}.LivePlaybackId("on-{name}", stream_id=stream.id)\n'
            for name, (module, key) in cases.items()
        )

    with Sandbox() as sandbox:
        stack = Stack(tmp_path_factory.mktemp("replaced"), sandbox.environment())
        stack.write_program(program(changed=False))
        stack.create()
        assert stack.up().status == 0
        old = {name: id_ for name, id_ in stack.ids().items() if name in cases}
        sandbox.clear_requests()
        stack.write_program(program(changed=True))
        preview = diff_of(stack)
        up = stack.up()
        assert up.status == 0, up.output
        made = sum(one.method == "POST" and one.path.endswith("/streams") for one in sandbox.mutating_requests)
        ids = stack.ids()
        at_server = {stream.id: stream for stream in streams(sandbox)}
        assert at_server.keys() == {ids[name] for name in cases}
        new = {name: at_server[ids[name]] for name in cases}
        sent = {name: sent_on(sandbox, ids[name], old[name]) for name in cases}
        assert counts(stack.up("--expect-no-changes")) == {"unchanged": 1 + 2 * len(cases)}
        return Replaced(preview, old, stack.resources(), new, sent, made)


@pytest.mark.parametrize("provider", MODULES)
@pytest.mark.parametrize("key", REPLACING)
def test_what_cannot_be_changed_replaces_the_new_stream_first(key: str, provider: str, replaced: Replaced) -> None:
    name = f"{provider}-{key}"
    shown = shown_of(replaced.preview, name)
    (line,) = [line for line in shown.splitlines() if f"{key}" in line and "=>" in line]
    assert line.strip().startswith(f"~ {key}"), shown
    assert "metadata" not in shown.replace("metadata:", "")
    # New stream, new playback ID, old playback ID, old stream.
    assert replaced.made == len(MODULES) * len(REPLACING)
    assert replaced.sent[name] == ["POST playback-ids", "DELETE playback-ids", "DELETE"]
    new = replaced.new[name]
    assert new.id != replaced.old[name]
    came_with_it = replaced.states[name]["outputs"]["playbackId"]
    assert {one.id for one in new.playback_ids} == {came_with_it, replaced.states[f"on-{name}"]["id"]}


def test_what_was_changed_elsewhere_is_seen_by_refresh_and_undone_by_up(stack: Stack, sandbox: Sandbox) -> None:
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
    stack.write_program(declared(access_restrictions=rules))
    assert stack.up().status == 0
    assert sent(sandbox) == ["POST streams"]
    (stream,) = streams(sandbox)
    (playback_id,) = stream.playback_ids
    sandbox.store.live_streams.change(stream.id, metadata={"show": "43"}, reconnect_window=60)
    sandbox.store.playback_ids.restrict(stream.id, playback_id.id, {"domains": Rules()})
    refresh = stack.run("refresh", "--yes", "--diff")
    assert refresh.status == 0, refresh.output
    shown = re.sub(" +", " ", refresh.output)
    for change in ('show: "42" => "43"', "reconnectWindow : 300 => 60", '"deny" => "allow"'):
        assert change in shown, shown
    up = stack.up()
    assert counts(up)["updated"] == 1, up.output
    assert sent(sandbox) == ["PATCH domains", "PATCH"]
    (now,) = streams(sandbox)
    assert (now.settings.reconnect_window, now.settings.metadata) == (300, {"show": "42"})
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}


def test_a_playback_id_that_came_with_a_stream_and_was_deleted_elsewhere(stack: Stack, sandbox: Sandbox) -> None:
    """The stream stays, and so does what is declared of it; the run says how to go on."""
    rules = {"domains": {"default_policy": "deny", "allow": ["partner.example"]}}
    stack.write_program(declared(access_restrictions=rules))
    assert stack.up().status == 0
    (stream,) = streams(sandbox)
    (playback_id,) = stream.playback_ids
    sandbox.store.playback_ids.delete(stream.id, playback_id.id)
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    assert f"Playback ID {playback_id.id}, which came with live stream {stream.id}, doesn't exist" in refresh.output
    assert "Declare a LivePlaybackId" in refresh.output
    assert "playbackId" not in outputs(stack)
    sent(sandbox)
    # Nothing to do, and other changes go on.
    assert counts(stack.up("--expect-no-changes")) == {"unchanged": 2}
    stack.write_program(declared(access_restrictions=rules, reconnect_window=90))
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == ["PATCH"]
    # But there is nothing that other restrictions could apply to.
    stack.write_program(declared(reconnect_window=90, access_restrictions={"user_agents": {"deny": ["curl"]}}))
    up = stack.up()
    assert up.status != 0
    assert "there is nothing to which its accessRestrictions could apply" in " ".join(up.output.split())
    assert sent(sandbox) == []
    stack.write_program(declared(reconnect_window=90))
    assert counts(stack.up())["updated"] == 1
    assert sent(sandbox) == []
    assert stack.destroy().status == 0


def test_a_stream_deleted_elsewhere_is_made_anew_with_what_is_on_it(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(f'main = {declared()}fastpix.LivePlaybackId("on-it", stream_id=main.id)\n')
    assert stack.up().status == 0
    (stream,) = streams(sandbox)
    sandbox.store.live_streams.delete(stream.id)
    refresh = stack.refresh()
    assert counts(refresh) == {"deleted": 2, "unchanged": 1}, refresh.output
    up = stack.up()
    assert counts(up) == {"created": 2, "unchanged": 1}, up.output
    (new,) = streams(sandbox)
    sandbox.store.live_streams.delete(new.id)
    sent(sandbox)
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output


def test_another_workspace_changes_nothing(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(declared())
    assert stack.up().status == 0
    before = with_secrets(stack)
    stranger = sandbox.store.access_tokens.add(workspace="another")
    other = {"FASTPIX_USERNAME": stranger.id, "FASTPIX_PASSWORD": stranger.secret}
    sent(sandbox)
    stack.write_program(declared(reconnect_window=90))
    runs = [stack.refresh(**other), stack.up(**other), stack.destroy(**other)]
    # Nor is a stream made there in the place of this one.
    stack.write_program(declared(max_resolution="480p"))
    runs.append(stack.up(**other))
    for run in runs:
        assert run.status != 0
        assert "Nothing was changed" in run.output, run.output
    assert sent(sandbox) == []
    assert with_secrets(stack) == before


def test_a_destroy_sends_nothing_in_vain(stack: Stack, sandbox: Sandbox) -> None:
    """Playback IDs of a stream that the program names by its id, so that Pulumi doesn't know of the dependence."""
    stack.write_program(declared())
    assert stack.up().status == 0
    (stream,) = streams(sandbox)
    on_it = f"""
for number in range(12):
    fastpix.LivePlaybackId(f"by-id-{{number}}", stream_id="{stream.id}")
    fastpix.LivePlaybackId(f"on-it-{{number}}", pulumi.ResourceOptions(deleted_with=main), stream_id=main.id)
"""
    stack.write_program(f"main = {declared()}{on_it}")
    up = stack.up()
    assert counts(up) == {"created": 24, "unchanged": 2}, up.output
    sandbox.clear_requests()
    sandbox.faults.add(Fault(kind="latency", seconds=1.0, method="DELETE", path=f"*/{stream.id}"))
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert [one.status for one in sandbox.requests if one.status != 200] == []
    assert streams(sandbox) == []


def test_two_streams_with_fifty_playback_ids_each_in_one_run(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program("""
for show in ("first", "second"):
    stream = fastpix.LiveStream(show, metadata={"show": show})
    for number in range(50):
        policy = "public" if number % 2 else "private"
        fastpix.LivePlaybackId(f"{show}-{number}", stream_id=stream.id, access_policy=policy)
""")
    up = stack.up()
    assert counts(up) == {"created": 103}, up.output
    first, second = sorted(streams(sandbox), key=lambda one: json.dumps(dict(one.settings.metadata or {})))
    ids = stack.ids()
    for stream, show in ((first, "first"), (second, "second")):
        assert ids[show] == stream.id
        own = {playback_id for name, playback_id in ids.items() if name.startswith(f"{show}-")}
        assert len(own) == 50
        came_with_it = stack.resources()[show]["outputs"]["playbackId"]
        assert {one.id for one in stream.playback_ids} == own | {came_with_it}
    assert stack.destroy().status == 0
    assert streams(sandbox) == []


def test_twenty_declared_streams_are_twenty_although_responses_are_lost(stack: Stack) -> None:
    with Sandbox(seed=4) as sandbox:
        sandbox.faults.add(
            Fault(kind="drop", when="after", method="POST", rate=0.2),
            Fault(kind="drop", when="before", method="POST", rate=0.05),
        )
        stack.write_program("""
for number in range(20):
    fastpix.LiveStream(f"stream-{number}", metadata={"show": str(number % 10)})
""")
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "16"}
        ups = [stack.up(**environ)]
        while ups[-1].status != 0 and len(ups) < 3:
            ups.append(stack.up(**environ))
        assert ups[-1].status == 0, ups[-1].output
        ids = set(stack.ids().values())
        said = "".join(run.output for run in ups)
        assert len(ids) == 20
        assert {stream.id for stream in streams(sandbox) if stream.id not in said} <= ids
        assert len(streams(sandbox)) == 20, said
        lost = [request for request in sandbox.mutating_requests if request.outcome == "dropped after work"]
        assert lost, "the faults did strike"
        assert not [
            secret for stream in streams(sandbox) for secret in (stream.stream_key, stream.srt_secret) if secret in said
        ]
        sandbox.faults.clear()
        sandbox.clear_requests()
        refresh = stack.refresh(**environ)
        assert counts(refresh) == {"unchanged": 21}, refresh.output
        assert len(sandbox.requests) <= 4, "a page for all of them"
        assert stack.destroy(**environ).status == 0
