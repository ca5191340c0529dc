"""Programs list what a workspace has, whoever made it: in Python, in YAML for all other languages, by `pulumi do`."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import DYNAMIC, NATIVE, NEWEST_SDK, Stack

OF_OTHER_ACCOUNT = """
studio = fastpix.Provider("studio", access_token_id={token!r}, secret_key={key!r}, base_url={url!r})
here = fastpix.LivePlaybackId("here", stream_id={stream!r})
after = pulumi.InvokeOutputOptions(depends_on=[here])
mine = fastpix.get_live_playback_ids_output(here.stream_id, after)
theirs = fastpix.get_live_streams_output(pulumi.InvokeOptions(provider=studio))
pulumi.export("existed", [one.id for one in fastpix.get_live_playback_ids({stream!r}).live_playback_ids])
pulumi.export("mine", mine.apply(lambda found: [one.id for one in found.live_playback_ids]))
pulumi.export("theirs", theirs.apply(lambda found: [one.id for one in found.live_streams]))
pulumi.export("keys", fastpix.get_signing_keys_output().apply(lambda found: len(found.signing_keys)))
"""


@pytest.fixture
def studio() -> Iterator[Sandbox]:
    with Sandbox() as other:
        yield other


def test_a_python_program_lists_what_is_there(configured_stack: Stack, sandbox: Sandbox, studio: Sandbox) -> None:
    stack = configured_stack
    elsewhere = studio.store.live_streams.create()
    existed = {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}
    stack.write_program(
        OF_OTHER_ACCOUNT.format(
            stream=DEMO_STREAM_ID, token=studio.access_token_id, key=studio.secret_key, url=studio.base_url
        )
    )
    preview = stack.run("preview")
    assert preview.status == 0, preview.output
    # What depends on a playback ID that is to be made isn't known before it is made.
    shown = preview.output.partition("Outputs:")[2]
    assert "mine   : [unknown]" in shown or "mine   : output<string>" in shown, preview.output
    up = stack.up()
    assert up.status == 0, up.output
    outputs = stack.outputs()
    assert {*outputs["existed"]} == existed
    assert {*outputs["mine"]} == existed | {stack.ids()["here"]}
    assert outputs["theirs"] == [elsewhere, DEMO_STREAM_ID]
    assert outputs["keys"] == 0
    # Another account's secret key doesn't make a secret of what it has.
    assert json.loads(stack.run("stack", "output", "--json").output) == outputs
    assert studio.secret_key not in up.output


def test_what_cannot_be_listed_fails_the_program_in_one_line(stack: Stack) -> None:
    stack.write_program('fastpix.get_live_playback_ids("0" * 32)')
    preview = stack.preview()
    assert preview.status != 0
    assert "Could not read stream 000" in preview.output
    assert "Traceback" not in preview.output


def test_pulumi_do_lists_without_a_program(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    (stack.program_folder / "Pulumi.yaml").write_text("name: project\nruntime: yaml\n")
    plugin = str(NEWEST_SDK / "pulumi-resource-fastpix")

    def listed(*arguments: str) -> object:
        run = stack.run("do", "--package", plugin, *arguments)
        assert run.status == 0, run.output
        return json.loads(run.output)

    (playback_id, _), *_ = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    expected = [{"id": f"{DEMO_STREAM_ID}/{playback_id}", "name": playback_id}]
    assert listed("fastpix:index:LivePlaybackId", "list", "--stream-id", DEMO_STREAM_ID) == expected
    assert listed("fastpix:index:LiveStream", "list") == [{"id": DEMO_STREAM_ID, "name": DEMO_STREAM_ID}]


def blocks_of_page(language: str) -> list[str]:
    page = (Path(__file__).parents[2] / "docs" / "listing.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)


@pytest.mark.parametrize("provider", [DYNAMIC], ids=["dynamic"])
def test_the_programs_of_the_page_run(stack: Stack) -> None:
    now, later = blocks_of_page("python")
    stack.write_program(later + now)
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"playbackIds": 2}
    assert f"{DEMO_STREAM_ID} {{}}: 1 public playback IDs" in up.output


@pytest.mark.parametrize("provider", [NATIVE], ids=["native"])
def test_the_yaml_of_the_page_runs(stack: Stack) -> None:
    (program,) = blocks_of_page("yaml")
    (stack.program_folder / "Pulumi.yaml").write_text(program.replace("name: listing", "name: project"))
    up = stack.up()
    assert up.status == 0, up.output
    assert stack.outputs() == {"newest": DEMO_STREAM_ID, "policy": "public"}


def test_the_command_of_the_page_runs(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    (stack.program_folder / "Pulumi.yaml").write_text("name: project\nruntime: yaml\n")
    (block,) = blocks_of_page("console")
    prompt, _, printed = block.partition("\n")
    run = subprocess.run(
        ["sh", "-c", prompt.removeprefix("$ ")],
        cwd=stack.program_folder,
        env=stack.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip() == printed.strip(), run.stderr
