"""The Pulumi project as its files describe it: which Python runs, and which secrets are in plain text there."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pulumi_fastpix.cli.doctor.findings import Finding, ok, problem, warning
from pulumi_fastpix.settings.names import NAMESPACE, SECRET_KEY

PLUGIN = "pulumi-resource-fastpix"
PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


class ProjectError(Exception):
    """A file of the project can't be read; the text says which, and why."""


@dataclass(frozen=True)
class Project:
    """A Pulumi project.

    Attributes:
        file: its `Pulumi.yaml`.
        runtime: its language.
        options: of that runtime, such as `virtualenv` and `toolchain`.
        main: where the program is, relative to the file; empty if beside it.
        stack_files_in: the folder of the stacks' configuration, relative to the file.
        names_plugin: it says itself where the native provider's plugin comes from.
    """

    file: Path
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


def check_project(project: Project, environ: Mapping[str, str]) -> Finding:
    """Which of the two providers serves its programs, and whether Pulumi finds the one that is a plugin."""
    if project.runtime == "python":
        lacks = "" if _plugin(project, environ) else f"; {PLUGIN} isn't there, which pulumi_fastpix.native needs"
        return ok("project", f"project {project.file}{lacks}")
    if not project.runtime:
        return problem("project", f"{project.file} names no runtime", "Set `runtime: python`, or another one.")
    says = f"{project.file} is a project for {project.runtime}, which only the native provider serves"
    if plugin := _plugin(project, environ):
        return ok("project", f"{says}: {plugin}")
    return problem(
        "project",
        f"{says}, and Pulumi won't find its plugin",
        f"Put `{PLUGIN}`, which comes with this package, on the PATH of `pulumi`, or name its folder under `plugins` "
        f"in {project.file.name}.",
    )


def _plugin(project: Project, environ: Mapping[str, str]) -> str:
    """Where Pulumi finds the native provider's plugin; empty if nowhere."""
    if project.names_plugin:
        return "the project names its plugin"
    if on_path := shutil.which(PLUGIN, path=environ.get("PATH", "")):
        return f"its plugin is {on_path}"
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    installed = sorted((home / "plugins").glob("resource-fastpix-v*/"))
    return f"its plugin is {installed[-1]}" if installed else ""


def check_plaintext_secrets(project: Project) -> list[Finding]:
    """Whether a secret key is in plain text in a file of the project or of a stack. None of them is shown."""
    findings = []
    files = [(None, project.file), *project.stack_files().items()]
    for stack, file in files:
        try:
            configuration = _configuration(file)
        except ProjectError as error:
            findings.append(problem("stack-file", str(error), "Correct the file."))
            continue
        findings += [_in_plain_text(key, stack, file) for key in plaintext_secret_keys(configuration)]
    if not findings:
        findings.append(ok("plaintext-secret", "no secret key is in plain text in the project's and the stacks' files"))
    return findings


def plaintext_secret_keys(configuration: Mapping[str, Any]) -> list[str]:
    """The keys of a configuration that name a secret key and hold it in plain text.

    An encrypted value is a mapping. In a project's own file, what a value belongs to may be one, too.
    """
    values = {
        key: value.get("value", value.get("default", value)) if isinstance(value, Mapping) else value
        for key, value in configuration.items()
    }
    return [
        key
        for key, value in values.items()
        if key.endswith(":secretKey") and value is not None and not isinstance(value, Mapping)
    ]


def _in_plain_text(key: str, stack: str | None, file: Path) -> Finding:
    says = f"{key} is in plain text in {file}"
    first = f"Run `pulumi config set --stack {stack} --secret {key}`"
    if stack is None:
        first = f"Take it out of that file, run `pulumi config set --secret {key}` for each stack"
    advice = (
        f"{first} and `pulumi up`, then have FastPix replace the key: the file's history and the stack's state have "
        f"shown it."
    )
    if key == SECRET_KEY:
        return problem("plaintext-secret", says, advice)
    return warning("plaintext-secret", says, f"If it is a secret: {advice}")


def _project(file: Path) -> Project:
    document = _read(file)
    runtime = document.get("runtime")
    if isinstance(runtime, Mapping):
        name, options = runtime.get("name"), runtime.get("options")
    else:
        name, options = runtime, None
    return Project(
        file=file,
        runtime=str(name or ""),
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


def _configuration(file: Path) -> dict[str, Any]:
    configuration = _read(file).get("config")
    if configuration is None:
        return {}
    if not isinstance(configuration, Mapping):
        raise ProjectError(f"`config` in {file} must map names to values")
    return {str(key): value for key, value in configuration.items()}


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
