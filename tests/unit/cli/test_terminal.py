"""A report is coloured and wrapped at a terminal, which is a real one here, and plain everywhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

import pytest

from pulumi_fastpix.cli.terminal import Colour, Line, wrapped
from unit.cli.command import EXECUTABLE
from unit.cli.project import Project

COLUMNS = 60
ESCAPE = "\x1b["


@pytest.fixture(autouse=True)
def terminal(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project without credentials, and nothing in the environment that describes another terminal."""
    project.configure()
    monkeypatch.setenv("TERM", "xterm")
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def at_a_terminal(project: Project) -> str:
    """What the doctor prints at a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    with subprocess.Popen(
        [EXECUTABLE, "doctor", "--offline"],
        cwd=project.folder,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as command:
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 4096):
                printed += piece
        except OSError:
            pass  # how Linux reports that nobody writes to it any more
        finally:
            os.close(ours)
    assert command.returncode == 1, printed
    return printed.decode().replace("\r\n", "\n")


def test_at_a_terminal_severities_are_coloured_and_long_lines_wrapped_beside_them(project: Project) -> None:
    printed = at_a_terminal(project)
    assert f"{ESCAPE}32mok       {ESCAPE}0mpulumi-fastpix" in printed
    assert f"{ESCAPE}31mproblem  {ESCAPE}0mFastPix is not configured:" in printed
    assert f"{ESCAPE}31m1 problem.{ESCAPE}0m" in printed
    assert "\n            " in printed, "advice goes on beside its beginning"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "0"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_none(
    name: str, value: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    printed = at_a_terminal(project)
    assert ESCAPE not in printed
    assert "problem  FastPix is not configured:" in printed
    assert re.search(r"\n {9}\w", printed), "it is wrapped all the same"


def test_an_empty_no_color_is_as_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert ESCAPE in at_a_terminal(project)


def test_a_pipe_gets_plain_text_with_one_line_for_each(project: Project) -> None:
    printed = subprocess.run(
        [EXECUTABLE, "doctor", "--offline"], cwd=project.folder, capture_output=True, text=True, check=False
    ).stdout
    assert ESCAPE not in printed
    *findings, empty, summary = printed.splitlines()
    assert all(line.startswith(("ok       ", "problem  ", "         -> ")) for line in findings), printed
    assert (empty, summary) == ("", "1 problem.")


COMMAND = "Run `pulumi config set --secret fastpix:secretKey` now, then `pulumi up`."


@pytest.mark.parametrize(
    ("line", "width", "expected"),
    [
        (Line("nothing to wrap", "ok       "), 40, "ok       nothing to wrap"),
        (Line("one two three four five six", "  - "), 24, "  - one two three four\n    five six"),
        (Line(""), 40, ""),
        (Line(COMMAND), 40, "Run\n`pulumi config set --secret fastpix:secretKey`\nnow, then `pulumi up`."),
        (Line("twenty columns are left", "a long start "), 5, "a long start twenty columns are\n             left"),
        (Line("1111aaaa-2222bbbb-3333cccc-4444dddd"), 20, "1111aaaa-2222bbbb-3333cccc-4444dddd"),
    ],
)
def test_a_line_is_wrapped_beside_its_start_and_never_within_a_command(line: Line, width: int, expected: str) -> None:
    assert wrapped(line, width, coloured=False) == expected


def test_the_start_is_coloured_or_else_the_text() -> None:
    assert wrapped(Line("text", "start ", Colour.YELLOW), 80, coloured=True) == f"{ESCAPE}33mstart {ESCAPE}0mtext"
    assert wrapped(Line("text", colour=Colour.YELLOW), 80, coloured=True) == f"{ESCAPE}33mtext{ESCAPE}0m"
    assert wrapped(Line("text", "start "), 80, coloured=True) == "start text"
