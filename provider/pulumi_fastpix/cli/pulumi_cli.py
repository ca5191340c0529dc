"""Asks the `pulumi` command about a stack. Nothing here changes one."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_fastpix.cli import file_backend
from pulumi_fastpix.cli.doctor.project import PROJECT_FILES, ProjectError, find_project
from pulumi_fastpix.cli.versions import OLDEST_CLI, shown
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE

_NO_PROJECT = "no Pulumi.yaml project file found"


class PulumiError(Exception):
    """`pulumi` isn't there, or failed; the text is for people."""


class NoProjectError(PulumiError):
    """There is no project, or not even a folder, where `pulumi` was to run."""


@dataclass(frozen=True)
class PulumiCli:
    """The `pulumi` command for one stack of one project.

    Attributes:
        stack: the stack's name; None for the one selected.
        cwd: the folder to run in; None for this one.
    """

    stack: str | None = None
    cwd: str | None = None

    def export(self, *, show_secrets: bool = False, stack: str | None = None) -> Any:
        """The stack's state, as `pulumi stack export` prints it; of another stack if one is named.

        Raises:
            PulumiError: it can't be had.
        """
        return self._read("stack", "export", *(["--show-secrets"] if show_secrets else []), stack=stack or self.stack)

    def config(self) -> dict[str, str]:
        """The stack's values of `settings.CONFIG_KEYS`, as a provider gets them.

        Raises:
            PulumiError: they can't be had.
        """
        return settings_in(self.namespace())

    def namespace(self) -> dict[str, str]:
        """All that the stack's configuration has under `fastpix:`, a setting or not, by its key without that.

        Raises:
            PulumiError: it can't be had.
        """
        configuration = self._read("config", "--json", "--show-secrets", stack=self.stack)
        given = {key: value.get("value") for key, value in configuration.items()}
        prefix = f"{NAMESPACE}:"
        return {
            key.removeprefix(prefix): value
            for key, value in given.items()
            if key.startswith(prefix) and value is not None
        }

    def stacks(self) -> list[str]:
        """The names of all stacks of this project.

        Raises:
            PulumiError: they can't be had.
        """
        return [str(stack["name"]) for stack in self._read("stack", "ls", "--json", stack=None)]

    def name(self) -> str:
        """The stack's name, without its organization and project.

        Raises:
            PulumiError: it can't be had.
        """
        return (self.stack or self._output("stack", "--show-name")).rpartition("/")[2]

    def project(self) -> str:
        """The name of the stack's project; empty if it can't be had."""
        names = (self.stack or "").split("/")
        if len(names) == 3:
            return names[1]
        with suppress(ProjectError):
            project = find_project(Path(self.cwd or ".").resolve())
            return project.name if project else ""
        return ""

    def command(self, *arguments: str) -> list[str]:
        """A command for this stack, for a person to run in the current directory."""
        return ["pulumi", *arguments, *self.options()]

    def import_command(self, file: str, *, protect: bool) -> list[str]:
        """The command that imports everything in a file of the current directory."""
        protection = f"--protect={'true' if protect else 'false'}"
        # `--cwd` makes Pulumi look for it elsewhere.
        path = str(Path(file).resolve()) if self.cwd else file
        return self.command("import", "--file", path, "--generate-code=false", protection, "--skip-preview", "--yes")

    @property
    def has_project(self) -> bool:
        """Whether a stack is named, or `pulumi` has a project to find one in: in its folder, or above."""
        return self.stack is not None or self._is_in_project

    @property
    def _is_in_project(self) -> bool:
        folder = Path(self.cwd or ".").resolve()
        # If there is no such folder, `pulumi` is to complain.
        return not folder.is_dir() or any(
            (above / name).is_file() for above in (folder, *folder.parents) for name in PROJECT_FILES
        )

    def options(self) -> list[str]:
        """What makes a command, of Pulumi or of ours, one for this stack."""
        return [*(["--stack", self.stack] if self.stack else []), *(["--cwd", self.cwd] if self.cwd else [])]

    def _read(self, *arguments: str, stack: str | None) -> Any:
        command = [*arguments, *(["--stack", stack] if stack else [])]
        output = self._output(*command)
        try:
            return json.loads(output)
        except ValueError:
            raise PulumiError(
                f"{_shown(command)} printed something other than JSON; this needs Pulumi {shown(OLDEST_CLI)} or newer."
            ) from None

    def _output(self, *arguments: str) -> str:
        completed = self._run(arguments)
        if completed.returncode != 0:
            message = _message(completed.stderr) or f"exit status {completed.returncode}"
            # Before `pulumi` looks for a project it complains of other things, such as of nobody being logged in. A
            # stack with the name of its project takes none.
            if _NO_PROJECT in message or not (self._is_in_project or any(one.count("/") == 2 for one in arguments)):
                raise self._no_project()
            failure = f"{_shown(arguments)} failed: {message.rstrip('.')}."
            raise PulumiError(" ".join(filter(None, [failure, self._remedy(message)])))
        return completed.stdout.strip()

    def _remedy(self, message: str) -> str:
        if not file_backend.may_be_about_attributes(message):
            return ""
        backend = self._run(("whoami", "--json"))
        return file_backend.advice(json.loads(backend.stdout)["url"], self.cwd) if backend.returncode == 0 else ""

    def _no_project(self) -> NoProjectError:
        return NoProjectError(
            f"There is no Pulumi project in {Path(self.cwd or '.').resolve()} or above it. Run this in the project's "
            f"folder, or name that with --cwd."
        )

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["pulumi", *arguments, "--non-interactive", "--color=never"],
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                check=False,
                env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            )
        except OSError as error:
            if self.cwd is not None and not Path(self.cwd).is_dir():
                raise NoProjectError(f"There is no folder {self.cwd!r} to run Pulumi in: check --cwd.") from None
            if not self.has_project:
                raise self._no_project() from None
            raise PulumiError(
                f"Could not run {_shown(arguments)}: {error.strerror}. Check that the Pulumi CLI is installed and on "
                f"PATH."
            ) from None


def settings_in(namespace: Mapping[str, str]) -> dict[str, str]:
    """The values of `settings.CONFIG_KEYS` among all that is configured under `fastpix:`."""
    return {key: namespace[key] for key in CONFIG_KEYS if key in namespace}


def _shown(arguments: Sequence[str]) -> str:
    return f"`{shlex.join(['pulumi', *arguments])}`"


def _message(stderr: str) -> str:
    """Pulumi's own message, on one line and without its marks."""
    return re.sub(r"\s+", " ", stderr.replace("error: ", "")).strip()
