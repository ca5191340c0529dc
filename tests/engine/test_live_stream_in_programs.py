"""A program's live streams: what it sees of them, looks up and imports; and that secrets stay secret."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

import pulumi_fastpix
from pulumi_fastpix.resources.live_stream.names import SECRET_OUTPUTS
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Stream
from support.cases import BOTH_PROVIDERS, MODULES, through_both
from support.engine import DYNAMIC, NATIVE, NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack, counts
from support.playback_ids import PLAYBACK_ID, first_id_on

ROOT = Path(__file__).parents[2]

METADATA = {"streamKey": "1", "access_policy": "2", "user_agents": "3", "a.b": "4"}
OUTPUTS = {"stream_key", "srt_secret", "srt_playback_secret", "playback_id", "srt_playback_stream_id", "created_at",
           "max_duration", "trial", "hls_url", "rtmps_url", "srt_url", "metadata", "media_policy",
           "reconnect_window"}  # fmt: skip


def program(module: str = "fastpix", of: str = "") -> str:
    """A stream and a playback ID on it, through a module; `of` ends the names of these, and of the outputs."""
    return f"""
stream = {module}.LiveStream("stream{of}", access_policy=pulumi.Output.from_input("private"), reconnect_window=300,
    metadata={METADATA})
partner = {module}.LivePlaybackId("partner{of}", stream_id=stream.id, access_policy=stream.access_policy,
    access_restrictions={{"user_agents": {{"deny": [pulumi.Output.concat("player of ", stream.id)]}}}},
    opts=pulumi.ResourceOptions(deleted_with=stream))
for name in {sorted(OUTPUTS)}:
    pulumi.export(name + "{of}", getattr(stream, name))
"""


def lookup(module: str, of: str, playback_id: str) -> str:
    named = f', playback_id="{playback_id}"' if playback_id else ""
    return f"""
shared = {module}.LiveStream.get("shared{of}", "{DEMO_STREAM_ID}"{named})
for name in ("stream_key", "srt_secret", "hls_url", "access_policy", "reconnect_window"):
    pulumi.export(name + "{of}", getattr(shared, name))
