"""`tools/program`: the browser and the database that a person has, or Debian's."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple, cast

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "program"
DEBIAN = {
    "sed": "echo debian",  # what it reads of the machine's distribution
    "id": "echo 0",
    "apt-get": """
echo "apt-get $*"
case "$*" in
*" chromium") made=chromium ;;
*" postgresql") made=pg_ctl ;;
*) exit 0 ;;
esac
: >"${0%/*}/$made"; chmod +x "${0%/*}/$made"
""",
}


class Wanted(NamedTuple):
    """What tests need, and what they say without it."""

    package: str
    program: str
    variable: str
    untested: str


CHROMIUM = Wanted("chromium", "chromium", "PULUMI_FASTPIX_CHROMIUM", "isn't tested in a browser")
POSTGRESQL = Wanted("postgresql", "pg_ctl", "PULUMI_FASTPIX_POSTGRESQL", "state in PostgreSQL isn't tested")


@pytest.fixture(params=[CHROMIUM, POSTGRESQL], ids=lambda wanted: str(wanted.package))
def wanted(request: pytest.FixtureRequest) -> Wanted:
    return cast("Wanted", request.param)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only directory on PATH, with a shell and what the script uses."""
    for name in ("sh", "chmod"):
        (tmp_path / name).symlink_to(f"/bin/{name}")
    return tmp_path


def put(program: Path, script: str = "") -> None:
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)


def find(programs: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", TOOL, *arguments],
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_one_on_path_or_the_one_that_is_named_is_used(programs: Path, wanted: Wanted) -> None:
    put(programs / wanted.program)
    for arguments in ([], ["install"]):
        found = find(programs, wanted.package, *arguments)
        assert (found.stdout, found.stderr) == (f"{programs}/{wanted.program}\n", "")
    put(programs / "mine")
    named = find(programs, wanted.package, **{wanted.variable: str(programs / "mine")})
    assert named.stdout == f"{programs}/mine\n"
    assert find(programs, wanted.package, **{wanted.variable: "/no/such"}).returncode == 1


def test_another_browser_than_chromium_does(programs: Path) -> None:
    put(programs / "google-chrome")
    assert find(programs, "chromium").stdout == f"{programs}/google-chrome\n"


def test_debians_is_installed_if_there_is_none(programs: Path, wanted: Wanted) -> None:
    """The program is named, because this machine may have Debian's PostgreSQL."""
    for name, script in DEBIAN.items():
        put(programs / name, script)
    installed = find(programs, wanted.package, "install", **{wanted.variable: wanted.program})
    assert (installed.returncode, installed.stdout) == (0, f"{programs}/{wanted.program}\n")
    assert "apt-get -qq update\n" in installed.stderr
    # Of its own, PostgreSQL's package makes a database and starts a server.
    assert ("create_main_cluster = false" in installed.stderr) is (wanted is POSTGRESQL)


@pytest.mark.parametrize(("name", "script"), [("sed", "echo ubuntu"), ("id", "echo 1000"), ("apt-get", "exit 100")])
def test_where_none_can_be_installed_it_says_what_is_missing(
    programs: Path, name: str, script: str, wanted: Wanted
) -> None:
    for other, usual in DEBIAN.items():
        put(programs / other, usual)
    put(programs / name, script)
    failed = find(programs, wanted.package, "install", **{wanted.variable: wanted.program})
    assert (failed.returncode, failed.stdout) == (1, "")
    assert wanted.variable in failed.stderr
    assert wanted.untested in failed.stderr
