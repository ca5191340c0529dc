"""What a check found out, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Severity(Enum):
    """How bad a finding is; the values are part of the JSON output."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        check: what was looked at; part of the JSON output, so don't rename one.
        severity: how bad it is.
        says: what was found, without any secret.
        advice: what to do about it; empty if it is fine.
    """

    check: str
    severity: Severity
    says: str
    advice: str = ""


def ok(check: str, says: str) -> Finding:
    """It is as it should be."""
    return Finding(check, Severity.OK, says)


def warning(check: str, says: str, advice: str) -> Finding:
    """It works, or may work, but somebody should know."""
    return Finding(check, Severity.WARNING, says, advice)


def problem(check: str, says: str, advice: str) -> Finding:
    """It doesn't work like this."""
    return Finding(check, Severity.PROBLEM, says, advice)


def worst(findings: Sequence[Finding]) -> Severity:
    """The highest severity among the findings."""
    order = list(Severity)
    return max((finding.severity for finding in findings), key=order.index, default=Severity.OK)


def as_text(findings: Sequence[Finding]) -> str:
    """One line for each finding, its advice below it, and a summary."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity.value:<8} {finding.says}")
        if finding.advice:
            lines.append(f"{'':<8} -> {finding.advice}")
    counts = {
        severity: sum(finding.severity is severity for finding in findings)
        for severity in (Severity.PROBLEM, Severity.WARNING)
    }
    told = [f"{count} {severity.value}{'s' if count > 1 else ''}" for severity, count in counts.items() if count]
    return "\n".join([*lines, "", f"{', '.join(told) or 'Nothing wrong'}."])


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings for a program to read."""
    return {
        "severity": worst(findings).value,
        "findings": [
            {"check": one.check, "severity": one.severity.value, "says": one.says, "advice": one.advice}
            for one in findings
        ],
    }
