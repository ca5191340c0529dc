"""The file for `pulumi import` on the disk: whether it may be written, and whether it is still needed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from pulumi_fastpix.cli.terminal import Line, show
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.live_stream.names import NAME as LIVE_STREAM
from pulumi_fastpix.stack.import_file import Entry, document, resources_in

_MOST_NAMED = 3


@dataclass(frozen=True)
class ImportFile:
    """The file that a command writes, perhaps in place of one that an earlier run of it wrote.

    Attributes:
        out: where it is.
        owned: the playback IDs and live streams that the stack owns. A file that has no others was imported.
        force: whether to overwrite any file.
        listed: the playback IDs that exist, for each stream that was read. What isn't there any more was deleted since
            the file was written.
    """

    out: str
    owned: Collection[str]
    force: bool = False
    listed: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def imported(self) -> bool:
        """Whether it exists, and the stack owns all that is in it, or FastPix doesn't have it any more."""
        resources = self._resources()
        return bool(resources) and not any(map(self._needed, resources))

    def _resources(self) -> list[Mapping[str, Any]]:
        path = Path(self.out)
        # Not a device such as /dev/stdout, nor a link to one.
        if not path.is_file() or path.is_symlink():
            return []
        try:
            return resources_in(json.loads(path.read_bytes()))
        except (OSError, ValueError):
            return []

    def _needed(self, resource: Mapping[str, Any]) -> bool:
        id_, inputs = str(resource.get("id", "")), resource.get("inputs")
        stream_id = inputs.get(STREAM_ID) if isinstance(inputs, Mapping) else None
        # A secret stream ID is an object.
        deleted = isinstance(stream_id, str) and id_ not in self.listed.get(stream_id, [id_])
        return id_ not in self.owned and not deleted

    def refuse_to_overwrite(self) -> None:
        """End the command, before it writes anything, if the file exists and may still be needed."""
        if Path(self.out).exists() and not self.force and not self.imported:
            raise click.ClickException(
                f"{self.out} exists already, and {self._held()}. Nothing was written. If you still need it, "
                f"run the `pulumi import` that was advised with it, or name another file with --out. But the file may "
                f"be out of date: an import would put even what was deleted since into the stack. Otherwise overwrite "
                f"it with --force."
            )

    def _held(self) -> str:
        needed = [resource for resource in self._resources() if self._needed(resource)]
        if not needed or not all("id" in resource for resource in needed):
            return "holds something else than live streams or playback IDs to import"
        names = [f"{resource.get('name')!r} ({resource['id']})" for resource in needed[:_MOST_NAMED]]
        more = [f"{len(needed) - _MOST_NAMED} more"] if len(needed) > _MOST_NAMED else []
        has_streams = any(str(resource.get("type")).endswith(f":{LIVE_STREAM}") for resource in needed)
        noun = f"{'resource' if has_streams else 'playback ID'}{'' if len(needed) == 1 else 's'}"
        return f"holds {len(needed)} {noun} that the stack doesn't own: {', '.join([*names, *more])}"

    def write(self, entries: Iterable[Entry]) -> None:
        """Write the file, readable by its owner alone: it may hold secrets of the state, and those of streams."""
        replaced = self._why_not_needed()
        try:
            how = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if self.force or replaced else os.O_EXCL)
            with os.fdopen(os.open(self.out, how, 0o600), "w", encoding="utf-8") as file:
                if is_regular := stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    # One that was there may be readable by others.
                    os.fchmod(file.fileno(), 0o600)
                try:
                    file.write(json.dumps(document(entries), indent=2) + "\n")
                    file.flush()
                except OSError:
                    if is_regular:
                        Path(self.out).unlink()  # a part of it would be in the next run's way
                    raise
        except OSError as error:
            raise click.ClickException(
                f"Could not write {self.out}: {error.strerror}. Name another file with --out."
            ) from None
        if replaced:
            show([Line(f"Overwrote {self.out} of an earlier run: {replaced}.")])

    def _why_not_needed(self) -> str:
        """Why the file may be overwritten without being asked to; empty if it may not."""
        if not self.imported:
            return ""
        if all(str(resource.get("id", "")) in self.owned for resource in self._resources()):
            return "the stack owns everything that was in it"
        return "what the stack doesn't own of it doesn't exist at FastPix any more"

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
