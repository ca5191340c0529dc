"""The imports between the package's rooms, and what loading the package costs a program."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import pulumi_fastpix
from pulumi_fastpix import native

ARROWS = {
    "errors": "",
    "journal": "announce settings",
    "announce": "",
    "settings": "errors",
    "api": "announce errors settings",
    "resources": "announce api errors journal settings",
    "program": "announce errors journal resources settings signing",
    "partial_failure": "errors",
    "dynamic": "announce errors partial_failure program resources settings",
    "native": "announce errors partial_failure program resources settings stack",
    "stack": "journal resources settings",
    "sandbox": "",
    "signing": "api errors resources",
    "cli": "announce api dynamic errors journal resources sandbox settings signing stack",
}
"""The rooms, and those that each may import: ARCHITECTURE.md draws them."""


def loaded_by(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after a statement."""
    command = [sys.executable, "-c", f"import sys\n{statement}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_no_http_or_validation_library() -> None:
    modules = loaded_by("from pulumi_fastpix import *")
    assert "pulumi_fastpix.dynamic" in modules
    assert not modules & {"requests", "urllib3", "pydantic", "tenacity", "click", "starlette", "uvicorn"}


@pytest.mark.parametrize("room", ARROWS)
def test_a_room_imports_only_where_an_arrow_leads(room: str) -> None:
    package = Path(pulumi_fastpix.__file__).parent
    modules = [*(package / room).rglob("*.py")] or [package / f"{room}.py"]
    imported = {name.split(".")[1] for module in modules for name in imported_by(module.read_text())}
    assert imported - {room} <= set(ARROWS[room].split())


def test_every_room_has_its_arrows() -> None:
    package = Path(pulumi_fastpix.__file__).parent
    rooms = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - {"__init__"} == ARROWS.keys()


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Only imports at the top of a module count: a late one is there to be late."""
    package = Path(pulumi_fastpix.__file__).parent
    modules = {
        ".".join(("pulumi_fastpix", *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in package.rglob("*.py")
    }
    imports = {}
    for name, path in modules.items():
        at_top = [one for one in ast.parse(path.read_text()).body if isinstance(one, (ast.Import, ast.ImportFrom))]
        named = imported_by("\n".join(map(ast.unparse, at_top)))
        # `from package import name` imports a module of that name, or else the package itself.
        imports[name] = {one if one in modules else one.rpartition(".")[0] for one in named}
    # Raises CycleError, which names the circle.
    assert {*TopologicalSorter(imports).static_order()} >= modules.keys()


def imported_by(source: str) -> set[str]:
    """Our modules that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("pulumi_fastpix.")}


@pytest.mark.parametrize(
    "module",
    [
        "resources.live_playback_id.lifecycle",
        "resources.connection",
        "api.client",
        "settings",
        "errors",
        "stack.state",
        "stack.import_file",
        "cli.recover.recovery",
        "cli.audit.findings",
    ],
)
def test_the_core_runs_without_pulumi(module: str) -> None:
    modules = loaded_by(
        # The package's own __init__ offers the Pulumi resource; step round it to see what the core itself needs.
        "import types, importlib.util\n"
        "package = types.ModuleType('pulumi_fastpix')\n"
        "package.__path__ = importlib.util.find_spec('pulumi_fastpix').submodule_search_locations\n"
        "sys.modules['pulumi_fastpix'] = package\n"
        f"import pulumi_fastpix.{module}"
    )
    assert f"pulumi_fastpix.{module}" in modules
    assert not {name for name in modules if name == "pulumi" or name.startswith("pulumi.")}


def test_the_public_names_are_sorted_and_exist() -> None:
    assert pulumi_fastpix.__all__ == sorted(pulumi_fastpix.__all__)
    for name in pulumi_fastpix.__all__:
        assert hasattr(pulumi_fastpix, name)


def test_the_native_module_has_the_same_public_names() -> None:
    """Changing the import is all it takes to move a program."""
    assert native.__all__ == [name for name in pulumi_fastpix.__all__ if name != "errors"]
    own = {"LivePlaybackId", "LiveStream", "Provider", "SigningKey"}
    assert {name for name in native.__all__ if getattr(native, name) is not getattr(pulumi_fastpix, name)} == own
