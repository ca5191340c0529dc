"""The doctor looks into an installation of any version of this package, through frozen names and metadata only."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.cli.doctor import probe

FROZEN = {"pulumi_fastpix/__init__.py": "", "pulumi_fastpix/native/__init__.py": ""}
AS_A_PACKAGE = {**FROZEN, "pulumi_fastpix/dynamic/__init__.py": "", "pulumi_fastpix/native/serve.py": ""}
AS_A_MODULE = {**FROZEN, "pulumi_fastpix/dynamic.py": "", "pulumi_fastpix/native/serve.py": "import pulumi"}
"""The layout before: the frozen names are the same, and nothing else is."""
NEEDS = ("pulumi<4,>=3.216", "requests>=2.32", "PyYAML", "starlette>=0.40; extra == 'sandbox'")


@dataclass(frozen=True)
class Installation:
    """A Python with packages that are only there for the test."""

    folder: Path

    def install(self, name: str, version: str, files: dict[str, str], needs: tuple[str, ...] = ()) -> None:
        metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        record = "".join(f"{file},,\n" for file in files)
        for file, text in {**files, f"{info}/METADATA": "\n".join(metadata) + "\n", f"{info}/RECORD": record}.items():
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / file).write_text(text)

    def probe(self) -> dict[str, Any]:
        # -S: without the packages of this Python.
        script = Path(probe.__file__).read_text()
        command = [sys.executable, "-S", "-c", script]
        printed = subprocess.run(
            command, env={"PYTHONPATH": str(self.folder)}, capture_output=True, text=True, check=True
        ).stdout
        return dict(json.loads(printed.splitlines()[-1]))


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """All that the package needs, and not yet the package."""
    installation = Installation(tmp_path)
    installation.install("pulumi", "3.272.0", {"pulumi/__init__.py": ""})
    installation.install("requests", "2.32.0", {"requests/__init__.py": "print('hello')"})
    installation.install("PyYAML", "6.0", {"yaml/__init__.py": "", "_yaml/__init__.py": "raise ImportError"})
    return installation


@pytest.mark.parametrize("files", [AS_A_PACKAGE, AS_A_MODULE], ids=["this layout", "the layout before"])
def test_a_healthy_installation_of_any_layout_is_found_healthy(
    files: dict[str, str], installation: Installation
) -> None:
    installation.install("pulumi-fastpix", "0.0.9", files, NEEDS)
    found = installation.probe()
    assert (found["package"], found["sdk"], found["broken"]) == ("0.0.9", "3.272.0", {})


def test_a_missing_requirement_is_named(installation: Installation) -> None:
    installation.install("pulumi-fastpix", "0.0.9", AS_A_PACKAGE, (*NEEDS, "pydantic>=2.11"))
    assert installation.probe()["broken"] == {"pydantic": "not installed"}


def test_a_broken_requirement_is_named_with_its_error(installation: Installation) -> None:
    installation.install("requests", "2.32.0", {"requests/__init__.py": "import compiled_elsewhere"})
    installation.install("pulumi-fastpix", "0.0.9", AS_A_PACKAGE, NEEDS)
    assert installation.probe()["broken"] == {
        "requests": "ModuleNotFoundError: No module named 'compiled_elsewhere'",
    }


def test_a_package_without_its_frozen_modules_is_broken(installation: Installation) -> None:
    installation.install("pulumi-fastpix", "0.0.9", FROZEN, NEEDS)
    assert "No module named 'pulumi_fastpix.dynamic'" in installation.probe()["broken"]["pulumi-fastpix"]


def test_without_the_package_nothing_is_judged(installation: Installation) -> None:
    assert installation.probe().keys() == {"executable", "python", "prefix"}


def test_this_installation_is_healthy_and_names_its_requirements() -> None:
    found = probe.look()
    assert (found["broken"], found["executable"]) == ({}, sys.executable)
    assert any(requirement.startswith("requests") for requirement in requires("pulumi-fastpix") or ())
