"""The rules by which Pulumi chooses the Python that a dynamic provider runs with. Pure.

Pulumi's language host finds the program's Python; a script of the SDK, `pulumi-resource-pulumi-python`, finds the
provider's, by rules of its own. Those are the ones here; where the two part, programs preview and can't be run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Choice:
    """The Python that the provider process runs with.

    Attributes:
        command: a path, or a name to be looked for on PATH.
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
        poetry: finds poetry's environment for a folder; empty if there is none.
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


def _in_environment(environment: Path, because: str) -> Choice:
    # Not resolved: links count for the provider as they stand.
    environment = Path(os.path.normpath(environment))
    return Choice(str(environment / "bin" / "python"), because, environment)
