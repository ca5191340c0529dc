"""Pulumi takes our schema as it is, and other languages get from it what they need: YAML stands for all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Run, Stack, counts
from support.playback_ids import ids_on
from support.programs import ONE_ID

ROOT = Path(__file__).parents[2]


def example_of(name: str) -> str:
    """The program in the description of a resource type."""
    description = schema()["resources"][f"fastpix:index:{name}"]["description"]
    (program,) = re.findall(r"```yaml\n(.*?)```", description, flags=re.DOTALL)
    return str(program)


native_only = pytest.mark.parametrize("provider", [NATIVE], ids=["native"])


def write_yaml(stack: Stack, program: str) -> None:
    (stack.program_folder / "Pulumi.yaml").write_text(f"name: project\nruntime: yaml\n{program}")


def succeeded(run: Run) -> Run:
    assert run.status == 0, run.output
    return run


@native_only
def test_pulumi_finds_no_fault_with_the_schema(stack: Stack) -> None:
    checked = succeeded(stack.run("schema", "check", str(ROOT / "schema.json")))
    assert "warning" not in checked.output.lower(), checked.output


@native_only
def test_the_example_in_the_schema_runs(stack: Stack, sandbox: Sandbox) -> None:
    write_yaml(stack, example_of("LivePlaybackId"))
    succeeded(stack.preview())
    succeeded(stack.up())
    (playback_id,) = stack.ids().values()
    assert stack.outputs() == {"watch": f"https://stream.fastpix.com/{playback_id}.m3u8"}
    rules = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID)[playback_id]["domains"]
    assert (rules.default_policy, rules.allow) == ("deny", ("partner.example",))


@native_only
def test_the_example_of_a_stream_in_the_schema_runs(stack: Stack, sandbox: Sandbox) -> None:
    write_yaml(stack, example_of("LiveStream"))
    succeeded(stack.preview())
    up = succeeded(stack.up())
    ids = stack.ids()
    stream = sandbox.store.live_streams.get(ids["concert"])
    assert (ids["partner"], "public") in stream.playback_ids
    assert (stream.settings.reconnect_window, stream.settings.metadata) == (300, {"show": "42"})
    watch = f"https://stream.fastpix.com/{ids['partner']}.m3u8"
    assert stack.outputs() == {"watch": watch, "streamKey": stream.stream_key}
    assert stream.stream_key not in up.output + stack.run("stack", "output").output + stack.export()
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


@native_only
def test_the_example_of_a_signing_key_in_the_schema_runs(stack: Stack, sandbox: Sandbox) -> None:
    write_yaml(stack, example_of("SigningKey"))
    succeeded(stack.preview())
    up = succeeded(stack.up())
    (key_id,) = stack.ids().values()
    outputs = stack.outputs()
    assert [one.id for one in sandbox.store.signing_keys.list()] == [outputs["signingKeyId"]] == [key_id]
    private_key = outputs["signingPrivateKey"]
    assert private_key not in up.output + stack.run("stack", "output").output + stack.export()
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}

    program = {
        "resources": {"shared": {"type": "fastpix:SigningKey", "get": {"id": key_id}}},
        "outputs": {"publicKey": "${shared.publicKey}"},
    }
    other = Stack(stack.folder / "other", sandbox.environment(), stack.provider)
    write_yaml(other, yaml.safe_dump(program))
    other.create()
    succeeded(other.up())
    assert other.outputs() == {"publicKey": sandbox.store.signing_keys.get(key_id).public_key}


@native_only
@pytest.mark.parametrize("given", ["alone", "with-its-playback-id", "import-id"])
def test_a_lookup_of_a_stream_takes_the_playback_id_as_an_input_or_in_the_id(
    given: str, stack: Stack, sandbox: Sandbox
) -> None:
    (playback_id,) = ids_on(sandbox)
    looked_up: dict[str, object] = {"id": DEMO_STREAM_ID}
    if given != "alone":
        sandbox.store.playback_ids.create(DEMO_STREAM_ID)
        looked_up = {"id": DEMO_STREAM_ID, "state": {"playbackId": playback_id}}
    if given == "import-id":
        looked_up = {"id": f"{DEMO_STREAM_ID}/{playback_id}"}
    program = {
        "resources": {"shared": {"type": "fastpix:LiveStream", "get": looked_up}},
        "outputs": {"watch": "${shared.hlsUrl}", "broadcastTo": "${shared.rtmpsUrl}"},
    }
    write_yaml(stack, yaml.safe_dump(program))
    succeeded(stack.up())
    address = f"https://stream.fastpix.com/{playback_id}.m3u8"
    assert stack.outputs() == {"watch": address, "broadcastTo": "rtmps://live.fastpix.com:443/live"}
    assert sandbox.mutating_requests == []


@native_only
@pytest.mark.parametrize("given", ["stream-by-its-input", "import-id"])
def test_a_lookup_takes_the_stream_as_an_input_or_in_the_id(given: str, stack: Stack, sandbox: Sandbox) -> None:
    playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    by_input = {"id": playback_id, "state": {"streamId": DEMO_STREAM_ID}}
    looked_up = by_input if given == "stream-by-its-input" else {"id": f"{DEMO_STREAM_ID}/{playback_id}"}
    program = {
        "resources": {"shared": {"type": "fastpix:LivePlaybackId", "get": looked_up}},
        "outputs": {"watch": "${shared.hlsUrl}", "policy": "${shared.accessPolicy}"},
    }
    write_yaml(stack, yaml.safe_dump(program))
    succeeded(stack.up())
    address = f"https://stream.fastpix.com/{playback_id}.m3u8"
    assert stack.outputs() == {"watch": address, "policy": "private"}
    assert sandbox.mutating_requests == []


@native_only
def test_a_replacement_shows_only_the_input_that_differs(stack: Stack) -> None:
    """And not the address, which differs as well, but isn't known before."""
    stack.write_program(ONE_ID)
    succeeded(stack.up())
    stack.write_program(ONE_ID.replace('")', '", access_policy="private")'))
    preview = succeeded(stack.preview())
    assert '~ accessPolicy: "public" => "private"' in preview.output
    assert "hlsUrl" not in preview.output, preview.output


