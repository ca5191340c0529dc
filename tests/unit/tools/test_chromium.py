"""`tools/chromium`: the browser that a person has, or Debian's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

CHROMIUM = Path(__file__).parents[3] / "tools" / "chromium"
DEBIAN = {
    "sed": "echo debian",  # what it reads of the machine's distribution
    "id": "echo 0",
    "apt-get": """
echo "apt-get $*"
case "$*" in *" chromium") : >"${0%/*}/chromium"; chmod +x "${0%/*}/chromium" ;; esac
""",
}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only directory on PATH, with a shell and what the script uses."""
    for name in ("sh", "chmod"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    return tmp_path


def put(program: Path, script: str = "") -> None:
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)


def chromium(programs: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", CHROMIUM, *arguments],
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_browser_on_path_or_the_one_that_is_named_is_used(programs: Path) -> None:
    put(programs / "google-chrome")
    for arguments in ([], ["install"]):
        found = chromium(programs, *arguments)
        assert (found.stdout, found.stderr) == (f"{programs}/google-chrome\n", "")
    put(programs / "mine")
    named = chromium(programs, PULUMI_FASTPIX_CHROMIUM=str(programs / "mine"))
    assert named.stdout == f"{programs}/mine\n"
    assert chromium(programs, PULUMI_FASTPIX_CHROMIUM="/no/such").returncode == 1


def test_debians_is_installed_if_there_is_none(programs: Path) -> None:
    for name, script in DEBIAN.items():
        put(programs / name, script)
    installed = chromium(programs, "install")
    assert (installed.returncode, installed.stdout) == (0, f"{programs}/chromium\n")
    assert "apt-get -qq update\n" in installed.stderr


@pytest.mark.parametrize(("name", "script"), [("sed", "echo ubuntu"), ("id", "echo 1000"), ("apt-get", "exit 100")])
def test_where_none_can_be_installed_it_says_what_is_missing(programs: Path, name: str, script: str) -> None:
    for other, usual in DEBIAN.items():
        put(programs / other, usual)
    put(programs / name, script)
    failed = chromium(programs, "install")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "PULUMI_FASTPIX_CHROMIUM" in failed.stderr
    assert "isn't tested in a browser" in failed.stderr
