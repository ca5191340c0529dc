"""Programs list what a workspace has, whoever made it: in Python, in YAML for all other languages, by `pulumi do`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import BOTH_PROVIDERS, MODULES, through_both
from support.commands import shell
from support.engine import NEWEST_SDK, Stack
from support.playback_ids import first_id_on, ids_on

LISTING = """
studio = module.Provider("studio", **account)
here = module.LivePlaybackId("here-" + provider, stream_id=streams[provider])
after = pulumi.InvokeOutputOptions(depends_on=[here])
existed = module.get_live_playback_ids(streams[provider])
mine = module.get_live_playback_ids_output(here.stream_id, after)
theirs = module.get_live_streams_output(pulumi.InvokeOptions(provider=studio))
keys = module.get_signing_keys_output()
pulumi.export("existed-" + provider, [one.id for one in existed.live_playback_ids])
pulumi.export("mine-" + provider, mine.apply(lambda found: [one.id for one in found.live_playback_ids]))
pulumi.export("theirs-" + provider, theirs.apply(lambda found: [one.id for one in found.live_streams]))
pulumi.export("keys-" + provider, keys.apply(lambda found: len(found.signing_keys)))
both = pulumi.Output.all(theirs, keys)
pulumi.export("both-" + provider, both.apply(lambda both: [both[0].live_streams[0].id, both[1].signing_keys]))
pulumi.export("whole-" + provider, mine)
"""
IN_VAIN = """
refused = []
for module, missing in ((fastpix, "0" * 32), (native, "1" * 32)):
    try:
        module.get_live_playback_ids(missing)
    except pulumi.RunError as error:  # which would end the program
        pulumi.log.error(str(error))
        refused.append(error)
raise refused[-1]
"""


@pytest.fixture
def studio() -> Iterator[Sandbox]:
    with Sandbox() as other:
        yield other


def test_a_python_program_lists_what_is_there(tmp_path: Path, sandbox: Sandbox, studio: Sandbox) -> None:
    stack = Stack(tmp_path)
    elsewhere = studio.store.live_streams.create()
    account = {"access_token_id": studio.access_token_id, "secret_key": studio.secret_key, "base_url": studio.base_url}
    streams = {provider: sandbox.store.live_streams.create() for provider in MODULES}
    existed = {provider: ids_on(sandbox, stream) for provider, stream in streams.items()}
    stack.write_program(f"account, streams = {account}, {streams}\n{through_both(LISTING)}")
    stack.create()
    stack.configure_target(sandbox)
    preview = stack.run("preview")
    assert preview.status == 0, preview.output
    # What depends on a playback ID that is to be made isn't known before it is made.
    shown = preview.output.partition("Outputs:")[2]
    unknown = re.findall(r"mine-(\w+) *: (?:\[unknown\]|output<string>)", shown)
    assert {*unknown} == {*MODULES}, preview.output
    up = stack.up()
    assert up.status == 0, up.output
    outputs = stack.outputs()
    for provider in MODULES:
        assert {*outputs[f"existed-{provider}"]} == existed[provider]
        assert {*outputs[f"mine-{provider}"]} == existed[provider] | {stack.ids()[f"here-{provider}"]}
        assert outputs[f"theirs-{provider}"] == [elsewhere, DEMO_STREAM_ID]
        assert outputs[f"keys-{provider}"] == 0
        assert outputs[f"both-{provider}"] == [elsewhere, []]
        whole = outputs[f"whole-{provider}"]["live_playback_ids"]
        assert [one["id"] for one in whole] == outputs[f"mine-{provider}"]
    # Another account's secret key doesn't make a secret of what it has.
    assert json.loads(stack.run("stack", "output", "--json").output) == outputs
    assert studio.secret_key not in up.output


def test_what_cannot_be_listed_fails_the_program_in_one_line(stack_of_both: Stack) -> None:
    stack_of_both.write_program(BOTH_PROVIDERS + IN_VAIN)
    preview = stack_of_both.preview()
    assert preview.status != 0
    assert "Could not read stream 000" in preview.output
    assert "Could not read stream 111" in preview.output
    assert "Traceback" not in preview.output


def blocks_of_page(language: str) -> list[str]:
    page = (Path(__file__).parents[2] / "docs" / "listing.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


def test_the_programs_of_the_page_run(stack_of_both: Stack) -> None:
    stack = stack_of_both
    now, later = blocks_of_page("python")
    stack.write_program(later + now)
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"playbackIds": 2}
    assert f"{DEMO_STREAM_ID} {{}}: 1 public playback IDs" in up.output


def test_the_yaml_of_the_page_runs(stack_of_both: Stack) -> None:
    stack = stack_of_both
    (program,) = blocks_of_page("yaml")
    (stack.program_folder / "Pulumi.yaml").write_text(program.replace("name: listing", "name: project"))
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"newest": DEMO_STREAM_ID, "policy": "public"}


def test_pulumi_do_lists_without_a_program(tmp_path: Path, sandbox: Sandbox) -> None:
    """Playback IDs, and streams by the command of the page."""
    stack = Stack(tmp_path, sandbox.environment())
    (stack.program_folder / "Pulumi.yaml").write_text("name: project\nruntime: yaml\n")
    plugin = str(NEWEST_SDK / "pulumi-resource-fastpix")
    of_stream = ("fastpix:index:LivePlaybackId", "list", "--stream-id", DEMO_STREAM_ID)
    run = stack.run("do", "--package", plugin, *of_stream)
    assert run.status == 0, run.output
    playback_id = first_id_on(sandbox)
    assert json.loads(run.output) == [{"id": f"{DEMO_STREAM_ID}/{playback_id}", "name": playback_id}]

    (block,) = blocks_of_page("console")
    prompt, _, printed = block.partition("\n")
    listed = shell(stack, prompt.removeprefix("$ "))
    assert listed.status == 0, listed.stderr
    assert listed.stdout.strip() == printed.strip(), listed.stderr
    assert json.loads(listed.stdout) == [{"id": DEMO_STREAM_ID, "name": DEMO_STREAM_ID}]
