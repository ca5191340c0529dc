"""A user's machine, and a host with a release of the engine for it."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.serving import serving
from unit.tools.machine import TOOL, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def releases(machine: Machine, tmp_path: Path) -> Iterator[Path]:
    """A host with one release for this machine, laid out as Pulumi's; yields the archive it serves."""
    served = tmp_path / "served"
    shutil.copytree(TOOL, tmp_path / "tool", ignore=shutil.ignore_patterns("__pycache__"))
    machine.tool = tmp_path / "tool"
    system = os.uname()
    architecture = {"x86_64": "x64", "aarch64": "arm64"}.get(system.machine, system.machine)
    version = re.search(r'RELEASE = "(.+)"', (TOOL / "pinned.py").read_text())
    assert version
    archive = served / f"releases/sdk/pulumi-{version[1]}-{system.sysname.lower()}-{architecture}.tar.gz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as tar:
        for program in "pulumi", "pulumi-language-python":
            content = f"#!/bin/sh\necho released {program}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{program}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (machine.tool / "checksums.txt").write_text(f"{digest}  {archive.name}\n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(served))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    machine.environment["PULUMI_FASTPIX_RELEASES"] = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield archive
