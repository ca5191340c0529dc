"""Checks whether a secret key is in plain text in a file of the project or of a stack. None of them is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.cli.doctor.project import Project, ProjectError, configuration_in
from pulumi_fastpix.settings.names import SECRET_KEY


def check_plaintext_secrets(project: Project) -> list[Finding]:
    """Look for secret keys in plain text, in the project's file and in those of all stacks."""
    findings = []
    files = [(None, project.file), *project.stack_files().items()]
    for stack, file in files:
        try:
            configuration = configuration_in(file)
        except ProjectError as error:
            findings.append(problem(Check.STACK_FILE, str(error), "Correct the file."))
            continue
        findings += [_in_plain_text(key, stack, file) for key in plaintext_secret_keys(configuration)]
    if not findings:
        findings.append(
            ok(Check.PLAINTEXT_SECRET, "no secret key is in plain text in the project's and the stacks' files")
        )
    return findings


def plaintext_secret_keys(configuration: Mapping[str, Any]) -> list[str]:
    """The keys of a configuration that name a secret key and hold it in plain text.

    An encrypted value is a mapping. In a project's own file, a plain value may also stand in one.
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
    message = f"{key} is in plain text in {file}"
    first = (
        f"Take it out of that file, run `pulumi config set --secret {key}` for each stack"
        if stack is None
        else f"Run `pulumi config set --stack {stack} --secret {key}`"
    )
    advice = (
        f"{first} and `pulumi up`, then have FastPix replace the key: it stays in the file's history and in the "
        f"history of the stack's state."
    )
    if key == SECRET_KEY:
        return problem(Check.PLAINTEXT_SECRET, message, advice)
    return warning(Check.PLAINTEXT_SECRET, message, f"If it is a secret: {advice}")
