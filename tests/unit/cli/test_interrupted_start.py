"""Ctrl-C while a command is still starting ends it with a word and the status of an interrupted program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from unit.cli.command import EXECUTABLE


@pytest.mark.parametrize(
    ("importing", "arguments"),
    [
        ("click", ["audit"]),
        ("pulumi", ["adopt", "1" * 32]),
        ("requests", ["audit"]),
        ("starlette", ["sandbox"]),
        ("starlette", ["sandbox", "exec", "--", "true"]),
    ],
)
def test_ctrl_c_during_an_import_shows_no_traceback(importing: str, arguments: list[str], tmp_path: Path) -> None:
    """The signal is the exception that it raises, at a place of our choice."""
    (tmp_path / f"{importing}.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [EXECUTABLE, *arguments],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")
