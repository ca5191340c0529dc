"""Which Python the provider process runs with, and whether this package is there.

Pulumi's language host finds the program's Python; a script of the SDK, `pulumi-resource-pulumi-python`, finds the
provider's, by rules of its own. :func:`choose` is those rules; where the two part, programs preview and can't be run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_fastpix.cli.doctor.findings import Finding, ok, problem, warning
from pulumi_fastpix.cli.doctor.project import Project
from pulumi_fastpix.cli.versions import OLDEST_SDK, parsed, shown

_PROBE = """
import json, sys
from importlib.metadata import version
found = {"executable": sys.executable, "python": sys.version.split()[0], "prefix": sys.prefix}
try:
    found["sdk"] = version("pulumi")
    found["package"] = version("pulumi-fastpix")
    import pulumi_fastpix.dynamic, pulumi_fastpix.native.serve
except Exception as error:
    found["failure"] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
"""
_PROBE_SECONDS = 60


@dataclass(frozen=True)
class Choice:
    """The Python that the provider process runs with.

    Attributes:
        command: what is run; a path, or a name to be looked for on PATH.
        because: the rule by which it was chosen.
        environment: the virtual environment it has to be in, if the rule names one.
    """

    command: str
    because: str
    environment: Path | None = None


def choose(
    options: Mapping[str, Any], folder: Path, environ: Mapping[str, str], poetry: Callable[[Path], str]
) -> Choice:
    """The provider's Python.

    Args:
        options: of the runtime, in `Pulumi.yaml`.
        folder: where the program runs, and the provider process with it.
        environ: the environment `pulumi` is run in.
        poetry: what `poetry env info --path` answers in a folder.
    """
    virtualenv = options.get("virtualenv") or environ.get("PULUMI_RUNTIME_VIRTUALENV")
    toolchain = options.get("toolchain") or environ.get("PULUMI_RUNTIME_TOOLCHAIN")
    if virtualenv:
        return _in_environment(folder / str(virtualenv), f"Pulumi.yaml has `virtualenv: {virtualenv}`")
    if toolchain == "uv":
        return _in_environment(folder / ".venv", "Pulumi.yaml has `toolchain: uv`")
    if toolchain == "poetry" and (environment := poetry(folder)):
        return _in_environment(Path(environment), "Pulumi.yaml has `toolchain: poetry`")
    if command := environ.get("PULUMI_PYTHON_CMD"):
        return Choice(command, "PULUMI_PYTHON_CMD names it")
    return Choice("python3", "it is the first python3 on PATH")


def _poetry_environment(folder: Path) -> str:
    """What poetry says its environment for a folder is; empty if it says nothing."""
    try:
        answer = subprocess.run(
            ["poetry", "env", "info", "--path"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def check_provider_python(
    project: Project | None, folder: Path, environ: Mapping[str, str], own_package: str
) -> list[Finding]:
    """Find the provider's Python, run it, and see what it has.

    Args:
        project: the project, if there is one.
        folder: where the program runs.
        environ: the environment `pulumi` is run in.
        own_package: the version of this package that is running now.
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
                "provider-python",
                f"the provider's Python, {choice.command}, can't be run ({type(error).__name__}); {choice.because}",
                "See what it says when you run it, and mend or replace it.",
            )
        ]
    where = f"{found['executable']} (Python {found['python']}; {choice.because})"
    return [
        ok("provider-python", f"the provider runs with {where}"),
        *_activated_elsewhere(environ.get("VIRTUAL_ENV"), choice, found["prefix"]),
        *_packages(found, own_package),
    ]


def _packages(found: Mapping[str, str], own_package: str) -> list[Finding]:
    executable = found["executable"]
    install = f"Run `{executable} -m pip install pulumi-fastpix` (or `uv add pulumi-fastpix`, `poetry add …`)."
    if "package" not in found:
        return [problem("package", f"{executable} has no pulumi-fastpix: {found.get('failure', '')}", install)]
    if "failure" in found:
        says = f"{executable} has pulumi-fastpix {found['package']}, but can't import it: {found['failure']}"
        return [problem("package", says, f"Install it again, with all it needs. {install}")]
    findings = [ok("package", f"pulumi-fastpix {found['package']} and Pulumi SDK {found['sdk']} are there")]
    if parsed(found["sdk"]) < OLDEST_SDK:
        oldest = shown(OLDEST_SDK)
        says = f"Pulumi SDK {found['sdk']} is older than {oldest}: a refresh would not show what changed at FastPix"
        findings.append(problem("sdk", says, f"Run `{executable} -m pip install 'pulumi>={oldest},<4'`."))
    if found["package"] != own_package:
        says = f"this command is pulumi-fastpix {own_package}, the provider's is {found['package']}"
        findings.append(warning("package", says, "Run the command of the environment that `pulumi` uses."))
    return findings


def _missing(project: Project | None, choice: Choice) -> Finding:
    if choice.environment is None:
        return problem(
            "provider-python",
            f"the provider's Python, {choice.command}, was not found; {choice.because}",
            "Install Python 3.10 or newer, or activate the environment that has it.",
        )
    says = f"the provider needs {choice.command}, which is not there; {choice.because}"
    beside_project = project.folder / choice.environment.name if project else choice.environment
    if project and project.program_folder != project.folder and (beside_project / "bin" / "python").exists():
        return problem(
            "provider-python",
            f"{says}. There is {beside_project}, but with `main: {project.main}` the provider looks in the "
            f"program's folder, not in the project's",
            f"Keep Pulumi.yaml, the program and the environment in one folder; or link it: `ln -s {beside_project} "
            f"{choice.environment}`; or take `virtualenv` and `toolchain` out of Pulumi.yaml and run `pulumi` with "
            f"the environment activated.",
        )
    if "toolchain: uv" in choice.because:
        return problem(
            "provider-python",
            says,
            "Run `uv sync` there. In a uv workspace the environment is in the workspace's root: say where, with "
            "`virtualenv: ../.venv` beside `toolchain: uv`.",
        )
    return problem(
        "provider-python",
        says,
        f"Make it: `python3 -m venv {choice.environment}` and `{choice.command} -m pip install pulumi-fastpix`.",
    )


def _activated_elsewhere(activated: str | None, choice: Choice, prefix: str) -> list[Finding]:
    if not activated or Path(activated).resolve() == Path(prefix).resolve():
        return []
    return [
        warning(
            "provider-python",
            f"the environment {activated} is activated, but the provider runs in {prefix}, because {choice.because}",
            "Install pulumi-fastpix where the provider runs, or make the two the same.",
        )
    ]


def _in_environment(environment: Path, because: str) -> Choice:
    # Not resolved: a link is followed by whoever runs it.
    environment = Path(os.path.normpath(environment))
    return Choice(str(environment / "bin" / "python"), because, environment)


def _probe(executable: str, folder: Path) -> dict[str, Any]:
    answer = subprocess.run(
        [executable, "-c", _PROBE],
        cwd=folder if folder.is_dir() else None,
        capture_output=True,
        text=True,
        timeout=_PROBE_SECONDS,
        check=True,
    )
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1] if answer.stdout else "")
    return found
