"""The commands of a page, run in one shell as a reader runs them, and what each prints held to what the page shows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
_MARK = "=== command of the page ==="


class Command(NamedTuple):
    """A command, and the lines that the page shows below it, between which there may be others; `…` is anything."""

    command: str
    shown: list[str]


def commands_of(page: str) -> list[Command]:
    """The commands of a page's console blocks, in order."""
    found: list[Command] = []
    for block in re.findall(r"```console\n(.*?)```", page, flags=re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Command(line.removeprefix("$ "), []))
            else:
                found[-1].shown.append(line)
    return found


def run_commands(page: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Run a page's commands in a shell, each of which must succeed and print what the page shows.

    Args:
        page: its text.
        folder: where the shell begins.
        environ: its environment; Pulumi asks nothing in it.
    """
    commands = commands_of(page)
    assert commands
    # What it has left in the background would keep the pipes open.
    trap = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"
    script = f"set -e -o pipefail -m\n{trap}\n" + "".join(f"echo '{_MARK}'\n{one.command}\n" for one in commands)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**environ, "PULUMI_SKIP_CONFIRMATIONS": "true", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    _, *printed = done.stdout.split(f"{_MARK}\n")
    assert done.returncode == 0, f"{commands[len(printed) - 1].command}\n{done.stdout}\n{done.stderr}"
    for one, lines in zip(commands, printed, strict=True):
        missing = _first_missing(one.shown, lines.splitlines())
        assert not missing, f"{one.command}\ndid not print\n{missing}\nbut\n{lines}"


def _first_missing(shown: list[str], printed: list[str]) -> str:
    """The first line shown that isn't printed behind those before it; empty if all are."""
    rest = iter([*map(_as_compared, printed)])
    for line in shown:
        expected = ".*".join(map(re.escape, _as_compared(line).split("…")))
        if line and not any(re.fullmatch(expected, other) for other in rest):
            return line
    return ""


def _as_compared(line: str) -> str:
    """A line without what differs from run to run: ids, and so the width of columns."""
    return re.sub(r"\s+", " ", _IDS.sub("<id>", line)).strip()
