"""The file for `pulumi import`: the options that name it, and writing it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from pulumi_fastpix.stack.import_file import Entry, document

Function = TypeVar("Function", bound=Callable[..., Any])

DEFAULT = "fastpix-import.json"


def import_target_options(function: Function) -> Function:
    """Give a command `--out` and `--force`."""
    for option in (
        click.option("--force", is_flag=True, help="Overwrite the file if it is there."),
        click.option(
            "--out",
            metavar="FILE",
            default=DEFAULT,
            show_default=True,
            type=click.Path(dir_okay=False),
            help="Write the file for `pulumi import` here.",
        ),
    ):
        function = option(function)
    return function


def refuse_to_overwrite(out: str, *, force: bool) -> None:
    """End the command, before it has done anything, if the file is there."""
    if not force and Path(out).exists():
        raise click.ClickException(
            f"{out} exists already, perhaps from an earlier run of this command. Give --force to overwrite it, or "
            f"another name with --out."
        )


def write_import_file(out: str, entries: Iterable[Entry], *, force: bool) -> None:
    """Write the file, for its owner alone to read: what a state was shown with may stand in it."""
    try:
        how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
        with os.fdopen(os.open(out, how, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(document(entries), indent=2) + "\n")
    except OSError as error:
        raise click.ClickException(f"Could not write {out}: {error.strerror}. Name another file with --out.") from None


def remove_import_file(out: str) -> None:
    """Remove the file that an earlier run wrote: it names what is not to be imported any more."""
    path = Path(out)
    # Not a device such as /dev/stdout, nor a link to one.
    if path.is_file() and not path.is_symlink():
        path.unlink()
        click.echo(f"Removed {out}, which an earlier run had written: there is nothing to import.")
