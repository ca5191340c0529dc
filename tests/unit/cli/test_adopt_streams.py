"""`adopt --streams` as a person meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import Rules, StreamSettings
from support.fake_pulumi import FakePulumi
from support.live_streams import DECLARED, live_stream
from support.playback_ids import STREAM_KEY, ids_on
from support.states import export, resource
from unit.cli.command import IMPORT_FILE, run

CONCERT = StreamSettings(
    max_resolution="720p",
    reconnect_window=300,
    media_policy="public",
    enable_recording=False,
    enable_dvr_mode=True,
    metadata={"showNumber": "42"},
)


def secrets_of(sandbox: Sandbox, stream_id: str) -> list[str]:
    stream = sandbox.store.live_streams.get(stream_id)
    return [stream.stream_key, stream.srt_secret, stream.srt_playback_secret]


def test_a_stream_is_imported_as_it_is_with_its_secrets_as_secrets(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.prints("export", export())
    result = run("adopt", "--streams", DEMO_STREAM_ID)
    assert (result.exit_code, result.stderr) == (0, "")
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert (imported["id"], imported["name"]) == (DEMO_STREAM_ID, f"stream-{DEMO_STREAM_ID[:8]}")
    assert {key: imported["inputs"][key] for key in imported["inputs"] if key != "__provider"} == DECLARED
    assert imported["outputs"]["playbackId"] == first_id
    marked = [imported["outputs"].pop(key) for key in ("streamKey", "srtSecret", "srtPlaybackSecret")]
    assert [json.loads(one["plaintext"]) for one in marked] == secrets_of(sandbox, DEMO_STREAM_ID)
    assert all(one["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270" for one in marked)
    assert not any(secret in json.dumps(imported) + result.output for secret in secrets_of(sandbox, DEMO_STREAM_ID))
    assert 'fastpix.LiveStream("stream-1111aaaa", access_policy="public")\n' in result.output
    assert f"    pulumi import fastpix:index:LiveStream stream-1111aaaa {DEMO_STREAM_ID} " in result.output
    assert "Then delete fastpix-import.json: it holds the stream's secrets" in result.output
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_the_file_is_readable_by_its_owner_only_also_in_place_of_another(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    pulumi.prints("export", export())
    IMPORT_FILE.write_text("{}")
    IMPORT_FILE.chmod(0o644)
    assert run("adopt", "--streams", DEMO_STREAM_ID, "--force").exit_code == 0
    assert stat.S_IMODE(IMPORT_FILE.stat().st_mode) == 0o600
    assert sandbox.store.live_streams.get(DEMO_STREAM_ID).stream_key in IMPORT_FILE.read_text()


def test_what_is_not_filled_in_is_declared(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    rules = {"domains": Rules(default_policy="deny", allow=("a.example",))}
    stream = sandbox.store.live_streams.create("private", settings=CONCERT, restrictions=rules)  # type: ignore[arg-type]  # a dict of what it takes
    pulumi.prints("export", export())
    shown = run("adopt", "--streams", stream, "--prefix", "live").output
    (declaration,) = [line for line in shown.splitlines() if "LiveStream(" in line]
    declared = eval(  # noqa: S307  # what this command has printed
        declaration.strip().replace("fastpix.LiveStream", "(lambda name, **inputs: (name, inputs))")
    )
    assert declared == (
        f"live-{stream[:8]}",
        {
            "access_policy": "private",
            "access_restrictions": {"domains": {"default_policy": "deny", "allow": ["a.example"]}},
            "max_resolution": "720p",
            "reconnect_window": 300,
            "media_policy": "public",
            "metadata": {"showNumber": "42"},
            "enable_dvr_mode": True,
            "enable_recording": False,
        },
    )


def test_of_several_playback_ids_the_one_that_came_with_the_stream_has_to_be_given(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    added = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private"))
    pulumi.prints("export", export())
    refused = run("adopt", "--streams", DEMO_STREAM_ID)
    assert refused.exit_code == 1
    assert "has 2 playback IDs, and FastPix doesn't tell which one came with it" in refused.output
    assert all(one in refused.output for one in (first_id, added))
    assert not IMPORT_FILE.exists()
    wrong = run("adopt", "--streams", f"{DEMO_STREAM_ID}/x")
    assert (wrong.exit_code, "has no playback ID x" in wrong.output) == (1, True)
    given = run("adopt", "--streams", f"{DEMO_STREAM_ID}/{first_id}", "--name", "concert")
    assert given.exit_code == 0, given.output
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert (imported["name"], imported["outputs"]["playbackId"]) == ("concert", first_id)
    assert f"pulumi import fastpix:index:LiveStream concert {DEMO_STREAM_ID}/{first_id} " in given.output


def test_several_streams_are_adopted_together_or_not_at_all(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    others = [sandbox.store.live_streams.create() for _ in range(2)]
    pulumi.prints("export", export())
    assert run("adopt", "--streams", *others, "f" * 32).exit_code == 1
    assert not IMPORT_FILE.exists()
    result = run("adopt", "--streams", *others)
    assert [one["id"] for one in json.loads(IMPORT_FILE.read_text())["resources"]] == others
    assert result.output.count("pulumi import fastpix:index:LiveStream") == 2
    assert "deletes them, with all playback IDs, when it no longer declares them." in result.output


@pytest.mark.parametrize(
    ("state", "arguments", "message"),
    [
        (live_stream("concert"), [], "The stack already owns 1111aaaa2222bbbb3333cccc4444dddd (as 'concert')."),
        (live_stream("concert", "f" * 32), ["--name", "concert"], "already owns a live stream as 'concert'"),
        (live_stream("concert", external=True), ["--name", "concert"], "Pulumi imports nothing under the name"),
        (resource("main"), ["--name", "x", "--parent", "urn:pulumi:x"], "has no resource urn:pulumi:x"),
    ],
)
@pytest.mark.usefixtures("sandbox")
def test_what_the_stack_has_is_not_adopted_again(
    state: dict[str, object], arguments: list[str], message: str, pulumi: FakePulumi
) -> None:
    pulumi.prints("export", export(state))
    result = run("adopt", "--streams", DEMO_STREAM_ID, *arguments)
    assert (result.exit_code, message in result.output) == (1, True), result.output
    assert "Nothing was written." in result.output
    assert not IMPORT_FILE.exists()


def test_a_playback_id_that_is_a_resource_of_its_own_does_not_come_with_a_stream(
    pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    result = run("adopt", "--streams", DEMO_STREAM_ID)
    assert (result.exit_code, IMPORT_FILE.exists()) == (1, False)
    assert f"The stack owns {first_id} (as 'main') as a resource of its own" in result.output
    assert "    pulumi state delete urn:pulumi:dev::project::pulumi-python:" in result.output.replace("'", "")


def test_a_second_owner_is_warned_of(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    pulumi.prints("export", export())
    pulumi.prints("export-of/prod", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    result = run("adopt", "--streams", DEMO_STREAM_ID)
    assert result.exit_code == 0
    assert f"Warning: stack prod owns {DEMO_STREAM_ID}." in result.stderr


def test_a_stream_without_a_playback_id_is_adopted_without_one(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, first_id)
    pulumi.prints("export", export())
    result = run("adopt", "--streams", DEMO_STREAM_ID)
    assert (result.exit_code, "has no playback ID" in result.stderr) == (0, True)
    (imported,) = json.loads(IMPORT_FILE.read_text())["resources"]
    assert "accessPolicy" not in imported["outputs"]
    assert 'fastpix.LiveStream("stream-1111aaaa")\n' in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([STREAM_KEY], "looks like a stream key"),
        ([f"https://x/{DEMO_STREAM_ID}"], "not a URL"),
        ([f"{DEMO_STREAM_ID}/"], "must not be empty"),
        ([f"{DEMO_STREAM_ID}/a/b"], "other characters"),
        ([DEMO_STREAM_ID, f"{DEMO_STREAM_ID}/x"], "is given twice"),
        ([DEMO_STREAM_ID, "f" * 32, "--name", "x"], "exactly one STREAM_ID"),
    ],
)
def test_arguments_that_make_no_sense_are_usage_errors(
    arguments: list[str], message: str, pulumi: FakePulumi, sandbox: Sandbox
) -> None:
    result = run("adopt", "--streams", *arguments)
    assert (result.exit_code, message in result.output) == (2, True), result.output
    assert STREAM_KEY not in result.output
    assert (sandbox.requests, pulumi.commands) == ([], [])


def test_a_file_with_a_stream_is_still_needed_until_the_stack_owns_it(pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export())
    assert run("adopt", "--streams", DEMO_STREAM_ID).exit_code == 0
    refused = run("adopt", "--streams", DEMO_STREAM_ID)
    assert "holds 1 resource that the stack doesn't own" in refused.output
    pulumi.prints("export", export(live_stream("stream-1111aaaa", DEMO_STREAM_ID, first_id)))
    assert "Removed fastpix-import.json" in run("adopt", DEMO_STREAM_ID).output
    assert not IMPORT_FILE.exists()


def test_playback_ids_that_came_with_streams_of_the_stack_are_left_alone(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first_id)))
    left_out = f"Left out {first_id}, which came with the live stream 'concert' of this stack.\n"
    nothing = run("adopt", DEMO_STREAM_ID)
    assert (nothing.exit_code, left_out in nothing.output, IMPORT_FILE.exists()) == (0, True, False)
    named = run("adopt", DEMO_STREAM_ID, first_id)
    assert (named.exit_code, f"{first_id} (which came with the live stream 'concert')" in named.output) == (1, True)
    sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    assert left_out in run("adopt", DEMO_STREAM_ID).output
    assert first_id not in Path(IMPORT_FILE).read_text()
    assert len(ids_on(sandbox)) == 2
