"""The options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

IMPORT_FILE = "fastpix-import.json"


def stack_options(function: Function) -> Function:
    """Give a command the options by which `pulumi` itself chooses a stack."""
    return _with(
        function,
        click.option("-s", "--stack", metavar="STACK", help="The stack, if not the one selected in its project."),
        click.option("-C", "--cwd", metavar="FOLDER", help="Run Pulumi in this folder instead of the current one."),
    )


def also_option(function: Function) -> Function:
    """Give a command `--also`."""
    return _with(
        function,
        click.option(
            "--also",
            multiple=True,
            metavar="STACK",
            help="A stack of another project whose streams, playback IDs and signing keys count as declared. Those of "
            "this project do. Repeatable.",
        ),
    )


def ignore_unread_option(function: Function) -> Function:
    """Give a command `--ignore-unread`."""
    return _with(
        function,
        click.option(
            "--ignore-unread",
            is_flag=True,
            help="Go on if another stack of the project can't be read, as if it owned nothing.",
        ),
    )


def import_file_options(function: Function) -> Function:
    """Give a command `--out` and `--force`."""
    return _with(
        function,
        click.option(
            "--out",
            metavar="FILE",
            default=IMPORT_FILE,
            show_default=True,
            type=click.Path(dir_okay=False),
            help="Write the file for `pulumi import` here.",
        ),
        click.option(
            "--force", is_flag=True, help="Overwrite that file even if the stack doesn't own all that is in it."
        ),
    )


def _with(function: Function, *options: Callable[[Function], Function]) -> Function:
    # As decorators: the last is applied first.
    for option in reversed(options):
        function = option(function)
    return function
