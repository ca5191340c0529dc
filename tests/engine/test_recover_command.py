"""`recover` of a state that needs no killed run: all is certain, nothing is interrupted, or it can't be read."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import through_both
from support.commands import examples, fastpix, follow, shell
from support.engine import DYNAMIC, ProviderUnderTest, Stack
from support.killing import attributes_of, turn_into_interrupted_creates


@pytest.fixture
def provider() -> ProviderUnderTest:
    """Programs go through both providers here: see `support.cases`."""
    return DYNAMIC


def test_a_create_gets_the_playback_id_that_the_state_names_and_nothing_is_left_to_recover(
    stack: Stack, sandbox: Sandbox
) -> None:
    """A run that is killed between FastPix's response and the end of a create leaves such a state, if rarely."""
    stack.write_program(
        through_both(f"""
for number in range(2):
    module.LivePlaybackId(f"camera-{{provider}}-{{number}}", stream_id="{DEMO_STREAM_ID}")
""")
    )
    assert stack.up().status == 0
    before = stack.ids()
    turn_into_interrupted_creates(stack)

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert advice.stdout.count("(certain)") == 4
    follow(stack, advice.stdout)
    assert stack.ids() == before
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
    assert "interrupted" not in again.output

    (stack.program_folder / "fastpix-import.json").unlink()
    sandbox.clear_requests()
    lines = examples(stack, "recover")
    assert len(lines) == 4
    for line in lines:
        completed = shell(stack, line)
        assert (completed.status, completed.stderr) == (0, ""), line
        assert (
            completed.stdout
            == "Nothing to recover: stack dev has no interrupted create of a live stream, playback ID or signing key.\n"
        )
    assert sandbox.requests == []


def test_an_empty_attributes_file_of_a_state_is_reported_with_the_command_that_helps(stack: Stack) -> None:
    stack.write_program("")
    assert stack.up().status == 0
    attributes_of(stack).write_text("")
    completed = fastpix(stack, "recover")
    assert completed.status == 1
    assert "EOF. A run was killed" in completed.stderr
    command = completed.stderr.strip().rpartition("after this: ")[2]
    assert shlex.split(command) == ["rm", str(attributes_of(stack))]
    subprocess.run(shlex.split(command), check=True)
    assert fastpix(stack, "recover").status == 0
