"""An import file that exists already: one that was imported is in nobody's way, any other is left alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export, resource
from unit.cli.command import IMPORT_FILE, run

COMMANDS = {"recover": [], "adopt": [DEMO_STREAM_ID]}


def file_with(*ids: str, stream_id: Any = "another") -> str:
    inputs = {"streamId": stream_id}
    return json.dumps({"resources": [{"type": "x", "name": f"of {id_}", "id": id_, "inputs": inputs} for id_ in ids]})


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "content",
    [
        "mine",
        "[1]",
        "{}",
        '{"resources": [1]}',
        '{"resources": [{"id": {}, "inputs": 1}]}',
        file_with(),
        file_with("owned", "another"),
        file_with("another", stream_id={"plaintext": DEMO_STREAM_ID}),
    ],
)
def test_a_file_that_may_still_be_needed_is_not_overwritten(
    name: str, content: str, pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", export(resource("kept", "owned"), pending=(resource("main"),)))
    IMPORT_FILE.write_text(content)
    arguments = [name, *COMMANDS[name], *([first_id] if name == "adopt" else [])]
    refused = run(*arguments)
    assert (refused.exit_code, "Otherwise overwrite it with --force" in refused.output) == (1, True), refused.output
    assert first_id not in refused.output
    assert IMPORT_FILE.read_text() == content
    assert run(*arguments, "--force").exit_code == 0
    assert first_id in IMPORT_FILE.read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_everything_else_that_is_wrong_is_reported_first(name: str, pulumi: FakePulumi, sandbox: Sandbox) -> None:
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    pulumi.prints("export", export(pending=(resource("main"),)))
    IMPORT_FILE.write_text("mine")
    refused = run(name, *COMMANDS[name])
    assert (refused.exit_code, "FastPix answered 404" in refused.output) == (1, True), refused.output


FULL_DISK = """
import resource, sys
from pulumi_fastpix.cli.import_file import ImportFile
from pulumi_fastpix.stack.import_file import Entry
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    ImportFile(sys.argv[1], set(), force=True).write([Entry("type", "main", "id-1", {}, {})])
except Exception as error:
    print(error, end="")
"""


def test_where_a_file_can_not_be_written_no_part_of_it_is_left(tmp_path: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    file = tmp_path / IMPORT_FILE
    file.write_text("mine")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, file], capture_output=True, text=True, check=True)
    assert done.stdout == f"Could not write {file}: File too large. Name another file with --out."
    assert not file.exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_that_was_imported_is_overwritten(name: str, pulumi: FakePulumi, first_id: str) -> None:
    state: dict[str, Any] = export(resource("kept", "owned"), pending=(resource("main"),) if name == "recover" else ())
    pulumi.prints("export", state)
    IMPORT_FILE.write_text(file_with("owned"))
    result = run(name, *COMMANDS[name])
    assert result.exit_code == 0, result.output
    assert "Overwrote fastpix-import.json of an earlier run: the stack owns everything that was in it." in result.output
    assert first_id in IMPORT_FILE.read_text()


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("id_", "remains"), [("owned", False), ("another", True)])
def test_where_nothing_is_left_to_do_a_file_that_was_imported_is_removed(
    name: str, id_: str, remains: bool, pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", export(resource("kept", "owned"), resource("main", first_id)))
    IMPORT_FILE.write_text(file_with(id_))
    result = run(name, *COMMANDS[name])
    assert result.exit_code == 0, result.output
    assert ("Removed fastpix-import.json" in result.output) is not remains
    assert IMPORT_FILE.exists() is remains


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_file_holds_is_said(name: str, pulumi: FakePulumi, first_id: str) -> None:
    pulumi.prints("export", export(resource("kept", "owned"), pending=(resource("main"),)))
    arguments = [name, *COMMANDS[name], *([first_id] if name == "adopt" else [])]
    IMPORT_FILE.write_text(file_with("owned", "1", "2", "3", "4"))
    refused = run(*arguments).output
    assert "holds 4 playback IDs that the stack doesn't own: 'of 1' (1), 'of 2' (2), 'of 3' (3), 1 more." in refused
    assert "the file may be out of date" in refused
    IMPORT_FILE.write_text("mine")
    assert (
        "exists already, and holds something else than live streams or playback IDs to import."
        in run(*arguments).output
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_with_what_was_deleted_at_fastpix_is_overwritten(name: str, pulumi: FakePulumi, first_id: str) -> None:
    """An orphan that was recovered, for example, which the next run has deleted."""
    pulumi.prints("export", export(resource("kept", "owned"), pending=(resource("main"),) if name == "recover" else ()))
    IMPORT_FILE.write_text(file_with("owned", "deleted", stream_id=DEMO_STREAM_ID))
    result = run(name, *COMMANDS[name])
    assert result.exit_code == 0, result.output
    assert "Overwrote fastpix-import.json of an earlier run: what the stack doesn't own of it doesn't exist" in (
        result.output
    )
    assert "deleted" not in IMPORT_FILE.read_text()
    assert first_id in IMPORT_FILE.read_text()


def test_a_file_with_what_was_deleted_at_fastpix_is_removed_if_there_is_nothing_to_adopt(
    pulumi: FakePulumi, first_id: str
) -> None:
    pulumi.prints("export", export(resource("main", first_id)))
    IMPORT_FILE.write_text(file_with("deleted", stream_id=DEMO_STREAM_ID))
    result = run("adopt", DEMO_STREAM_ID)
    assert (result.exit_code, "Removed fastpix-import.json" in result.output) == (0, True)
    assert not IMPORT_FILE.exists()
