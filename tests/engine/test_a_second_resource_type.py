"""A second resource type fits, on the real engine: an update in place, a nested input, a secret output in the state."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support import note
from support.cases import shown_of
from support.engine import Stack, counts, succeeded
from support.two_playback_ids import PREVIEWED, preview_of

NAMES = ("dynamic", "native")


def test_a_nested_input_updates_in_place_and_a_secret_output_is_encrypted(tmp_path: Path, sandbox: Sandbox) -> None:
    """Through both providers in one stack."""
    stack = Stack(tmp_path, sandbox.environment())
    # In the program's folder, where all the processes find it without a PYTHONPATH.
    shutil.copy(note.__file__, stack.program_folder / "note.py")
    (stack.program_folder / "plugin.py").write_text("from note import main\n\nmain()\n")
    plugin = tmp_path / "plugin" / "pulumi-resource-fastpix"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec python3 {stack.program_folder}/plugin.py "$@"\n')
    plugin.chmod(0o755)
    stack.environ["PATH"] = os.pathsep.join([str(plugin.parent), stack.environ["PATH"]])
    stack.write_program(f"""
import os
from note import DynamicNote, NativeNote

labels = {{"words": os.environ["WORDS"].split(), "size": {{"metres": 2.5}}}}
for name, Note in (("dynamic", DynamicNote), ("native", NativeNote)):
    pulumi.export(name, Note(name, stream_id="{DEMO_STREAM_ID}", labels=labels).token)
""")
    stack.create()
    succeeded(stack.up(WORDS="a b"))

    updated = stack.run(*PREVIEWED, WORDS="a c")
    previewed = preview_of(updated)
    assert "metres" not in previewed
    for name in NAMES:
        assert "~ words" in shown_of(previewed, name), previewed
    assert counts(updated)["updated"] == 2, updated.output
    assert "hush" not in updated.output
    succeeded(stack.up("--expect-no-changes", WORDS="a c"))

    state = stack.deployment()
    assert "hush" not in json.dumps(state)
    notes = {one["urn"].rpartition("::")[2]: one for one in state["resources"] if one["type"].endswith(":Note")}
    assert notes.keys() == {*NAMES}
    for one in notes.values():
        assert one["outputs"]["labels"] == {"language": "en", "words": ["a", "c"], "size": {"metres": 2.5}}
        assert one["outputs"]["revision"] == 2
    assert stack.outputs() == dict.fromkeys(NAMES, "hush-note")
    assert "hush" not in stack.run("stack", "output").output
    succeeded(stack.refresh())
    assert "hush" not in json.dumps(stack.deployment())
    succeeded(stack.destroy())
