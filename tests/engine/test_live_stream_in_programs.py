"""A program's live streams: what it sees of them, looks up and imports; and that secrets stay secret."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

import pulumi_fastpix
from pulumi_fastpix.resources.live_stream.names import SECRET_OUTPUTS
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, sent_for, through_both
from support.engine import DYNAMIC, NATIVE, NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack, counts, succeeded
from support.playback_ids import PLAYBACK_ID, first_id_on

ROOT = Path(__file__).parents[2]

METADATA = {"streamKey": "1", "access_policy": "2", "user_agents": "3", "a.b": "4"}
OUTPUTS = {"stream_key", "srt_secret", "srt_playback_secret", "playback_id", "srt_playback_stream_id", "created_at",
           "max_duration", "trial", "hls_url", "rtmps_url", "srt_url", "metadata", "media_policy",
           "reconnect_window"}  # fmt: skip


def program(module: str, of: str) -> str:
    """A stream and a playback ID on it, through a module; `of` ends the names of these, and of the outputs."""
    return f"""
stream = {module}.LiveStream("stream_{of}", access_policy=pulumi.Output.from_input("private"), reconnect_window=300,
    metadata={METADATA})
partner = {module}.LivePlaybackId("partner_{of}", stream_id=stream.id, access_policy=stream.access_policy,
    access_restrictions={{"user_agents": {{"deny": [pulumi.Output.concat("player of ", stream.id)]}}}},
    opts=pulumi.ResourceOptions(deleted_with=stream))
for name in {sorted(OUTPUTS)}:
    pulumi.export(name + "_{of}", getattr(stream, name))
"""


def lookups(playback_id: str) -> str:
    """The demo stream, looked up through both providers with this playback ID, and without any."""
    return through_both(f"""
for how, given in (("named", {{"playback_id": "{playback_id}"}}), ("unnamed", {{}})):
    shared = module.LiveStream.get(f"{{how}}_{{provider}}", "{DEMO_STREAM_ID}", **given)
    for name in ("stream_key", "srt_secret", "hls_url", "access_policy", "reconnect_window"):
        pulumi.export(f"{{name}}_{{how}}_{{provider}}", getattr(shared, name))
""")


def secrets_of(stream: Stream) -> list[str]:
    return [stream.stream_key, stream.srt_secret, stream.srt_playback_secret]


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_a_stream_and_its_outputs_from_preview_to_destroy(python: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    """Of a declared one, and of one that is looked up with and without its playback ID; through both providers."""
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    stack = Stack(tmp_path, sandbox.environment(), python=python)
    declared = "".join(program(module, name) for name, module in MODULES.items())
    stack.write_program(BOTH_PROVIDERS + declared + lookups(playback_id))
    stack.create()

    preview = succeeded(stack.preview())
    assert {(one.method, one.path) for one in sandbox.requests} == {("GET", f"/v1/live/streams/{DEMO_STREAM_ID}")}
    unknown = re.findall(r"^    (\w+) *: \[unknown\]$", preview.output, flags=re.MULTILINE)
    known = OUTPUTS - {"media_policy", "metadata", "reconnect_window"}
    assert set(unknown) == {f"{output}_{name}" for output in known for name in MODULES}

    up = succeeded(stack.up())
    seen = outputs_of_lookups(sandbox, playback_id)
    streams = []
    for name in MODULES:
        stream = sandbox.store.live_streams.get(stack.ids()[f"stream_{name}"])
        streams.append(stream)
        seen.update(outputs_of(stream, stack, name))
        state = stack.resources()[f"stream_{name}"]
        assert state["inputs"]["metadata"] == state["outputs"]["metadata"] == METADATA
        assert set(state["additionalSecretOutputs"]) == set(SECRET_OUTPUTS)
    assert with_values(stack) == seen

    runs = [
        preview,
        up,
        stack.run("up", "--yes", "--expect-no-changes", "--diff", "--show-sames"),
        stack.run("refresh", "--yes", "--expect-no-changes", "--diff"),
        stack.run("refresh", "--yes", "--expect-no-changes", "--diff", "--run-program"),
        stack.run("stack", "output"),
    ]
    demo = sandbox.store.live_streams.get(DEMO_STREAM_ID)
    secrets = [secret for stream in (*streams, demo) for secret in secrets_of(stream)]
    for run in runs:
        succeeded(run)
        assert [secret for secret in secrets if secret in run.output] == []
    of_streams, of_lookups = 3, 2 * 2
    assert runs[-1].output.count("[secret]") == len(MODULES) * (of_streams + of_lookups)
    assert with_values(stack) == seen, "secrets are still there"
    # In the state, too.
    written = b"".join(path.read_bytes() for path in stack.written_files())
    assert [secret for secret in secrets if secret.encode() in written] == []

    assert {one.id for one in sandbox.store.live_streams.list()} == {one.id for one in (*streams, demo)}
    assert sent_for(sandbox, {"demo": DEMO_STREAM_ID}) == {"demo": []}
    succeeded(stack.destroy())
    deleted = [request.path.rpartition("/")[2] for request in sandbox.mutating_requests]
    assert sorted(deleted) == sorted(stream.id for stream in streams), "and not the one that was looked up"


def with_values(stack: Stack) -> dict[str, object]:
    """The stack's outputs that aren't empty."""
    return {name: value for name, value in stack.outputs().items() if value is not None}


def outputs_of_lookups(sandbox: Sandbox, playback_id: str) -> dict[str, object]:
    """FastPix doesn't tell which playback ID came with a stream: unless that is named, what depends on it is empty."""
    demo = sandbox.store.live_streams.get(DEMO_STREAM_ID)
    known: dict[str, object] = {
        "stream_key": demo.stream_key,
        "srt_secret": demo.srt_secret,
        "reconnect_window": 60,
    }
    of_it: dict[str, object] = {
        "hls_url": f"https://stream.fastpix.com/{playback_id}.m3u8",
        "access_policy": "private",
    }
    return {
        f"{output}_{how}_{name}": value
        for how, outputs in (("named", {**known, **of_it}), ("unnamed", known))
        for output, value in outputs.items()
        for name in MODULES
    }