"""


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


def destroy_protected(stack: Stack) -> None:
    succeeded(stack.run("state", "unprotect", "--all", "--yes"))
    succeeded(stack.destroy())


def secrets_of(stream: Stream) -> list[str]:
    return [stream.stream_key, stream.srt_secret, stream.srt_playback_secret]


@pytest.fixture
def stack(provider: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    stack = Stack(tmp_path, sandbox.environment(), provider)
    stack.write_program(program())
    stack.create()
    return stack


@pytest.fixture(params=[NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def of_both(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    """A stack whose program goes both ways, with either SDK."""
    stack = Stack(tmp_path, sandbox.environment(), python=request.param)
    stack.write_program(BOTH_PROVIDERS + "".join(program(module, f"_{name}") for name, module in MODULES.items()))
    stack.create()
    return stack


def test_a_stream_and_its_outputs_from_preview_to_destroy(of_both: Stack, sandbox: Sandbox) -> None:
    stack = of_both
    preview = succeeded(stack.preview())
    assert sandbox.requests == []
    unknown = re.findall(r"^    (\w+) *: \[unknown\]$", preview.output, flags=re.MULTILINE)
    known = OUTPUTS - {"media_policy", "metadata", "reconnect_window"}
    assert set(unknown) == {f"{output}_{name}" for output in known for name in MODULES}

    up = succeeded(stack.up())
    seen: dict[str, object] = {}
    streams = []
    for name in MODULES:
        stream = sandbox.store.live_streams.get(stack.ids()[f"stream_{name}"])
        streams.append(stream)
        seen.update({f"{output}_{name}": value for output, value in outputs_of(stream, stack, name).items()})
        state = stack.resources()[f"stream_{name}"]
        assert state["inputs"]["metadata"] == state["outputs"]["metadata"] == METADATA
        assert set(state["additionalSecretOutputs"]) == set(SECRET_OUTPUTS)
    assert stack.outputs() == seen

    runs = [
        up,
        stack.preview("--show-sames"),
        stack.up("--expect-no-changes", "--diff"),
        stack.run("refresh", "--yes", "--expect-no-changes", "--diff"),
        stack.run("refresh", "--yes", "--expect-no-changes", "--diff", "--run-program"),
        stack.run("stack", "export"),
        stack.run("stack", "output"),
    ]
    secrets = [secret for stream in streams for secret in secrets_of(stream)]
    for run in runs:
        succeeded(run)
        assert [secret for secret in secrets if secret in run.output] == []
    assert stack.run("stack", "output").output.count("[secret]") == 6
    assert stack.outputs() == seen, "secrets are still there"
    written = b"".join(path.read_bytes() for path in stack.written_files())
    assert [secret for secret in secrets if secret.encode() in written] == []

    sandbox.clear_requests()
    succeeded(stack.destroy())
    deleted = [request.path.rpartition("/")[2] for request in sandbox.mutating_requests]
    assert sorted(deleted) == sorted(stream.id for stream in streams)


def outputs_of(stream: Stream, stack: Stack, name: str) -> dict[str, object]:
    """The outputs that the program has, of a stream that is as declared."""
    partner = stack.ids()[f"partner_{name}"]
    (came_with_it, _) = sorted(stream.playback_ids, key=lambda one: one.id == partner)
    assert {one.access_policy for one in stream.playback_ids} == {"private"}
    assert (stream.settings.reconnect_window, stream.settings.media_policy) == (300, "private")
    assert stream.settings.metadata == METADATA
    return {
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


def test_the_programs_of_the_page_about_streams_run(stack: Stack, sandbox: Sandbox) -> None:
    page = (ROOT / "docs" / "live-streams.md").read_text()
    whole, side_by_side, lookup = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    written = dict(
        re.findall(r"^    (\w+)=(.*),$", textwrap.dedent(whole.partition(")\naudience")[0]), flags=re.MULTILINE)
    )
    assert written.keys() - {"opts"} == vars(pulumi_fastpix.LiveStreamArgs()).keys(), "the page shows every input"

    def run(program: str) -> None:
        module = f"import {stack.provider.module} as"
        (stack.program_folder / "__main__.py").write_text(program.replace("import pulumi_fastpix as", module))
        succeeded(stack.up())
        assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}

    run(whole)
    stream_id = stack.ids()["concert"]
    (stack.program_folder / "__main__.py").write_text(whole.replace('"720p"', '"480p"'))
    assert "protect" in stack.up().output
    assert "protect" in stack.destroy().output
    assert stack.ids()["concert"] == stream_id
    destroy_protected(stack)

    run(side_by_side)
    assert stack.ids().keys() == {"concert", "concert-480p"}
    destroy_protected(stack)
    run(lookup.replace(PLAYBACK_ID, first_id_on(sandbox)))


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_changing_the_import_moves_a_stream_there_and_back_with_its_secrets(stack: Stack, sandbox: Sandbox) -> None:
    succeeded(stack.up())
    ids = stack.ids()
    secrets = secrets_of(sandbox.store.live_streams.get(ids["stream"]))
    outputs = stack.outputs()
    sandbox.clear_requests()
    for provider in (NATIVE, DYNAMIC):
        stack.provider = provider
        stack.write_program(program())
        run = succeeded(stack.up())
        assert not counts(run).keys() & {"created", "replaced", "deleted"}
        shown = run.output + stack.export() + stack.run("stack", "output").output
        assert [secret for secret in secrets if secret in shown] == []
        assert stack.ids() == ids
        assert stack.outputs() == outputs
        assert sandbox.mutating_requests == []
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


def test_a_preview_says_what_a_replacement_costs_and_options_take_the_names_that_a_program_writes(
    stack_of_both: Stack,
) -> None:
    def write(inputs: str) -> None:
        stack_of_both.write_program(through_both(f'module.LiveStream("stream-" + provider, {inputs})'))

    write("")
    succeeded(stack_of_both.up())
    for inputs, warns in (("reconnect_window=90", False), ('max_resolution="480p", enable_recording=False', True)):
        write(inputs)
        preview = succeeded(stack_of_both.preview())
        for stream_id in stack_of_both.ids().values():
            costs = f"Live stream {stream_id} can't be given another maxResolution and enableRecording, so it is"
            assert preview.output.count(costs) == warns
    ignoring = 'opts=pulumi.ResourceOptions(ignore_changes=["reconnect_window", "maxResolution", "access_policy"])'
    write(f'reconnect_window=90, max_resolution="480p", access_policy="private", {ignoring}')
    assert counts(succeeded(stack_of_both.up("--expect-no-changes"))) == {"unchanged": 3}


def test_a_lookup_reads_a_stream_and_keeps_its_secrets(of_both: Stack, sandbox: Sandbox) -> None:
    stack = of_both
    demo = sandbox.store.live_streams.get(DEMO_STREAM_ID)
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")

    def both(given: str) -> str:
        return BOTH_PROVIDERS + "".join(lookup(module, f"_{name}", given) for name, module in MODULES.items())

    stack.write_program(both(playback_id))
    runs = [stack.preview(), stack.up(), stack.preview("--show-sames"), stack.refresh(), stack.run("stack", "output")]
    known: dict[str, object] = {
        "stream_key": demo.stream_key,
        "srt_secret": demo.srt_secret,
        "reconnect_window": 60,
    }
    of_it: dict[str, object] = {
        "hls_url": f"https://stream.fastpix.com/{playback_id}.m3u8",
        "access_policy": "private",
    }
    assert stack.outputs() == {f"{key}_{name}": value for key, value in {**known, **of_it}.items() for name in MODULES}
    for run in (*runs, stack.run("stack", "export")):
        succeeded(run)
        assert [secret for secret in secrets_of(demo) if secret in run.output] == []
    succeeded(stack.destroy())
    assert sandbox.mutating_requests == []

    stack.write_program(both(""))
    succeeded(stack.up())
    outputs = {key: value for key, value in stack.outputs().items() if value is not None}
    assert outputs == {f"{key}_{name}": value for key, value in known.items() for name in MODULES}


@pytest.mark.parametrize("provider", [NATIVE], ids=["native"])
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
    output += stack.export()
    for stream_id in stack.ids().values():
        assert [one for one in secrets_of(sandbox.store.live_streams.get(stream_id)) if one in output] == []
    stack.write_program('fastpix.LiveStream("stream")\nfastpix.LiveStream("other")')
    assert counts(succeeded(stack.up("--expect-no-changes"))) == {"unchanged": 3}
    assert sandbox.mutating_requests == []
