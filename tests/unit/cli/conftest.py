"""A stand-in for `pulumi`, beside a real sandbox; and a project for the doctor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.stack.resource_types import OURS, types_named
from support.fake_pulumi import FakePulumi
from support.states import export
from unit.cli.project import SECRET, Project
from unit.cli.signing import KEY_ID, PRIVATE_KEY


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    pulumi = FakePulumi(tmp_path / "pulumi")
    monkeypatch.setenv("PATH", f"{pulumi.folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: project\nruntime: python\n")
    return pulumi


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox to which the environment leads."""
    with Sandbox() as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def first_id(sandbox: Sandbox) -> str:
    """The playback ID that was created with the demo stream."""
    (playback_id,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    return str(playback_id.id)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment describes no other terminal than the one that a test has."""
    monkeypatch.setenv("TERM", "xterm")
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def made_up_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource type of ours beside the playback IDs."""
    for token, name in types_named("MadeUp").items():
        monkeypatch.setitem(OURS, token, name)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project where nothing is wrong, with stand-ins for `pulumi` and for the provider's Python."""
    project = Project(tmp_path / "infrastructure", tmp_path / "bin")
    project.write("Pulumi.yaml", "name: streams\nruntime: python\n")
    project.configure(accessTokenId="sandbox-token", secretKey=SECRET)
    project.store(export())
    project.python(project.bin / "python3", sdk="3.272.0", package=version("pulumi-fastpix"))
    project.program(project.bin / "pulumi-resource-fastpix", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", os.pathsep.join([str(project.bin), "/usr/bin", "/bin"]))
    for name in ("VIRTUAL_ENV", "PULUMI_PYTHON_CMD", "PULUMI_RUNTIME_VIRTUALENV", "PULUMI_RUNTIME_TOOLCHAIN"):
        monkeypatch.delenv(name, raising=False)
    # A server that doesn't respond is tried for as long as the settings say.
    monkeypatch.setenv("FASTPIX_RETRY_FOR_SECONDS", "0.2")
    return project


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    file = tmp_path / "key.txt"
    file.touch(0o600)
    file.write_text(PRIVATE_KEY)
    return str(file)


@pytest.fixture
def in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_SIGNING_KEY_ID", KEY_ID)
    monkeypatch.setenv("FASTPIX_SIGNING_PRIVATE_KEY", PRIVATE_KEY)
