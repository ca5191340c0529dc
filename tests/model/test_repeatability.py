"""A random schedule, and all that happens in it, is the same in every run of the tests.

It depends neither on what else is loaded or ran before in the process, nor on Python's hash seed or xdist's workers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHER_TESTS = ["tests/model/test_regressions.py", "tests/model/test_scheduler.py"]
SCHEDULES = ["tests/model/test_schedules.py", "--schedules=30"]


def test_every_run_of_the_tests_performs_the_same_schedules() -> None:
    runs = [
        ("1", "", SCHEDULES),
        ("2", "pulumi_fastpix.cli, pulumi_fastpix.native.serve,", [*OTHER_TESTS, *SCHEDULES]),
        ("random", "", ["-n", "2", *SCHEDULES]),
    ]
    with ThreadPoolExecutor() as pool:
        alone, after_others, shared_out = pool.map(report, *zip(*runs, strict=True))
    assert "digest of everything that happened" in alone
    assert after_others == alone
    assert shared_out == alone


def report(hash_seed: str, modules: str, arguments: list[str]) -> str:
    """The counts and the digest that a run of pytest in a process of its own prints."""
    output = subprocess.run(
        [sys.executable, "-c", f"import {modules} pytest; raise SystemExit(pytest.console_main())", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"schedules on simulated time =+\n(.*?)\n=", output, re.DOTALL)
    return found[1].strip() if found else pytest.fail(output)