def outputs_of(stream: Stream, stack: Stack, name: str) -> dict[str, object]:
    """The outputs that the program has of a stream, which is as declared."""
    partner = stack.ids()[f"partner_{name}"]
    (came_with_it, _) = sorted(stream.playback_ids, key=lambda one: one.id == partner)
    assert {one.access_policy for one in stream.playback_ids} == {"private"}
    assert (stream.settings.reconnect_window, stream.settings.media_policy) == (300, "private")
    assert stream.settings.metadata == METADATA
    outputs: dict[str, object] = {
        "stream_key": stream.stream_key,
        "srt_secret": stream.srt_secret,
        "srt_playback_secret": stream.srt_playback_secret,
        "playback_id": came_with_it.id,
        "srt_playback_stream_id": f"play{stream.id}",
        "created_at": stream.created_at,
        "max_duration": 0,
        "trial": False,
        "hls_url": f"https://stream.fastpix.com/{came_with_it.id}.m3u8",
        "rtmps_url": "rtmps://live.fastpix.com:443/live",
        "srt_url": "srt://live.fastpix.com:778",
        "metadata": METADATA,
        "media_policy": "private",
        "reconnect_window": 300,
    }
    return {f"{output}_{name}": value for output, value in outputs.items()}


def test_the_programs_of_the_page_about_streams_run(stack: Stack, sandbox: Sandbox) -> None:
    page = (ROOT / "docs" / "live-streams.md").read_text()
    whole, side_by_side, lookup = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    written = dict(
        re.findall(r"^    (\w+)=(.*),$", textwrap.dedent(whole.partition(")\naudience")[0]), flags=re.MULTILINE)
    )
    assert written.keys() - {"opts"} == vars(pulumi_fastpix.LiveStreamArgs()).keys(), "the page shows every input"

    def through(provider: ProviderUnderTest, *programs: str) -> str:
        """The types of the two providers differ, so that the names in the programs needn't."""
        return "".join(programs).replace("import pulumi_fastpix as", f"import {provider.module} as")

    def run() -> None:
        succeeded(stack.up())
        assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}

    def ids(name: str) -> dict[str, str]:
        """By URN, of all resources of this name."""
        found = {one["urn"]: one["id"] for one in stack.deployment()["resources"] if one["urn"].endswith(f"::{name}")}
        assert len(found) == len(MODULES)
        return found

    stack.write_program(through(DYNAMIC, whole) + through(NATIVE, whole))
    run()
    concerts = ids("concert")
    for changed, kept in ((DYNAMIC, NATIVE), (NATIVE, DYNAMIC)):
        stack.write_program(through(changed, whole.replace('"720p"', '"480p"')) + through(kept, whole))
        of_type = changed.type.replace("LivePlaybackId", "LiveStream")
        assert protected_in(stack.up()) == {urn for urn in concerts if f"::{of_type}::" in urn}
    assert protected_in(stack.destroy(*AT_ONCE)) == ids("audience").keys()
    assert ids("concert") == concerts
    succeeded(stack.run("state", "unprotect", "--all", "--yes"))
    succeeded(stack.destroy())

    others = (side_by_side, lookup.replace(PLAYBACK_ID, first_id_on(sandbox)))
    stack.write_program(through(DYNAMIC, *others) + through(NATIVE, *others))
    run()
    assert stack.ids().keys() == {"concert", "concert-480p", "shared", "guests"}
    assert all(ids(name) for name in stack.ids())


