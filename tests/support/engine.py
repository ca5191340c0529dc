"""A stack on the real Pulumi engine, in a folder of its own: program, state, settings and Pulumi's home."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.stack.resource_types import OURS
from support import new_stacks, shortcuts

NEWEST_SDK = Path(sys.executable).parent
OLDEST_SDK = Path(__file__).parents[2] / "build" / "floor-environment" / "bin"
"""The `bin` of the environment with the oldest dependencies allowed, which `make test` makes."""


@dataclass(frozen=True)
class ProviderUnderTest:
    """One of the two ways from a Pulumi program to FastPix."""

    name: str
    type: str
    module: str

    @property
    def imports(self) -> str:
        """The lines a program begins with to go this way."""
        return f"import pulumi\nimport {self.module} as fastpix\n"


DYNAMIC = ProviderUnderTest("dynamic", "pulumi-python:dynamic/fastpix:LivePlaybackId", "pulumi_fastpix")
NATIVE = ProviderUnderTest("native", "fastpix:index:LivePlaybackId", "pulumi_fastpix.native")


@dataclass(frozen=True)
class Run:
    """What one Pulumi command printed, without colours, and how it ended."""

    status: int
    output: str

    @property
    def diagnostics(self) -> str:
        """What is printed from "Diagnostics:" on."""
        return self.output.partition("Diagnostics:")[2]

    @property
    def said(self) -> str:
        """What is printed there, on one line."""
        return " ".join(self.diagnostics.split())

    def said_of(self, name: str) -> str:
        """What is printed there about the resource of this name."""
        found = re.search(
            rf"^  \S+ \({re.escape(name)}\):\n((?:    .*\n|\s*\n)*)", self.diagnostics, flags=re.MULTILINE
        )
        return found[1] if found else ""


class Stack:
    """The stack `dev` of a project in a folder.

    Args:
        folder: where everything goes; the program in `program/`, the state in `state/`.
        environ: what the commands get on top of a clean environment.
        provider: the way its programs take.
        python: the `bin` of the Python environment they run in; that of the tests by default.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        provider: ProviderUnderTest = DYNAMIC,
        python: Path = NEWEST_SDK,
    ) -> None:
        self.folder = folder
        self.provider = provider
        self.python = python
        self.program_folder = folder / "program"
        self.state_folder = folder / "state"
        self.environ = {
            "HOME": str(folder),
            # The environment under test first: the language host runs `python3` from PATH.
            "PATH": os.pathsep.join((str(shortcuts.commands_of(python)), str(python), os.environ["PATH"])),
            "PULUMI_HOME": str(folder / "pulumi-home"),
            "PULUMI_BACKEND_URL": f"file://{self.state_folder}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            **shortcuts.environment(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "TMPDIR": str(folder / "tmp"),
            **(environ or {}),
        }
        for part in (self.program_folder, self.state_folder, folder / "tmp"):
            part.mkdir(parents=True, exist_ok=True)

    def write_program(self, body: str) -> None:
        """Make this the project's program, behind the usual imports."""
        (self.program_folder / "Pulumi.yaml").write_text(new_stacks.PROJECT)
        (self.program_folder / "__main__.py").write_text(self.provider.imports + textwrap.dedent(body))
        # Python would take compiled code for that of another program of the same size and the same second.
        shutil.rmtree(self.program_folder / "__pycache__", ignore_errors=True)

    def copy_program(self, source: Path) -> None:
        """Take a project as it stands."""
        shutil.copytree(source, self.program_folder, dirs_exist_ok=True)

    def create(
        self,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        secrets_provider: str | None = None,
    ) -> None:
        """Make the stack, and set its configuration."""
        usual = not secrets_provider and self.environ["PULUMI_BACKEND_URL"] == f"file://{self.state_folder}"
        if not (usual and shortcuts.copy_stack(self.folder)):
            provider = secrets_provider or shortcuts.secrets_provider()
            self._succeed("stack", "select", "--create", "dev", "--secrets-provider", provider)
            if usual:
                shortcuts.keep_stack(self.folder)
        if config or secrets:
            self.configure(config, secrets)

    def configure(self, config: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None) -> None:
        """Set values of the stack's configuration, all at once."""
        arguments = [part for item in (config or {}).items() for part in ("--plaintext", "=".join(item))]
        arguments += [part for item in (secrets or {}).items() for part in ("--secret", "=".join(item))]
        self._succeed("config", "set-all", *arguments)

    def configure_target(self, sandbox: Sandbox, namespace: str = "fastpix") -> None:
        """Let the stack's configuration lead to a sandbox, with its secret key encrypted."""
        target = {"accessTokenId": sandbox.access_token_id, "baseUrl": sandbox.base_url}
        self.configure(
            {f"{namespace}:{name}": value for name, value in target.items()},
            secrets={f"{namespace}:secretKey": sandbox.secret_key},
        )

    def preview(self, *arguments: str, **environ: str) -> Run:
        return self.run("preview", "--diff", *arguments, **environ)

    def up(self, *arguments: str, **environ: str) -> Run:
        return self.run("up", "--yes", "--skip-preview", *arguments, **environ)

    def refresh(self, *arguments: str, **environ: str) -> Run:
        return self.run("refresh", "--yes", "--skip-preview", *arguments, **environ)

    def destroy(self, *arguments: str, **environ: str) -> Run:
        return self.run("destroy", "--yes", "--skip-preview", *arguments, **environ)

    def run(self, *arguments: str, command: Sequence[str] = ("pulumi",), **environ: str) -> Run:
        """Run one `pulumi` command; keyword arguments are added to its environment."""
        completed = subprocess.run(
            [*command, "--non-interactive", "--color=never", *arguments],
            cwd=self.program_folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Run(completed.returncode, completed.stdout)

    def _succeed(self, *arguments: str) -> None:
        run = self.run(*arguments)
        assert run.status == 0, run.output

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secret ones in plain text."""
        for resource in self.deployment().get("resources", []):
            if resource["type"] == "pulumi:pulumi:Stack" and '"ciphertext"' not in json.dumps(resource):
                return dict(resource.get("outputs", {}))
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets").output))

    def export(self) -> str:
        """The stack's whole state, as `pulumi stack export` gives it."""
        return self.run("stack", "export").output

    def deployment(self, name: str = "dev") -> dict[str, Any]:
        """The state as the file backend keeps it: what `export` has as its deployment, without another process.

        Args:
            name: another stack of the project.
        """
        project = yaml.safe_load((self.program_folder / "Pulumi.yaml").read_text())["name"]
        backend = Path(self.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))
        state = backend / ".pulumi" / "stacks" / project / f"{name}.json"
        return dict(json.loads(state.read_text())["checkpoint"]["latest"])

    def resources(self) -> dict[str, dict[str, Any]]:
        """Our resources in the state, by name."""
        return {
            resource["urn"].rpartition("::")[2]: resource
            for resource in self.deployment().get("resources", [])
            if resource["type"] in OURS
        }

    def states(self) -> dict[str, Any]:
        """Id, inputs and outputs of each of our resources, without the engine's own time stamps."""
        return {
            name: (resource["id"], resource["inputs"], resource["outputs"])
            for name, resource in self.resources().items()
        }

    def states_with_secrets(self) -> dict[str, Any]:
        """As `states`, with secrets in plain text: encrypted, these are others each time."""
        shown = succeeded(self.run("stack", "export", "--show-secrets")).output
        return {
            resource["urn"].rpartition("::")[2]: (resource["id"], resource.get("inputs"), resource["outputs"])
            for resource in json.loads(shown)["deployment"]["resources"]
            if resource["type"] in OURS
        }

    def ids(self) -> dict[str, str]:
        """Name and FastPix's id of each of our resources in the state."""
        return {name: resource["id"] for name, resource in self.resources().items()}

    def written_files(self) -> Iterator[Path]:
        """Every file below the stack's folder: program, state, history, backups, logs, Pulumi's home."""
        return (path for path in self.folder.rglob("*") if path.is_file())


