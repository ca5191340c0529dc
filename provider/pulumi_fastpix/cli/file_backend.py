"""How a killed run can make a state that is kept in files unreadable, and how to repair it.

The file backend replaces the state's file in one step, but writes the attributes beside it (`dev.json.attrs`) in
place. Killed in the middle of that, it leaves them empty, and every `pulumi` command then fails with nothing but "EOF",
though the state is whole. Without the file of attributes it works again.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote

_SCHEME = "file://"


def may_be_about_attributes(message: str) -> bool:
    """Whether a failure with this message of Pulumi may come from empty attributes."""
    return message.endswith("EOF")


def advice(backend_url: str, cwd: str | None) -> str:
    """What to do about empty attributes in this backend; empty if there are none.

    Args:
        backend_url: as Pulumi gives it; percent-encoded, and a relative one counts from where Pulumi runs.
        cwd: that folder; None for the current one.
    """
    empty = _empty_attributes(backend_url, Path(cwd or "."))
    if not empty:
        return ""
    return (
        "A run was killed while Pulumi wrote the attributes of the state's file. The state itself is complete, and can "
        f"be read again after this: {shlex.join(['rm', *map(str, empty)])}"
    )


def _empty_attributes(backend_url: str, cwd: Path) -> list[Path]:
    if not backend_url.startswith(_SCHEME):
        return []
    folder = cwd / Path(unquote(backend_url.removeprefix(_SCHEME).partition("?")[0])).expanduser()
    return sorted(path for path in folder.glob(".pulumi/stacks/**/*.attrs") if path.stat().st_size == 0)
