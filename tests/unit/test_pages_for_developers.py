"""CONTRIBUTING.md and ARCHITECTURE.md may not fall behind the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "provider" / "pulumi_fastpix"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
MADE = set((ROOT / ".gitignore").read_text().split())
"""Folders that aren't there in a fresh clone."""
PAGES = [ARCHITECTURE, ROOT / "CONTRIBUTING.md", ROOT / ".github" / "pull_request_template.md"]


@pytest.fixture(params=PAGES, ids=lambda page: str(page.name))
def page(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text()


def test_every_path_on_the_page_exists(page: str) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:lock|md|py|toml))`", page)
    kept = [path for path in named if path not in MADE]
    assert [path for path in kept if not (ROOT / path).exists() and not (PACKAGE / path).exists()] == []


def test_every_make_target_on_the_page_exists(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake (?:-C \S+ |[A-Z]+=\S+ )*([a-z][\w-]*)", commands_of(page))) <= targets


def test_the_drawn_tree_has_every_room_and_no_other() -> None:
    rooms = {path for path in drawn_paths() if path.endswith("/")}
    packages = {path.parent.relative_to(PACKAGE) for path in PACKAGE.rglob("__init__.py")}
    assert rooms == {f"{package}/" for package in packages if package != Path()}
    assert [path for path in drawn_paths() if not (PACKAGE / path).exists()] == []


def commands_of(page: str) -> str:
    """A page's code, in blocks and within lines."""
    return "\n".join(re.findall(r"^\$ .*$|`[^`\n]+`", page, flags=re.MULTILINE))


def drawn_paths() -> list[str]:
    """The paths of the tree in ARCHITECTURE.md, folders with a slash at the end."""
    paths: list[str] = []
    above: list[str] = []
    for indent, name in re.findall(r"^([│ ]*)[├└]── (\S+)", ARCHITECTURE.read_text(), flags=re.MULTILINE):
        above = [*above[: len(indent) // 4], name]
        paths.append("".join(above))
    return paths
