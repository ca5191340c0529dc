"""Prints a report: coloured and wrapped for people at a terminal, plain and one line each for pipes and files."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import click

NARROWEST = 20
"""Columns that are left for text however narrow a terminal is."""

_SPACE_IN_COMMAND = "\0"
"""Stands for a space at which no line ends, while lines are wrapped."""


class Colour(Enum):
    """How much a line matters."""

    GREEN = "green"
    """It is as it should be."""
    YELLOW = "yellow"
    """Somebody should know."""
    RED = "red"
    """Something is wrong."""


@dataclass(frozen=True)
class Line:
    """One line of a report.

    Attributes:
        text: what it says, however long it is.
        start: what stands in front, in columns where several lines are aligned; the text is wrapped beside it.
        colour: of the start, or of the text where there is no start.
    """

    text: str
    start: str = ""
    colour: Colour | None = None


def show(lines: Iterable[Line]) -> None:
    """Print lines on stdout, in the form that is right for it."""
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(line.start + line.text)
        return
    # https://no-color.org
    coloured = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns
    for line in lines:
        click.echo(wrapped(line, width, coloured=coloured))


def wrapped(line: Line, width: int, *, coloured: bool) -> str:
    """A line as a terminal shows it. No line ends within a command in backticks, so that it can be copied."""
    text = re.sub(r"`[^`]*`", lambda command: command.group().replace(" ", _SPACE_IN_COMMAND), line.text)
    pieces = textwrap.wrap(
        text, max(width - len(line.start), NARROWEST), break_long_words=False, break_on_hyphens=False
    )
    body = f"\n{'':<{len(line.start)}}".join(pieces).replace(_SPACE_IN_COMMAND, " ")
    if not coloured or line.colour is None:
        return line.start + body
    if not line.start:
        return click.style(body, fg=line.colour.value)
    return click.style(line.start, fg=line.colour.value) + body
