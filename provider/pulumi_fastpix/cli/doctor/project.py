"""Reads a Pulumi project's files: its own, and the stacks' configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pulumi_fastpix.settings.names import NAMESPACE

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


class ProjectError(Exception):
    """A file of the project can't be read; the text names it and gives the reason."""


@dataclass(frozen=True)
class Project:
    """A Pulumi project.

    Attributes:
        file: its `Pulumi.yaml`.
        name: its name, as that file gives it.
        runtime: its language.
        options: of that runtime, such as `virtualenv` and `toolchain`.
        main: where the program is, relative to the file; empty if beside it.
        stack_files_in: the folder of the stacks' configuration, relative to the file.
        names_plugin: its file names the place of the native provider's plugin.
    """

    file: Path
    name: str
    runtime: str
    options: Mapping[str, Any]
    main: str = ""
    stack_files_in: str = ""
    names_plugin: bool = False

    @property
    def folder(self) -> Path:
        """Where `Pulumi.yaml` is."""
        return self.file.parent

    @property
    def program_folder(self) -> Path:
        """Where the program runs, and the provider process with it."""
        program = self.folder / self.main
        return program.parent if program.is_file() else program

    def stack_files(self) -> dict[str, Path]:
        """The configuration files of its stacks, by the stack's name."""
        folder = self.folder / self.stack_files_in
        files = [file for suffix in ("yaml", "yml", "json") for file in folder.glob(f"Pulumi.*.{suffix}")]
        return {file.stem.removeprefix("Pulumi."): file for file in sorted(files)}


def find_project(start: Path) -> Project | None:
    """The project a folder belongs to: its own, or that of the nearest folder above.

    Raises:
        ProjectError: there is one, but it can't be read.
    """
    for folder in (start, *start.parents):
        for name in PROJECT_FILES:
            if (folder / name).is_file():
                return _project(folder / name)
    return None


def configuration_in(file: Path) -> dict[str, Any]:
    """The configuration in a project's or a stack's file.

    Raises:
        ProjectError: the file can't be read.
    """
    configuration = _read(file).get("config")
    if configuration is None:
        return {}
    if not isinstance(configuration, Mapping):
        raise ProjectError(f"`config` in {file} must map names to values")
    return {str(key): value for key, value in configuration.items()}


def _project(file: Path) -> Project:
    document = _read(file)
    runtime = document.get("runtime")
    if isinstance(runtime, Mapping):
        language, options = runtime.get("name"), runtime.get("options")
    else:
        language, options = runtime, None
    return Project(
        file=file,
        name=str(document.get("name") or ""),
        runtime=str(language or ""),
        options=options if isinstance(options, Mapping) else {},
        main=str(document.get("main") or ""),
        stack_files_in=str(document.get("stackConfigDir") or ""),
        names_plugin=_names_plugin(document),
    )


def _names_plugin(document: Mapping[str, Any]) -> bool:
    plugins, packages = document.get("plugins"), document.get("packages")
    providers = plugins.get("providers") if isinstance(plugins, Mapping) else None
    named = [one.get("name") for one in providers or () if isinstance(one, Mapping)]
    # `pulumi package add` of an executable notes `fastpix@<version>`, and not where that is.
    package = packages.get(NAMESPACE) if isinstance(packages, Mapping) else None
    return NAMESPACE in named or (package is not None and not str(package).startswith(f"{NAMESPACE}@"))


def _read(file: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{file} can't be read: {error}") from None
    except yaml.YAMLError as error:
        # The error's own text would show the line, and with it perhaps a secret.
        line = f" in line {error.problem_mark.line + 1}" if isinstance(error, yaml.MarkedYAMLError) else ""
        raise ProjectError(f"{file} is not valid YAML{line}") from None
    except ValueError:
        # PyYAML's own, for instance of a date that there isn't.
        raise ProjectError(f"{file} holds a value that can't be read") from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise ProjectError(f"{file} must map names to values")
    return document
