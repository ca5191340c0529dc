"""The wheel, which is published, used from an environment that has it and not the sources.

`make test` builds the wheel and that environment (`make wheel`), because installing needs a package registry
and tests don't reach outside.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from support.engine import Stack, counts
from support.programs import ONE_ID

ENVIRONMENT = Path(__file__).parents[2] / "build" / "wheel-environment" / "bin"

REAL_PYTHON = {"PATH": os.pathsep.join((str(ENVIRONMENT), os.environ["PATH"]))}
"""Nothing is spared here (`support.shortcuts`)."""

# Whatever happens in the sandbox's process happens in the wheel's environment, too.
PULUMI = [str(ENVIRONMENT / "pulumi-fastpix"), "sandbox", "exec", "--data", "fastpix.db", "--", "pulumi"]


def test_the_wheel_works_without_the_sources(tmp_path: Path) -> None:
    assert ENVIRONMENT.is_dir(), "`make wheel` builds the environment this test needs"
    stack = Stack(tmp_path, REAL_PYTHON)
    where = subprocess.run(
        [ENVIRONMENT / "python", "-c", "import pulumi_fastpix; print(pulumi_fastpix.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "site-packages" in where
    assert (ENVIRONMENT.parent / Path(where.strip()).parent / "py.typed").is_file()

    stack.write_program(ONE_ID)
    stack.create()
    for arguments, expected in (
        (["up", "--yes"], {"created": 2}),
        (["refresh", "--yes", "--skip-preview"], {"unchanged": 2}),
        (["up", "--yes", "--skip-preview"], {"unchanged": 2}),
        (["destroy", "--yes", "--skip-preview"], {"deleted": 2}),
    ):
        run = stack.run(*arguments, command=PULUMI)
        assert run.status == 0, run.output
        assert counts(run) == expected


def test_the_wheel_has_the_files_of_the_sandboxs_page(tmp_path: Path) -> None:
    asks = (
        "import requests\n"
        "from pulumi_fastpix.sandbox import Sandbox\n"
        "with Sandbox() as sandbox, requests.Session() as session:\n"
        "    page = session.get(sandbox.page_url, timeout=10)\n"
        "    for name in ('', 'live', 'page.css', 'page.js', 'icon.svg'):\n"
        "        session.get(page.url + name, timeout=10).raise_for_status()"
    )
    subprocess.run([ENVIRONMENT / "python", "-c", asks], cwd=tmp_path, check=True)


def test_pulumi_takes_the_package_for_no_plugin(tmp_path: Path) -> None:
    """Pulumi takes every distribution named pulumi-… for a plugin, unless a file in it declares otherwise.

    It would look for a plugin of that name on the net before each preview, and run what it finds.
    """
    stack = Stack(tmp_path, REAL_PYTHON)
    stack.write_program("")
    stack.create()
    preview = stack.run("preview", "--logtostderr", "-v=7")
    assert preview.status == 0, preview.output
    assert "gatherPackagesFromProgram(): gathering plugins" in preview.output
    assert "fastpix" not in "".join(
        line for line in preview.output.splitlines() if "is required by language host" in line
    )
