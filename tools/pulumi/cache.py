"""Keeps an engine, or a server for tests, for every checkout of this user, whole or not at all."""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from report import announce


def keep(name: str, fill: Callable[[Path], None]) -> Path:
    """The directory kept under `name`; when there is none yet, `fill` is given an empty one to fill.

    It takes its name only once it is full, so whatever a killed run leaves is never taken for a whole one.
    """
    root = _root()
    kept = root / name
    if kept.is_dir():
        return kept
    root.mkdir(parents=True, exist_ok=True)
    with (root / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            announce("another process is getting it already; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            _fill(kept, fill)
    return kept


def _fill(kept: Path, fill: Callable[[Path], None]) -> None:
    prefix = f"{kept.name}.unfinished-"
    for leftover in kept.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # A new name each time: what a killed run's compiler still writes then lands in a directory nobody reads.
    unfinished = Path(tempfile.mkdtemp(prefix=prefix, dir=kept.parent))
    try:
        fill(unfinished)
        unfinished.rename(kept)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _root() -> Path:
    if chosen := os.environ.get("PULUMI_FASTPIX_CACHE"):
        return Path(chosen).absolute()
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or usual) / "pulumi-fastpix"
