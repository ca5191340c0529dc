"""`tools/uv/uv`: the uv a person has, or one of a pinned version and hash."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

UV = Path(__file__).parents[3] / "tools" / "uv" / "uv"
VERSION = UV.with_name("requirements.txt").read_text().split("uv==")[-1].split()[0]
# Stands for a python3 with pip: "installs" into the directory after --target.
FAKE_PYTHON = """
case "$*" in
    *"pip --version") ;;
    *"pip install"*)
        case "$*" in *--require-hashes*) ;; *) exit 1 ;; esac
        for last; do :; done
        mkdir -p "$last/bin"
        printf '#!/bin/sh\\necho pinned uv "$@"\\n' > "$last/bin/uv"
        chmod +x "$last/bin/uv" ;;
    -c*) mv "$3" "$4" ;;
    *) exit 1 ;;
esac
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The first directory on PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


def put(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}")
    program.chmod(0o755)


def uv(programs: Path, python: str = "python3") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [UV, "pip", "list"],
        env={
            "HOME": str(programs.parent),
            "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "PYTHON": python,
            "PULUMI_FASTPIX_CACHE": str(programs.parent / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["0.8.0", "0.13.9 (x86_64-unknown-linux-gnu)", "1.0.0"])
def test_the_uv_on_path_is_used(programs: Path, version: str) -> None:
    put(programs / "uv", f'[ "$1" = --version ] && echo "uv {version}" || echo their uv "$@"')
    assert uv(programs).stdout == "their uv pip list\n"
    assert not (programs.parent / "cache").exists()


@pytest.mark.parametrize("version", ["0.7.22", "none"])
def test_an_old_uv_or_none_is_replaced_by_the_pinned_one_once(programs: Path, version: str) -> None:
    put(programs / "uv", "exit 1" if version == "none" else f"echo uv {version}")
    put(programs / "python3", FAKE_PYTHON)
    run = uv(programs)
    assert run.stdout == "pinned uv pip list\n", run.stderr
    assert f"installing uv {VERSION}" in run.stderr
    again = uv(programs)
    assert (again.stdout, again.stderr) == ("pinned uv pip list\n", "")
    assert len(list((programs.parent / "cache").iterdir())) == 1


def test_a_python_with_neither_pip_nor_venv_is_reported_with_the_package_to_install(programs: Path) -> None:
    put(programs / "uv", "exit 1")
    put(programs / "python3.10", "exit 1")
    run = uv(programs, python="python3.10")
    assert run.returncode == 1
    assert "has neither pip nor venv" in run.stderr
    assert "apt install python3-venv" in run.stderr
    assert list((programs.parent / "cache").iterdir()) == []
