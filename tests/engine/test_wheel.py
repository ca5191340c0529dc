"""What is published is the wheel: here it is used from an environment that has it, and not the sources.

`make test` builds the wheel and that environment (`make wheel`), because installing needs a package registry
and tests don't reach outside.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID
from support.engine import Stack, counts

ENVIRONMENT = Path(__file__).parents[2] / "build" / "wheel-environment" / "bin"

# Whatever happens in the sandbox's process happens in the wheel's environment, too.
PULUMI = [str(ENVIRONMENT / "pulumi-fastpix"), "sandbox", "exec", "--data", "fastpix.db", "--", "pulumi"]


def test_the_wheel_works_without_the_sources(tmp_path: Path) -> None:
    assert ENVIRONMENT.is_dir(), "`make wheel` builds the environment this test needs"
    stack = Stack(tmp_path, python=ENVIRONMENT)
    where = subprocess.run(
        [ENVIRONMENT / "python", "-c", "import pulumi_fastpix; print(pulumi_fastpix.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "site-packages" in where
    assert (ENVIRONMENT.parent / Path(where.strip()).parent / "py.typed").is_file()

    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}")')
    stack.create()
    for arguments, expected in (
        (["up", "--yes"], {"created": 2}),
        (["refresh", "--yes"], {"unchanged": 2}),
        (["up", "--yes"], {"unchanged": 2}),
        (["destroy", "--yes"], {"deleted": 2}),
    ):
        run = stack.run(*arguments, command=PULUMI)
        assert run.status == 0, run.output
        assert counts(run) == expected


def test_pulumi_looks_for_no_plugin_of_our_name(tmp_path: Path) -> None:
    """Pulumi takes every distribution named pulumi-… for a plugin, unless a file in it says that it is none.

    It would look for a plugin of that name on the net before each preview, and run what it finds.
    """
    stack = Stack(tmp_path, python=ENVIRONMENT)
    stack.write_program("")
    stack.create()
    preview = stack.run("preview", "--logtostderr", "-v=7")
    assert preview.status == 0, preview.output
    assert "gatherPackagesFromProgram(): gathering plugins" in preview.output
    assert "fastpix" not in "".join(
        line for line in preview.output.splitlines() if "is required by language host" in line
    )