@native_only
def test_a_state_without_the_address_is_unchanged_and_a_refresh_adds_it(stack: Stack, sandbox: Sandbox) -> None:
    """As the dynamic provider leaves it, and versions before this output."""
    stack.write_program(ONE_ID)
    succeeded(stack.up())
    deployment = json.loads(stack.export())
    for resource in deployment["deployment"]["resources"]:
        resource.get("outputs", {}).pop("hlsUrl", None)
    exported = stack.folder / "without.json"
    exported.write_text(json.dumps(deployment))
    succeeded(stack.run("stack", "import", "--file", str(exported)))
    sandbox.clear_requests()
    unchanged = succeeded(stack.up("--expect-no-changes"))
    assert counts(unchanged) == {"unchanged": 2}
    assert sandbox.requests == []
    assert "hlsUrl" not in stack.resources()["main"]["outputs"]
    succeeded(stack.refresh("--expect-no-changes"))
    assert stack.resources()["main"]["outputs"]["hlsUrl"].endswith(f"/{stack.ids()['main']}.m3u8")


@pytest.mark.parametrize(("before", "after"), [(DYNAMIC, NATIVE), (NATIVE, DYNAMIC)], ids=["to-native", "to-dynamic"])
@pytest.mark.parametrize("restricts", [False, True], ids=["unchanged", "changed-meanwhile"])
def test_only_the_native_provider_stores_the_address(
    restricts: bool, before: ProviderUnderTest, after: ProviderUnderTest, tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment(), before)
    stack.write_program(ONE_ID)
    stack.create()
    succeeded(stack.up())
    assert ("hlsUrl" in stack.resources()["main"]["outputs"]) == (before is NATIVE)
    stack.provider = after
    restricted = ONE_ID.replace('")', '", access_restrictions={"user_agents": {"deny": ["curl/"]}})')
    stack.write_program(restricted if restricts else ONE_ID)
    preview = succeeded(stack.preview())
    assert "hlsUrl" not in preview.output, preview.output
    succeeded(stack.up())
    stored = "hlsUrl" in stack.resources()["main"]["outputs"]
    assert stored == (after is NATIVE and restricts)
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}
