"""`python3 tools/pulumi`: the engine it chooses, as the person who runs it sees it.

Every test runs the real tool as a process, with a PATH that holds nothing but the fakes it put there.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from unit.tools.machine import FAKE_GO, TOOL, Machine, Outcome


def test_the_pulumi_on_path_comes_first(machine: Machine, releases: Path) -> None:
    machine.has("pulumi", "print('v3.254.0')")
    machine.has("pulumi-language-python")
    machine.has("go", FAKE_GO)
    assert releases.exists()
    assert machine.run().directory == machine.path
    assert not machine.cache.exists()


def test_a_release_comes_before_a_build_and_is_downloaded_once(machine: Machine, releases: Path) -> None:
    machine.has("go", FAKE_GO)
    directory = machine.run().directory
    assert sorted(file.name for file in directory.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert subprocess.check_output([directory / "pulumi"], text=True) == "released pulumi\n"
    assert machine.go_ran() == []
    releases.unlink()
    assert machine.run().directory == directory, "it is downloaded once"


@pytest.mark.parametrize("version", ["v3.253.9", "v2.300.0", "no version at all"])
def test_an_old_or_broken_pulumi_on_path_is_passed_over(machine: Machine, version: str) -> None:
    pulumi = machine.has("pulumi", f"print({version!r})")
    machine.has("pulumi-language-python")
    machine.has("go", FAKE_GO)
    outcome = machine.run()
    assert outcome.directory.parent == machine.cache
    assert f"{pulumi} does not report version 3.254 or newer" in outcome.err


def test_a_pulumi_that_cannot_run_python_programs_is_passed_over(machine: Machine) -> None:
    machine.has("pulumi", "print('v4.0.0')")
    machine.has("go", FAKE_GO)
    outcome = machine.run()
    assert outcome.directory.parent == machine.cache
    assert "without pulumi-language-python" in outcome.err


def test_a_linked_pulumi_may_have_its_language_host_beside_the_real_file(machine: Machine, tmp_path: Path) -> None:
    real = machine.has("pulumi", "print('v3.300.1-alpha.1')", tmp_path / "opt")
    machine.has("pulumi-language-python", directory=tmp_path / "opt")
    (machine.path / "pulumi").symlink_to(real)
    assert machine.run().directory == machine.path


def test_an_archive_with_another_checksum_is_refused(machine: Machine, releases: Path) -> None:
    """Nothing of it is kept or run; the engine is built instead, where it can be."""
    with releases.open("ab") as archive:
        archive.write(b"one byte more")
    outcome = machine.run()
    assert outcome.status == 1
    assert "was refused: its SHA-256 is" in outcome.err
    machine.has("go", FAKE_GO)
    assert (machine.run().directory / "pulumi").read_text() == "a program"


def test_a_command_runs_with_the_engine_on_path(machine: Machine) -> None:
    """It keeps its own exit status, and can be interrupted even if its caller could not."""
    machine.has("go", FAKE_GO)
    script = (
        "import os, shutil, signal, sys;"
        "print(os.path.dirname(shutil.which('pulumi')), signal.getsignal(signal.SIGINT) != signal.SIG_IGN);"
        "sys.exit(7)"
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = machine.start(sys.executable, "-c", script)
    finally:
        signal.signal(signal.SIGINT, before)
    outcome = Outcome(process)
    assert outcome.status == 7
    assert outcome.out == f"{machine.run().directory} True\n"


def test_a_command_that_does_not_exist_is_reported_in_a_sentence(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    outcome = machine.run("no-such-command")
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1] == "tools/pulumi: no-such-command cannot be run: No such file or directory."


def test_the_pinned_versions_are_the_same_in_all_files() -> None:
    versions = dict(re.findall(r'^(RELEASE|SOURCE) = "(.+)"', (TOOL / "pinned.py").read_text(), re.MULTILINE))
    assert f"require github.com/pulumi/pulumi/pkg/v3 {versions['SOURCE']}\n" in (TOOL / "cli" / "go.mod").read_text()
    archives = re.findall(r"^[0-9a-f]{64}  (.+)$", (TOOL / "checksums.txt").read_text(), re.MULTILINE)
    assert archives == [
        f"pulumi-{versions['RELEASE']}-{platform}.tar.gz"
        for platform in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64")
    ]
