"""Pulumi takes our schema as it is, and other languages get from it what they need: YAML stands for all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES
from support.engine import NATIVE, ProviderUnderTest, Stack, counts, succeeded
from support.playback_ids import ids_on
from support.programs import ONE_ID
from support.two_playback_ids import PREVIEWED, preview_of

ROOT = Path(__file__).parents[2]


def example_of(name: str) -> str:
    """The program in the description of a resource type."""
    description = schema()["resources"][f"fastpix:index:{name}"]["description"]
    (program,) = re.findall(r"```yaml\n(.*?)```", description, flags=re.DOTALL)
    return str(program)


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Other languages have the native provider only."""
    return NATIVE


def first_id_on(sandbox: Sandbox, stream_id: str) -> str:
    """The playback ID that came with a stream, which has no other yet."""
    (playback_id,) = ids_on(sandbox, stream_id)
    return playback_id


def write_yaml(stack: Stack, program: str) -> None:
    (stack.program_folder / "Pulumi.yaml").write_text(f"name: project\nruntime: yaml\n{program}")


def test_pulumi_finds_no_fault_with_the_schema(stack: Stack) -> None:
    checked = succeeded(stack.run("schema", "check", str(ROOT / "schema.json")))
    assert "warning" not in checked.output.lower(), checked.output


def test_the_example_in_the_schema_runs(stack: Stack, sandbox: Sandbox) -> None:
    write_yaml(stack, example_of("LivePlaybackId"))
    succeeded(stack.run("up", "--yes"))
    (playback_id,) = stack.ids().values()
    assert stack.outputs() == {"watch": f"https://stream.fastpix.com/{playback_id}.m3u8"}
    rules = sandbox.store.playback_ids.restrictions(DEMO_STREAM_ID)[playback_id]["domains"]
    assert (rules.default_policy, rules.allow) == ("deny", ("partner.example",))


def test_the_examples_of_a_stream_and_of_a_signing_key_in_the_schema_run(stack: Stack, sandbox: Sandbox) -> None:
    """In one program."""
    examples = [yaml.safe_load(example_of(name)) for name in ("LiveStream", "SigningKey")]
    parts = ("resources", "outputs")
    assert [example.keys() for example in examples] == [{*parts}] * 2
    write_yaml(stack, yaml.safe_dump({part: examples[0][part] | examples[1][part] for part in parts}))
    up = succeeded(stack.run("up", "--yes"))
    ids, outputs = stack.ids(), stack.outputs()
    stream = sandbox.store.live_streams.get(ids["concert"])
    assert (ids["partner"], "public") in stream.playback_ids
    assert (stream.settings.reconnect_window, stream.settings.metadata) == (300, {"show": "42"})
    assert [one.id for one in sandbox.store.signing_keys.list()] == [ids["viewers"]]
    private_key = outputs["signingPrivateKey"]
    assert outputs == {
        "watch": f"https://stream.fastpix.com/{ids['partner']}.m3u8",
        "streamKey": stream.stream_key,
        "signingKeyId": ids["viewers"],
        "signingPrivateKey": private_key,
    }
    shown = up.output + stack.run("stack", "output").output + json.dumps(stack.deployment())
    assert [secret for secret in (stream.stream_key, private_key) if secret in shown] == []
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}