def protected_in(refused: Run) -> set[str]:
    """The resources of which this says that they are protected."""
    assert refused.status != 0
    said = " ".join(refused.diagnostics.split())
    return set(
        re.findall(r'resource "(\S+)" (?:as it is currently marked for protection|cannot be deleted because)', said)
    )


def test_changing_the_import_moves_a_stream_there_and_back_with_its_secrets(stack: Stack, sandbox: Sandbox) -> None:
    def up(modules: Iterable[str]) -> Run:
        """With the streams through the modules in this order."""
        stack.write_program(BOTH_PROVIDERS + "".join(map(program, modules, MODULES)))
        return succeeded(stack.up())

    up(MODULES.values())
    ids = stack.ids()
    streams = {name: sandbox.store.live_streams.get(ids[f"stream_{name}"]) for name in MODULES}
    outputs: dict[str, object] = {}
    for name, stream in streams.items():
        outputs |= outputs_of(stream, stack, name)
    secrets = [secret for stream in streams.values() for secret in secrets_of(stream)]
    sandbox.clear_requests()
    for modules in (reversed(MODULES.values()), MODULES.values()):
        run = up(modules)
        assert not counts(run).keys() & {"created", "replaced", "deleted"}
        shown = run.output + json.dumps(stack.deployment())
        assert [secret for secret in secrets if secret in shown] == []
        assert stack.ids() == ids
        assert stack.outputs() == outputs
        assert sandbox.mutating_requests == []
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


def test_a_preview_warns_of_a_replacement_and_options_take_the_names_that_a_program_writes(stack: Stack) -> None:
    names = '["reconnect_window", "maxResolution", "access_policy"]'
    cases = {
        "in-place": "reconnect_window=90",
        "replaced": 'max_resolution="480p", enable_recording=False',
        "ignored": 'reconnect_window=90, max_resolution="480p", access_policy="private", '
        f"opts=pulumi.ResourceOptions(ignore_changes={names})",
    }

    def declare(inputs: dict[str, str]) -> None:
        lines = [f'module.LiveStream("{name}-" + provider, {given})' for name, given in inputs.items()]
        stack.write_program(through_both("\n".join(lines)))

    as_made = dict.fromkeys(cases, "")
    declare(as_made)
    succeeded(stack.up())
    ids = stack.ids()
    declare(cases)
    shown = succeeded(stack.preview()).output
    warning = "Live stream {} can't be given another maxResolution and enableRecording, so it is"
    warned = {name: shown.count(warning.format(stream_id)) for name, stream_id in ids.items()}
    assert warned == {f"{case}-{name}": int(case == "replaced") for case in cases for name in MODULES}

    declare({**as_made, "ignored": cases["ignored"]})
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 1 + len(ids)}


def test_pulumi_import_takes_the_stream_and_of_several_the_playback_id(stack: Stack, sandbox: Sandbox) -> None:
    second = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    (first,) = {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)} - {second}

    def imported(name: str, given: str) -> str:
        options = ("--yes", "--generate-code=false", "--protect=false")
        return stack.run("import", *options, "fastpix:index:LiveStream", name, given).output

    assert "2 playback IDs, and FastPix doesn't tell which one came with" in imported("stream", DEMO_STREAM_ID)
    assert stack.resources() == {}
    output = imported("stream", f"{DEMO_STREAM_ID}/{first}")
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, second)
    other = sandbox.store.live_streams.create()
    output += imported("other", other)
    assert stack.ids() == {"stream": DEMO_STREAM_ID, "other": other}
    assert stack.resources()["stream"]["outputs"]["playbackId"] == first
    output += json.dumps(stack.deployment())
    for stream_id in stack.ids().values():
        assert [one for one in secrets_of(sandbox.store.live_streams.get(stream_id)) if one in output] == []
    stack.write_program(BOTH_PROVIDERS + 'native.LiveStream("stream")\nnative.LiveStream("other")')
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
    assert sandbox.mutating_requests == []
