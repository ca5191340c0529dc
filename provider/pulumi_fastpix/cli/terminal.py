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

_UNBROKEN_SPACE = "\0"
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
        text: what it says, however long it is. A line break in it counts in the plain form only.
        start: what stands in front, in columns where several lines are aligned.
        colour: of the start, or of the text where there is no start.
        indent: the column in which wrapped text goes on; None for beside the start.
        unbroken: a part of the text within which no line ends, so that it can be copied. Commands in backticks are
            such anyway.
    """

    text: str
    start: str = ""
    colour: Colour | None = None
    indent: int | None = None
    unbroken: str = ""


def verbatim(text: str, start: str = "") -> Line:
    """A line that isn't wrapped at all: a command to run, or a part of a program."""
    return Line(text, start, unbroken=text)


def show(lines: Iterable[Line], *, err: bool = False) -> None:
    """Print lines on stdout, or on stderr, in the form that is right for it."""
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty():
        for line in lines:
            click.echo(line.start + line.text, err=err)
        return
    # https://no-color.org
    coloured = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns
    for line in lines:
        click.echo(wrapped(line, width, coloured=coloured), err=err)


def warn(texts: Iterable[str]) -> None:
    """Print warnings on stderr: the command goes on, but somebody should know."""
    show((Line(text, "Warning: ", Colour.YELLOW, indent=2) for text in texts), err=True)


def wrapped(line: Line, width: int, *, coloured: bool) -> str:
    """A line as a terminal shows it."""
    together = [re.escape(line.unbroken)] if line.unbroken else []
    text = re.sub("|".join([*together, "`[^`]*`"]), lambda part: part.group().replace(" ", _UNBROKEN_SPACE), line.text)
    indent = len(line.start) if line.indent is None else line.indent
    pieces = textwrap.wrap(
        text,
        max(width, indent + NARROWEST),
        initial_indent=line.start,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    body = "\n".join(pieces)[len(line.start) :].replace(_UNBROKEN_SPACE, " ")
    if not coloured or line.colour is None:
        return line.start + body
    if not line.start:
        return click.style(body, fg=line.colour.value)
    return click.style(line.start, fg=line.colour.value) + body
