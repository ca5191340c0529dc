"""Checks the Python that the provider runs with, and whether this package is there."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_fastpix.cli.doctor import probe
from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.cli.doctor.project import Project
from pulumi_fastpix.cli.doctor.python_choice import Choice, choose
from pulumi_fastpix.cli.versions import IDS_FROM_READS, OLDEST_SDK, parsed, shown

_SECONDS = 60


def check_provider_python(
    project: Project | None, folder: Path, environ: Mapping[str, str], own_package: str, cli: str
) -> list[Finding]:
    """Find the provider's Python, run it, and look at what it has.

    Args:
        project: the project, if there is one.
        folder: where the program runs, and the provider process with it.
        environ: the environment `pulumi` is run in.
        own_package: the version of this package that is running now.
        cli: the version of the Pulumi CLI; empty if it isn't known.
    """
    choice = choose(project.options if project else {}, folder, environ, _poetry_environment)
    executable = shutil.which(choice.command)
    if executable is None:
        return [_missing(project, choice)]
    try:
        found = _probe(executable, folder)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return [
            problem(
                Check.PROVIDER_PYTHON,
                f"the provider's Python, {choice.command}, can't be run ({type(error).__name__}); {choice.because}",
                "Run it to see its own message, and repair or replace it.",
            )
        ]
    where = f"{found['executable']} (Python {found['python']}; {choice.because})"
    return [
        ok(Check.PROVIDER_PYTHON, f"the provider runs with {where}"),
        *_activated_elsewhere(environ.get("VIRTUAL_ENV"), choice, found["prefix"]),
        *check_package(found, own_package, cli),
    ]


def check_package(found: Mapping[str, Any], own_package: str, cli: str) -> list[Finding]:
    """Judge what an installation has, as :func:`probe.look` found it."""
    executable, version = found["executable"], found.get("package")
    install = f"Run `{executable} -m pip install pulumi-fastpix` (or `uv add pulumi-fastpix`, `poetry add …`)."
    if version is None:
        return [problem(Check.PROVIDER_PACKAGE, f"{executable} has no pulumi-fastpix", install)]
    if broken := found["broken"]:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in broken.items())
        message = f"{executable} has pulumi-fastpix {version}, but can't use it ({reasons})"
        return [problem(Check.PROVIDER_PACKAGE, message, f"Install it again, with all it needs. {install}")]
    sdk = found["sdk"]
    findings = [ok(Check.PROVIDER_PACKAGE, f"pulumi-fastpix {version} and Pulumi SDK {sdk} are there")]
    if parsed(sdk) < OLDEST_SDK:
        oldest = shown(OLDEST_SDK)
        message = f"Pulumi SDK {sdk} is older than {oldest}: a refresh would not show what changed at FastPix"
        advice = f"Run `{executable} -m pip install 'pulumi>={oldest},<4'`."
        findings.append(problem(Check.PULUMI_SDK, message, advice))
    if cli and parsed(cli) < IDS_FROM_READS <= parsed(sdk):
        message = (
            f"Pulumi SDK {sdk} is newer than Pulumi CLI {cli}: in previews, the id of what is looked up with `.get()` "
            f"may be unknown, so that what uses it seems to be updated"
        )
        advice = (
            f"Install Pulumi CLI {sdk}, or an older SDK: "
            f"`{executable} -m pip install 'pulumi>={shown(OLDEST_SDK)},<{shown(IDS_FROM_READS)}'`."
        )
        findings.append(warning(Check.PULUMI_SDK, message, advice))
    if version != own_package:
        message = f"this command is pulumi-fastpix {own_package}, but the provider's is {version}"
        advice = "Run the command of the environment that `pulumi` uses."
        findings.append(warning(Check.PROVIDER_PACKAGE, message, advice))
    return findings


def _missing(project: Project | None, choice: Choice) -> Finding:
    if choice.environment is None:
        return problem(
            Check.PROVIDER_PYTHON,
            f"the provider's Python, {choice.command}, was not found; {choice.because}",
            "Install Python 3.10 or newer, or activate the environment that has it.",
        )
    message = f"the provider needs {choice.command}, which does not exist; {choice.because}"
    beside_project = project.folder / choice.environment.name if project else choice.environment
    if project and project.program_folder != project.folder and (beside_project / "bin" / "python").exists():
        return problem(
            Check.PROVIDER_PYTHON,
            f"{message}. There is {beside_project}, but with `main: {project.main}` the provider looks in the "
            f"program's folder, not in the project's",
            f"Keep Pulumi.yaml, the program and the environment in one folder; or link it: `ln -s {beside_project} "
            f"{choice.environment}`; or take `virtualenv` and `toolchain` out of Pulumi.yaml and run `pulumi` with "
            f"the environment activated.",
        )
    if "toolchain: uv" in choice.because:
        return problem(
            Check.PROVIDER_PYTHON,
            message,
            "Run `uv sync` there. In a uv workspace the environment is in the workspace's root: name it, with "
            "`virtualenv: ../.venv` beside `toolchain: uv`.",
        )
    return problem(
        Check.PROVIDER_PYTHON,
        message,
        f"Make it: `python3 -m venv {choice.environment}` and `{choice.command} -m pip install pulumi-fastpix`.",
    )


def _activated_elsewhere(activated: str | None, choice: Choice, prefix: str) -> list[Finding]:
    if not activated or Path(activated).resolve() == Path(prefix).resolve():
        return []
    return [
        warning(
            Check.PROVIDER_PYTHON,
            f"the environment {activated} is activated, but the provider runs in {prefix}, because {choice.because}",
            "Install pulumi-fastpix where the provider runs, or make the two the same.",
        )
    ]


def _poetry_environment(folder: Path) -> str:
    """Poetry's environment for a folder; empty if poetry names none."""
    try:
        completed = subprocess.run(
            ["poetry", "env", "info", "--path"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip() if completed.returncode == 0 else ""


def _probe(executable: str, folder: Path) -> dict[str, Any]:
    # As text, not as a file: a file's folder would come first on that Python's path, with all our modules in it.
    script = Path(probe.__file__).read_text(encoding="utf-8")
    completed = subprocess.run(
        [executable, "-c", script],
        cwd=folder if folder.is_dir() else None,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    found: dict[str, Any] = json.loads(completed.stdout.splitlines()[-1] if completed.stdout else "")
    return found