def test_a_lookup_takes_what_else_it_needs_as_an_input_or_in_the_id(stack: Stack, sandbox: Sandbox) -> None:
    """A key needs nothing else, and a stream its playback ID if it has several."""
    key = sandbox.store.signing_keys.get(sandbox.store.signing_keys.create().id)
    alone = sandbox.store.live_streams.create()
    of_alone, of_demo = first_id_on(sandbox, alone), first_id_on(sandbox, DEMO_STREAM_ID)
    private = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    looked_up: dict[str, tuple[str, dict[str, object]]] = {
        "key": ("SigningKey", {"id": key.id}),
        "streamAlone": ("LiveStream", {"id": alone}),
        "streamWithItsPlaybackId": ("LiveStream", {"id": DEMO_STREAM_ID, "state": {"playbackId": of_demo}}),
        "streamByImportId": ("LiveStream", {"id": f"{DEMO_STREAM_ID}/{of_demo}"}),
        "playbackIdWithItsStream": ("LivePlaybackId", {"id": private, "state": {"streamId": DEMO_STREAM_ID}}),
        "playbackIdByImportId": ("LivePlaybackId", {"id": f"{DEMO_STREAM_ID}/{private}"}),
    }
    outputs = {
        "SigningKey": ("publicKey",),
        "LiveStream": ("hlsUrl", "rtmpsUrl"),
        "LivePlaybackId": ("hlsUrl", "accessPolicy"),
    }
    program = {
        "resources": {name: {"type": f"fastpix:{type_}", "get": get} for name, (type_, get) in looked_up.items()},
        "outputs": {
            name: [f"${{{name}.{output}}}" for output in outputs[type_]] for name, (type_, _) in looked_up.items()
        },
    }
    write_yaml(stack, yaml.safe_dump(program))
    succeeded(stack.up())
    ingest = "rtmps://live.fastpix.com:443/live"
    assert stack.outputs() == {
        "key": [key.public_key],
        "streamAlone": [f"https://stream.fastpix.com/{of_alone}.m3u8", ingest],
        "streamWithItsPlaybackId": [f"https://stream.fastpix.com/{of_demo}.m3u8", ingest],
        "streamByImportId": [f"https://stream.fastpix.com/{of_demo}.m3u8", ingest],
        "playbackIdWithItsStream": [f"https://stream.fastpix.com/{private}.m3u8", "private"],
        "playbackIdByImportId": [f"https://stream.fastpix.com/{private}.m3u8", "private"],
    }
    assert sandbox.mutating_requests == []


def test_a_replacement_shows_only_the_input_that_differs_and_a_missing_address_no_difference(
    stack: Stack, sandbox: Sandbox
) -> None:
    """The address differs after a replacement, too, but isn't known before."""
    stack.write_program(ONE_ID)
    succeeded(stack.up())
    stack.write_program(ONE_ID.replace('")', '", access_policy="private")'))
    preview = succeeded(stack.preview())
    assert '~ accessPolicy: "public" => "private"' in preview.output
    assert "hlsUrl" not in preview.output, preview.output

    # As the dynamic provider leaves it, and versions before this output.
    stack.write_program(ONE_ID)
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


def test_only_the_native_provider_stores_the_address(tmp_path: Path, sandbox: Sandbox) -> None:
    """Each of these resources goes from one provider to the other; two are restricted meanwhile."""
    cases = [(before, restricts) for before in MODULES for restricts in (False, True)]
    other = {"dynamic": "native", "native": "dynamic"}
    names = {case: f"from-{case[0]}{'-restricted' if case[1] else ''}" for case in cases}

    def declared(case: tuple[str, bool], provider: str, *, restricted: bool) -> str:
        rules = ', access_restrictions={"user_agents": {"deny": ["curl/"]}}' if restricted else ""
        return f'{MODULES[provider]}.LivePlaybackId("{names[case]}", stream_id="{DEMO_STREAM_ID}"{rules})\n'

    def stored() -> dict[str, bool]:
        return {name: "hlsUrl" in resource["outputs"] for name, resource in stack.resources().items()}

    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program(BOTH_PROVIDERS + "".join(declared(case, case[0], restricted=False) for case in cases))
    stack.create()
    succeeded(stack.up())
    assert stored() == {names[before, restricts]: before == "native" for before, restricts in cases}
    stack.write_program(BOTH_PROVIDERS + "".join(declared(case, other[case[0]], restricted=case[1]) for case in cases))
    preview = preview_of(stack.run(*PREVIEWED))
    assert "hlsUrl" not in preview, preview
    assert stored() == {
        names[before, restricts]: other[before] == "native" and restricts for before, restricts in cases
    }
    assert counts(succeeded(stack.up("--expect-no-changes"))).keys() == {"unchanged"}
