"""Creates the files that hold secrets, or who did what, so that only their owner can read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def create_private(path: Path) -> None:
    """Create the file with mode 0600, whatever the umask; one that exists keeps its mode.

    SQLite gives the files beside a data file the mode of the data file.

    Raises:
        OSError: the file cannot be created.
    """
    path = path.resolve()  # the target of a link: SQLite would create that readable by all whom the umask lets
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return
    path.chmod(0o600)  # a umask can take bits away, the owner's too
