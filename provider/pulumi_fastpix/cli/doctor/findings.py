"""The findings of the doctor, each with a severity and advice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How bad a finding is, the best first. FROZEN: the values are part of the JSON output."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Check(Enum):
    """What is checked. FROZEN: the values are part of the JSON output."""

    VERSIONS = "versions"
    """This command's package, Python and platform."""
    PULUMI_CLI = "pulumi-cli"
    """Whether the Pulumi CLI is there, and how old it is."""
    PROJECT = "project"
    """Whether there is a Pulumi project, and whether its language has a provider."""
    PROVIDER_PYTHON = "provider-python"
    """The Python that the dynamic provider runs with."""
    PROVIDER_PACKAGE = "provider-package"
    """Whether that Python has this package, with all it needs."""
    PULUMI_SDK = "pulumi-sdk"
    """The Pulumi SDK of that Python."""
    PLAINTEXT_SECRET = "plaintext-secret"  # noqa: S105  # a name
    """Secret keys in the configuration files."""
    STACK_FILE = "stack-file"
    """Whether the stacks' configuration files can be read."""
    CONFIGURATION = "configuration"
    """Whether Pulumi can read the stack's configuration."""
    STORED_SETTINGS = "stored-settings"
    """Whether the settings in the stack's state are those of its configuration."""
    INTERRUPTED = "interrupted"
    """Creates that a run began and didn't get to record."""
    SETTINGS = "settings"
    """The settings that the provider finds in the configuration and the environment."""
    SANDBOX = "sandbox"
    """Whether this is run in the sandbox, and may be."""
    API_CALL = "api-call"
    """One call to FastPix, which only reads."""
    WORKSPACE = "workspace"
    """Whether the stack's FastPix resources are in the workspace that the settings lead to."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        check: what was checked.
        severity: how bad it is.
        message: what was found, without any secret.
        advice: what to do about it; empty if it is fine.
    """

    check: Check
    severity: Severity
    message: str
    advice: str = ""


def ok(check: Check, message: str) -> Finding:
    """It is as it should be."""
    return Finding(check, Severity.OK, message)


def warning(check: Check, message: str, advice: str) -> Finding:
    """It works, or may work, but somebody should know."""
    return Finding(check, Severity.WARNING, message, advice)


def problem(check: Check, message: str, advice: str) -> Finding:
    """It doesn't work like this."""
    return Finding(check, Severity.PROBLEM, message, advice)


def worst(findings: Sequence[Finding]) -> Severity:
    """The highest severity among the findings."""
    order = list(Severity)
    return max((finding.severity for finding in findings), key=order.index, default=Severity.OK)
