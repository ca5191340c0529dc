"""`delete` asks at a terminal first, and heeds what has happened when the answer comes."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.fake_pulumi import FakePulumi
from support.forked_python import forked
from support.playback_ids import ids_on
from support.states import export, interrupted, resource


@pytest.fixture(autouse=True)
def empty_stack(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export())


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("", 1), ("\x04", 130)])
def test_on_a_terminal_the_answer_decides(answer: str, status: int, sandbox: Sandbox, first_id: str) -> None:
    person, terminal = pty.openpty()
    try:
        os.write(person, f"{answer}\n".encode())
        completed = subprocess.run(
            [forked("pulumi-fastpix"), "delete", DEMO_STREAM_ID, first_id],
            stdin=terminal,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(person)
        os.close(terminal)
    assert completed.returncode == status, completed.stderr
    question = completed.stdout.partition("Whoever watches through it is cut off")
    assert "Stacks of other projects are read only if --also" in question[0].splitlines()[-1]
    assert ids_on(sandbox) == (set() if status == 0 else {first_id})


def answer_after(change: Callable[[], None], playback_id: str) -> tuple[int, str]:
    """Wait for the question, let something happen, and say yes; the exit status and what came on stderr."""
    person, terminal = pty.openpty()
    with subprocess.Popen(
        [forked("pulumi-fastpix"), "delete", DEMO_STREAM_ID, playback_id],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        os.close(terminal)
        try:
            assert command.stdout is not None
            shown = ""
            while not shown.endswith("[y/N]: "):
                character = command.stdout.read(1)
                assert character, shown
                shown += character
            change()
            os.write(person, b"y\n")
            _, stderr = command.communicate(timeout=30)
        finally:
            os.close(person)
    return command.returncode, stderr


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (lambda id_: export(resource("main", id_)), "Stack dev owns {}, as 'main'"),
        (lambda _: interrupted(), "A run of stack dev that was killed, or is still going on, may have made {}"),
        (lambda _: interrupted(policy="private"), None),
        (lambda _: export(resource("main", "another")), None),
    ],
)
def test_a_claim_that_the_stack_got_while_the_question_waited_is_heeded(
    now: Callable[[str], Any], expected: str | None, pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    status, stderr = answer_after(lambda: pulumi.prints("export", now(first_id)), first_id)
    if expected is None:
        assert (status, stderr, ids_on(sandbox)) == (0, "", set())
    else:
        assert (status, ids_on(sandbox)) == (1, {first_id})
        assert f"The stack has changed since you were asked. Nothing was deleted. {expected.format(first_id)}" in stderr
    assert len([command for command in pulumi.commands if command.startswith("stack export")]) == 2


def test_nothing_is_deleted_if_the_stack_cannot_be_read_after_the_answer(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    status, stderr = answer_after(lambda: pulumi.fails("export"), first_id)
    assert (status, ids_on(sandbox)) == (1, {first_id})
    assert stderr.startswith("Error: Nothing was deleted. The stack couldn't be read again")
    assert "no stack selected" in stderr
