"""A second resource type fits, on the real engine: an update in place, a nested input, a secret output in the state."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import Stack, counts

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("resource_class", ["DynamicNote", "NativeNote"])
def test_a_nested_input_updates_in_place_and_a_secret_output_is_encrypted(
    resource_class: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    plugin = tmp_path / "plugin" / "pulumi-resource-fastpix"
    plugin.parent.mkdir()
    plugin.write_text(f"#!{sys.executable}\nfrom support.note import main\n\nmain()\n")
    plugin.chmod(0o755)
    stack = Stack(tmp_path, {**sandbox.environment(), "PYTHONPATH": str(TESTS)})
    stack.environ["PATH"] = os.pathsep.join([str(plugin.parent), stack.environ["PATH"]])
    stack.write_program(f"""
import os
from support.note import {resource_class}

note = {resource_class}(
    "main", stream_id="{DEMO_STREAM_ID}", labels={{"words": os.environ["WORDS"].split(), "size": {{"metres": 2.5}}}}
)
pulumi.export("token", note.token)
""")
    stack.create()
    assert stack.up(WORDS="a b").status == 0

    previewed = stack.preview(WORDS="a c")
    assert "~ words" in previewed.output, previewed.output
    assert "metres" not in previewed.output
    updated = stack.up(WORDS="a c")
    assert counts(updated)["updated"] == 1, updated.output
    assert "hush" not in updated.output
    assert stack.run("up", "--yes", "--skip-preview", "--expect-no-changes", WORDS="a c").status == 0

    state = stack.export()
    assert "hush" not in state
    (note,) = [one for one in json.loads(state)["deployment"]["resources"] if one["type"].endswith(":Note")]
    assert note["outputs"]["labels"] == {"language": "en", "words": ["a", "c"], "size": {"metres": 2.5}}
    assert note["outputs"]["revision"] == 2
    assert stack.outputs() == {"token": "hush-note"}
    assert "hush" not in stack.run("stack", "output").output
    assert stack.refresh().status == 0
    assert "hush" not in stack.export()
    assert stack.destroy().status == 0
