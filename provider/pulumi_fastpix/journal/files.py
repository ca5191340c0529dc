"""The files of the journal: where they are, how long they are kept, and whether their process is alive."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none: there every process counts as ended
    fcntl = None  # type: ignore[assignment]  # a module elsewhere

from pulumi_fastpix.settings.names import JOURNAL_OFF, JOURNAL_VARIABLE

KEPT_FOR_SECONDS = 30 * 86_400.0
MOST_BYTES = 64_000_000
"""Of all files together. A create takes some 700."""


def folder_of(environ: Mapping[str, str]) -> Path | None:
    """Where the files are; None if the journal is switched off, or if there is no home for it."""
    given = environ.get(JOURNAL_VARIABLE, "")
    if given:
        # A relative path is a problem of the settings: `problems_of_journal`.
        return Path(given) if given != JOURNAL_OFF and Path(given).is_absolute() else None
    state, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    # By its specification, a relative path in it is to be ignored.
    try:
        of_user = Path(state) if Path(state).is_absolute() else (Path(home) if home else Path.home()) / ".local/state"
    except RuntimeError:
        return None
    return of_user / "pulumi-fastpix" / "journal"


def new_file(folder: Path) -> Path:
    """A file for this process."""
    return folder / f"{_moment(time.time())}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"


def files_in(folder: Path, since: float = 0.0) -> list[Path]:
    """The files, the oldest first; none if there is no such folder, or if it can't be read.

    Args:
        folder: the folder.
        since: seconds since 1970; those of processes that began before don't count.
    """
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".jsonl" and file.name >= _moment(since))
    except OSError:
        return []


def _moment(seconds: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def lock(descriptor: int) -> None:
    """Show others that the process which writes this file is alive, until it is not: the system takes the lock back."""
    if fcntl is not None:
        # Some file systems know no locks. Whoever looks at the file has it for a moment, and is waited for.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def is_being_written(file: Path) -> bool:
    """Whether the process that writes it is alive, as far as is known."""
    return bool(_is_locked(file))


def has_ended(file: Path) -> bool:
    """Whether the process that has written it is known to have ended."""
    try:
        # One that has written nothing may be about to begin.
        return file.stat().st_size > 0 and _is_locked(file) is False
    except OSError:
        return False


def _is_locked(file: Path) -> bool | None:
    """Whether a process has locked it; None if that can't be known."""
    if fcntl is None:
        return None
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False


def prune(folder: Path) -> None:
    """Remove the files that are too old, and the oldest ones while all together are too large."""
    kept = 0
    for file, about in reversed([*_with_status(folder)]):
        too_old = about.st_mtime < time.time() - KEPT_FOR_SECONDS
        if not too_old and kept + about.st_size <= MOST_BYTES:
            kept += about.st_size
        elif not is_being_written(file):
            with contextlib.suppress(OSError):
                file.unlink()


def _with_status(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for file in files_in(folder):
        # Another process may just have removed it.
        with contextlib.suppress(OSError):
            yield file, file.stat()
