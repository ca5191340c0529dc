"""A `pulumi` that answers from files, beside a real sandbox; and a project for the doctor."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support.fake_pulumi import FakePulumi
from support.states import export
from unit.cli.project import PULUMI, SECRET, Project


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    folder = tmp_path / "pulumi"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return FakePulumi(folder)


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project where nothing is wrong."""
    project = Project(tmp_path / "infrastructure", tmp_path / "bin")
    project.write("Pulumi.yaml", "name: streams\nruntime: python\n")
    project.program(project.bin / "pulumi", PULUMI)
    project.configure(accessTokenId="token", secretKey=SECRET)
    project.store(export())
    path = [str(project.bin), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    for name in ("VIRTUAL_ENV", "PULUMI_PYTHON_CMD", "PULUMI_RUNTIME_VIRTUALENV", "PULUMI_RUNTIME_TOOLCHAIN"):
        monkeypatch.delenv(name, raising=False)
    return project
