"""`pulumi-fastpix doctor` finds the Python that the provider runs with, and judges what it has."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.cli.doctor.python_choice import choose
from unit.cli.project import Project

FOLDER = Path("/streams/program")


@pytest.mark.parametrize(
    ("options", "environ", "command"),
    [
        ({"virtualenv": "venv"}, {"PULUMI_PYTHON_CMD": "mypython"}, "/streams/program/venv/bin/python"),
        ({"virtualenv": "../venv/"}, {}, "/streams/venv/bin/python"),
        ({"virtualenv": "venv", "toolchain": "uv"}, {}, "/streams/program/venv/bin/python"),
        ({"toolchain": "uv"}, {"PULUMI_PYTHON_CMD": "mypython"}, "/streams/program/.venv/bin/python"),
        ({"toolchain": "poetry"}, {}, "/poetry/bin/python"),
        ({"toolchain": "pip"}, {"PULUMI_PYTHON_CMD": "mypython"}, "mypython"),
        ({}, {"PULUMI_RUNTIME_VIRTUALENV": "venv"}, "/streams/program/venv/bin/python"),
        ({}, {"PULUMI_PYTHON_CMD": "mypython"}, "mypython"),
        ({}, {}, "python3"),
    ],
)
def test_the_rules_by_which_pulumi_chooses_the_providers_python(
    options: dict[str, str], environ: dict[str, str], command: str
) -> None:
    """The engine's own script is asked in `tests/engine/test_doctor.py`."""
    assert choose(options, FOLDER, environ, lambda _: "/poetry").command == command


TRAPS: dict[str, tuple[str, Mapping[str, str], str, str]] = {
    "a virtualenv that was never made": (
        "runtime: {name: python, options: {virtualenv: venv}}",
        {},
        "infrastructure/venv/bin/python, which does not exist; Pulumi.yaml has `virtualenv: venv`",
        "python3 -m venv",
    ),
    "a program in a folder of its own": (
        "runtime: {name: python, options: {virtualenv: .venv}}\nmain: src",
        {".venv/bin/python": "3.272.0", "src/__main__.py": ""},
        "with `main: src` the provider looks in the program's folder, not in the project's",
        "Keep Pulumi.yaml, the program and the environment in one folder; or link it: `ln -s",
    ),
    "a program file in a folder of its own": (
        "runtime: {name: python, options: {toolchain: uv}}\nmain: src/program.py",
        {".venv/bin/python": "3.272.0", "src/program.py": ""},
        "with `main: src/program.py` the provider looks in the program's folder",
        "take `virtualenv` and `toolchain` out of Pulumi.yaml",
    ),
    "a uv workspace": (
        "runtime: {name: python, options: {toolchain: uv}}",
        {},
        "infrastructure/.venv/bin/python, which does not exist; Pulumi.yaml has `toolchain: uv`",
        "In a uv workspace the environment is in the workspace's root",
    ),
}


@pytest.mark.parametrize(("settings", "files", "message", "advice"), TRAPS.values(), ids=TRAPS)
def test_a_python_that_the_provider_will_not_find_is_a_problem_with_a_way_out(
    settings: str, files: Mapping[str, str], message: str, advice: str, project: Project
) -> None:
    project.write("Pulumi.yaml", f"name: streams\n{settings}\n")
    for name, sdk in files.items():
        if sdk:
            project.python(project.folder / name, sdk=sdk, package="0.1.0")
        else:
            project.write(name, "")
    (missing,) = project.findings()["provider-python"]
    assert missing["severity"] == "problem"
    assert message in missing["message"]
    assert advice in missing["advice"]


def test_the_link_that_is_advised_helps(project: Project) -> None:
    project.write("Pulumi.yaml", "runtime: {name: python, options: {virtualenv: .venv}}\nmain: src\n")
    project.python(project.folder / ".venv/bin/python", sdk="3.272.0", package="0.1.0")
    project.write("src/__main__.py", "")
    (missing,) = project.findings()["provider-python"]
    (link,) = re.findall(r"`(ln -s [^`]*)`", missing["advice"])
    subprocess.run(shlex.split(link), check=True)
    assert "provider-python" not in project.findings()


@pytest.mark.parametrize(
    ("found", "check", "message"),
    [
        ({}, "provider-package", "has no pulumi-fastpix"),
        (
            {"sdk": "3.272.0", "package": "0.1.0", "broken": {"requests": "not installed"}},
            "provider-package",
            "has pulumi-fastpix 0.1.0, but can't use it (requests: not installed)",
        ),
        ({"package": "0.1.0", "broken": {"pulumi": "not installed"}}, "provider-package", "(pulumi: not installed)"),
        ({"sdk": "3.100.0", "package": "0.1.0"}, "pulumi-sdk", "Pulumi SDK 3.100.0 is older than 3.216"),
        ({"sdk": "3.272.0", "package": "9.9.9"}, "provider-package", "the provider's is 9.9.9"),
    ],
)
def test_what_the_providers_python_lacks_is_named(
    found: Mapping[str, Any], check: str, message: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.python(project.folder.parent / "other" / "bin" / "python", **found)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", str(project.folder.parent / "other" / "bin" / "python"))
    (lacking,) = project.findings()[check]
    assert message in lacking["message"]


@pytest.mark.parametrize(
    ("sdk", "cli", "warned"),
    [
        ("3.272.0", "v3.259.0", True),
        ("3.271.0", "v3.270.0", True),
        ("3.272.0", "v3.271.0", False),
        ("3.270.0", "v3.259.0", False),
        ("3.216.0", "v3.275.0", False),
    ],
)
def test_an_sdk_that_expects_more_of_an_older_cli_is_a_warning(
    *, sdk: str, cli: str, warned: bool, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen with CLI 3.259: SDK 3.271 shows the id of a lookup as unknown in previews, and 3.270 doesn't."""
    project.python(project.bin / "python3", sdk=sdk, package=version("pulumi-fastpix"))
    monkeypatch.setenv("FAKE_PULUMI_VERSION", cli)
    skews = project.findings().get("pulumi-sdk", [])
    assert len(skews) == warned
    for skew in skews:
        assert skew["severity"] == "warning"
        assert f"Pulumi SDK {sdk} is newer than Pulumi CLI {cli[1:]}" in skew["message"]
        assert f"Install Pulumi CLI {sdk}" in skew["advice"]


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "#!/no/such/interpreter\n"])
def test_a_python_that_does_not_run_is_a_problem(text: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.program(project.bin / "mypython", text)
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "mypython")
    (broken,) = project.findings()["provider-python"]
    assert "mypython, can't be run" in broken["message"]
    monkeypatch.setenv("PULUMI_PYTHON_CMD", "no-such-python")
    (missing,) = project.findings()["provider-python"]
    assert "no-such-python, was not found; PULUMI_PYTHON_CMD names it" in missing["message"]


def test_an_activated_environment_that_is_not_the_providers_is_a_warning(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("Pulumi.yaml", "runtime: {name: python, options: {virtualenv: .venv}}\n")
    project.python(project.folder / ".venv/bin/python", sdk="3.272.0", package="0.1.0")
    monkeypatch.setenv("VIRTUAL_ENV", str(project.folder / ".venv"))
    assert "provider-python" not in project.findings()
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    (other,) = project.findings()["provider-python"]
    assert "the environment /elsewhere is activated, but the provider runs in" in other["message"]
