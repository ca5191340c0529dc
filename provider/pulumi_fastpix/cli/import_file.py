"""The file for `pulumi import` on the disk: whether it may be written, and whether it is still needed."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from pulumi_fastpix.cli.terminal import Line, show
from pulumi_fastpix.stack.import_file import Entry, document, ids_in


@dataclass(frozen=True)
class ImportFile:
    """The file that a command writes, perhaps in place of one that an earlier run of it wrote.

    Attributes:
        out: where it is.
        owned: the playback IDs that the stack owns. A file in which there are no others was imported.
        force: whether to overwrite any file.
    """

    out: str
    owned: Collection[str]
    force: bool = False

    @property
    def imported(self) -> bool:
        """Whether it exists, and the stack owns all that is in it."""
        path = Path(self.out)
        # Not a device such as /dev/stdout, nor a link to one.
        if not path.is_file() or path.is_symlink():
            return False
        try:
            ids = ids_in(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return False
        return bool(ids) and all(id_ in self.owned for id_ in ids)

    def refuse_to_overwrite(self) -> None:
        """End the command, before it writes anything, if the file exists and may still be needed."""
        if Path(self.out).exists() and not self.force and not self.imported:
            raise click.ClickException(
                f"{self.out} exists already, and holds something that the stack doesn't own yet. Nothing was written. "
                f"If you still need it, run the `pulumi import` that was advised with it, or name another file with "
                f"--out. Otherwise overwrite it with --force."
            )

    def write(self, entries: Iterable[Entry]) -> None:
        """Write the file, readable by its owner alone: it may hold secrets of the state."""
        replaced = self.imported
        try:
            how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if self.force or replaced else os.O_EXCL)
            with os.fdopen(os.open(self.out, how, 0o600), "w", encoding="utf-8") as file:
                file.write(json.dumps(document(entries), indent=2) + "\n")
        except OSError as error:
            raise click.ClickException(
                f"Could not write {self.out}: {error.strerror}. Name another file with --out."
            ) from None
        if replaced:
            show([Line(f"Overwrote {self.out} of an earlier run: the stack owns everything that was in it.")])

    def remove(self) -> None:
        """Remove the file that an earlier run wrote: nothing in it is to be imported any more."""
        path = Path(self.out)
        if path.is_file() and not path.is_symlink():
            path.unlink()
            show([Line(f"Removed {self.out}, which an earlier run had written: there is nothing to import.")])

    def remove_if_imported(self) -> None:
        """Remove the file if nothing in it is left to import."""
        if self.imported:
            self.remove()
