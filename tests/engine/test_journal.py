"""Runs with a journal that is damaged or can't be written, and what a killed run leaves in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pulumi_fastpix.journal.files import folder_of
from pulumi_fastpix.sandbox import Fault, Sandbox
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import up_killed
from support.playback_ids import ids_on
from support.programs import ONE_ID

AFTER = Fault(kind="latency", method="POST", seconds=60, when="after")


def journal_of(stack: Stack) -> Path:
    folder = folder_of(stack.environ)
    assert folder is not None
    return folder


def kill_provider_when(stack: Stack, sandbox: Sandbox, when: Callable[[], bool], fault: Fault = AFTER) -> None:
    """Run `up`, and kill the provider amid it."""
    sandbox.faults.add(fault)
    up_killed(stack, when, stack.folder / "up.log", victims="provider", journal=True)
    sandbox.faults.clear()


def test_a_replacement_that_a_killed_provider_made_is_found(stack: Stack, sandbox: Sandbox) -> None:
    """The name is still that of what was to be replaced, and Pulumi remembers nothing."""
    with_stream = ids_on(sandbox)
    stack.write_program(ONE_ID)
    assert stack.up().status == 0
    before = ids_on(sandbox)
    stack.write_program(ONE_ID.replace(")", ', access_policy="private")', 1))
    kill_provider_when(stack, sandbox, lambda: ids_on(sandbox) > before)
    (orphan,) = ids_on(sandbox) - before

    preview = stack.preview()
    assert preview.status == 0, preview.output
    advice = fastpix(stack, "recover")
    assert orphan in advice.stdout + advice.stderr
    advice = fastpix(stack, "recover", f"--ours={orphan}")
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert ids_on(sandbox) - with_stream == {*stack.ids().values()}
    assert "Nothing to recover" in fastpix(stack, "recover").stdout