def succeeded(run: Run) -> Run:
    """The run, which must have."""
    assert run.status == 0, run.output
    return run


def counts(run: Run) -> dict[str, int]:
    """The last summary below "Resources:", such as `{"created": 2, "unchanged": 1}`."""
    summary = run.output.rpartition("Resources:")[2].partition("Duration:")[0]
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", summary)}


def path_without_environment() -> str:
    """The PATH of somebody who hasn't activated the environment of the tests."""
    return os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if Path(one) != NEWEST_SDK)


def path_without_plugin(folder: Path, environment: Path = NEWEST_SDK) -> str:
    """A PATH with the Python of an environment, by way of a new folder, and without the plugin that is beside it."""
    folder.mkdir(exist_ok=True)
    for name in ("python", "python3"):
        (folder / name).write_text(f'#!/bin/sh\nexec {shortcuts.commands_of(environment) / name} "$@"\n')
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{path_without_environment()}"


def find_engine() -> None:
    """Make sure the engine is there, and behaves when the tests run as a background job.

    A shell starts background jobs with SIGINT ignored, the CLI inherits that, and then takes five seconds longer
    for every preview and up.
    """
    if shutil.which("pulumi") is None:
        raise RuntimeError(
            "These tests need the Pulumi CLI and didn't find `pulumi` on PATH. `make test` gets it; by hand: "
            'PATH="$(python3 tools/pulumi):$PATH".'
        )
    signal.signal(signal.SIGINT, signal.default_int_handler)
