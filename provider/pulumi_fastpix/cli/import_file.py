"""Writes the file for `pulumi import`, and removes one that is no longer right."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import click

from pulumi_fastpix.stack.import_file import Entry, document


def refuse_to_overwrite(out: str, *, force: bool) -> None:
    """End the command, before it has done anything, if the file exists."""
    if not force and Path(out).exists():
        raise click.ClickException(
            f"{out} exists already, perhaps from an earlier run of this command. Overwrite it with --force, or name "
            f"another file with --out."
        )


def write_import_file(out: str, entries: Iterable[Entry], *, force: bool) -> None:
    """Write the file, readable by its owner alone: it may hold secrets of the state."""
    try:
        how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
        with os.fdopen(os.open(out, how, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(document(entries), indent=2) + "\n")
    except OSError as error:
        raise click.ClickException(f"Could not write {out}: {error.strerror}. Name another file with --out.") from None


def remove_import_file(out: str) -> None:
    """Remove the file that an earlier run wrote: its playback IDs are not to be imported any more."""
    path = Path(out)
    # Not a device such as /dev/stdout, nor a link to one.
    if path.is_file() and not path.is_symlink():
        path.unlink()
        click.echo(f"Removed {out}, which an earlier run had written: there is nothing to import.")
