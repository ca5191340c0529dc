"""Runs our own command beside a stack, and the `pulumi` commands that it prints, as they stand."""

from __future__ import annotations

import shlex
import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from support import shortcuts
from support.engine import NEWEST_SDK, Stack


@dataclass(frozen=True)
class Completed:
    """A command that has ended, with what it printed."""

    status: int
    stdout: str
    stderr: str


def fastpix(
    stack: Stack,
    *arguments: str,
    stdin: str | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Completed:
    """Run `pulumi-fastpix` in the program's folder, or in another."""
    completed = subprocess.run(
        [str(shortcuts.commands_of(NEWEST_SDK) / "pulumi-fastpix"), *arguments],
        cwd=folder or stack.program_folder,
        env={**stack.environ, **(environ or {})},
        input=stdin or "",
        capture_output=True,
        text=True,
        check=False,
    )
    return Completed(completed.returncode, completed.stdout, completed.stderr)


def printed_commands(text: str) -> list[str]:
    """The commands that a text advises."""
    return [line.strip() for line in text.splitlines() if line.startswith("    pulumi ")]


def printed_declarations(text: str) -> str:
    """The lines of a program that a text has."""
    lines = [line for line in text.splitlines() if line.startswith(("    import ", "    fastpix."))]
    return textwrap.dedent("\n".join(lines)) + "\n"


def follow(stack: Stack, text: str, folder: Path | None = None) -> None:
    """Run them in order, as a person at a shell would."""
    commands = printed_commands(text)
    assert commands, text
    for command in commands:
        completed = subprocess.run(
            shlex.split(command),
            cwd=folder or stack.program_folder,
            env=stack.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert completed.returncode == 0, f"{command}\n{completed.stdout}"


def examples(stack: Stack, command: str) -> list[str]:
    """The examples in a command's help."""
    shown = fastpix(stack, command, "--help").stdout.partition("Examples:")[2].partition("Options:")[0]
    return [line.strip() for line in shown.splitlines() if line.strip()]


def shell(stack: Stack, line: str) -> Completed:
    """Run a line as it stands, in a shell in the program's folder."""
    completed = subprocess.run(
        ["bash", "-c", line],
        cwd=stack.program_folder,
        env=stack.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Completed(completed.returncode, completed.stdout, completed.stderr)
