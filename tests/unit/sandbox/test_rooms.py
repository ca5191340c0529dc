"""The rooms of the sandbox, and the one direction in which they may import each other."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from pulumi_fastpix import sandbox

ROOT = Path(sandbox.__file__).parent
PACKAGE = "pulumi_fastpix.sandbox."
# From the top to the bottom: a room may import itself and the rooms below it. The last ones import no other.
ROOMS = ["__init__", "sandbox", "page", "http", "faults", "fastpix", "data"]
ROOMS += ["errors", "switches", "clock", "problems", "masking"]
MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for path in ROOT.rglob("*.py")
    if path.name != "__init__.py" or path.parent == ROOT
)


def imported_by(module: str) -> set[str]:
    """The modules that a module of the sandbox imports, those for type checkers included."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in names if name.removeprefix(PACKAGE) in MODULES}
            found.update(modules or {node.module})
    return found


def imported_from_sandbox(module: str) -> set[str]:
    return {name.removeprefix(PACKAGE) for name in imported_by(module) if name.startswith(PACKAGE)}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_its_own_room_and_those_below(module: str) -> None:
    room = module.partition(".")[0]
    allowed = {room, *ROOMS[ROOMS.index(room) + 1 :]} if room not in ROOMS[-4:] else set()
    assert {name.partition(".")[0] for name in imported_from_sandbox(module)} <= allowed


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even for type checkers: a circle means that two modules cannot be understood one after the other."""
    graph = {module: imported_from_sandbox(module) for module in MODULES}
    assert set().union(*graph.values()) <= set(MODULES)
    TopologicalSorter(graph).prepare()  # raises CycleError


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("data.")])
def test_the_data_knows_nothing_of_http(module: str) -> None:
    assert not {name.partition(".")[0] for name in imported_by(module)} & {"http", "socket", "starlette", "uvicorn"}
