"""A report is coloured and wrapped at a terminal, which is a real one here, and plain everywhere else."""

from __future__ import annotations

import re
import subprocess

import pytest

from pulumi_fastpix.cli.terminal import Colour, Line, verbatim, wrapped
from support.forked_python import forked
from unit.cli.command import at_a_terminal
from unit.cli.project import Project

ESCAPE = "\x1b["


@pytest.fixture(autouse=True)
def without_credentials(project: Project, terminal: None) -> None:
    del terminal
    project.configure()


def doctor(project: Project) -> str:
    """What the doctor prints at a terminal."""
    status, printed = at_a_terminal("doctor", "--offline", cwd=project.folder)
    assert status == 1, printed
    return printed


def test_at_a_terminal_severities_are_coloured_and_long_lines_wrapped_beside_them(project: Project) -> None:
    printed = doctor(project)
    assert f"{ESCAPE}32mok       {ESCAPE}0mpulumi-fastpix" in printed
    assert f"{ESCAPE}31mproblem  {ESCAPE}0mFastPix is not configured:" in printed
    assert f"{ESCAPE}31m1 problem.{ESCAPE}0m" in printed
    assert "\n            " in printed, "advice goes on beside its beginning"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "0"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_none(
    name: str, value: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    printed = doctor(project)
    assert ESCAPE not in printed
    assert "problem  FastPix is not configured:" in printed
    assert re.search(r"\n {9}\w", printed), "it is wrapped all the same"


def test_an_empty_no_color_is_as_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert ESCAPE in doctor(project)


def test_a_pipe_gets_plain_text_with_one_line_for_each(project: Project) -> None:
    printed = subprocess.run(
        [forked("pulumi-fastpix"), "doctor", "--offline"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert ESCAPE not in printed
    *findings, empty, summary = printed.splitlines()
    assert all(line.startswith(("ok       ", "problem  ", "         -> ")) for line in findings), printed
    assert (empty, summary) == ("", "1 problem.")


COMMAND = "Run `pulumi config set --secret fastpix:secretKey` now, then `pulumi up`."

FORGET = "Forget:\npulumi refresh --yes,\nthen go on"


@pytest.mark.parametrize(
    ("line", "width", "expected"),
    [
        (Line("nothing to wrap", "ok       "), 40, "ok       nothing to wrap"),
        (Line("one two three four five six", "  - "), 24, "  - one two three four\n    five six"),
        (Line(""), 40, ""),
        (Line(COMMAND), 40, "Run\n`pulumi config set --secret fastpix:secretKey`\nnow, then `pulumi up`."),
        (Line("twenty columns are left", "a long start "), 5, "a long start twenty columns are\n             left"),
        (Line("one two three four five", "  six ", indent=4), 20, "  six one two three four\n    five"),
        (Line("Forget: pulumi refresh --yes, then go on", unbroken="pulumi refresh --yes"), 24, FORGET),
        (verbatim("pulumi stack export --stack production", "    "), 24, "    pulumi stack export --stack production"),
        (Line("a line break\ncounts in the plain form only"), 40, "a line break counts in the plain form\nonly"),
        (Line("1111aaaa-2222bbbb-3333cccc-4444dddd"), 20, "1111aaaa-2222bbbb-3333cccc-4444dddd"),
    ],
)
def test_a_line_is_wrapped_beside_its_start_and_never_within_a_command(line: Line, width: int, expected: str) -> None:
    assert wrapped(line, width, coloured=False) == expected


def test_the_start_is_coloured_or_else_the_text() -> None:
    assert wrapped(Line("text", "start ", Colour.YELLOW), 80, coloured=True) == f"{ESCAPE}33mstart {ESCAPE}0mtext"
    assert wrapped(Line("text", colour=Colour.YELLOW), 80, coloured=True) == f"{ESCAPE}33mtext{ESCAPE}0m"
    assert wrapped(Line("text", "start "), 80, coloured=True) == "start text"
