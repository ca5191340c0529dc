"""New stacks without a Pulumi command for each: copies of the first one that Pulumi made in this process."""

from __future__ import annotations

import hashlib
from pathlib import Path

PROJECT = "name: project\nruntime: python\n"
"""The Pulumi.yaml of the stacks that are copied. Others are made by Pulumi."""

_first: dict[str, str] = {}
"""The first one's files by their path in its folder, with marks in both for what depends on where that folder is."""


def copy_first(folder: Path) -> bool:
    """Give a folder the first stack's files; False if there is none yet, or the folder holds another project."""
    if not _first or not _is_usual(folder):
        return False
    for path, text in _first.items():
        file = folder / path.replace("SELECTION", _selection(folder))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("FOLDER", str(folder)))
    return True


def keep_first(folder: Path) -> None:
    """Keep the files of a stack that Pulumi has just made, if others may begin with them."""
    if _first or not _is_usual(folder):
        return
    made = [
        folder / "program" / "Pulumi.dev.yaml",
        folder / "pulumi-home" / "workspaces" / _selection(folder),
        *(path for path in (folder / "state").rglob("*") if path.is_file()),
    ]
    for path in made:
        kept = str(path.relative_to(folder)).replace(_selection(folder), "SELECTION")
        _first[kept] = path.read_text().replace(str(folder), "FOLDER")


def _is_usual(folder: Path) -> bool:
    return (folder / "program" / "Pulumi.yaml").read_text() == PROJECT


def _selection(folder: Path) -> str:
    """The name of the file in which Pulumi keeps which of the project's stacks is selected."""
    project = str(folder / "program" / "Pulumi.yaml")
    return f"project-{hashlib.sha1(project.encode(), usedforsecurity=False).hexdigest()}-workspace.json"
