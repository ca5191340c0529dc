"""The output of `pulumi-fastpix doctor`: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pulumi_fastpix.cli.doctor.findings import Finding, Severity, worst


def as_text(findings: Sequence[Finding]) -> str:
    """One line for each finding, its advice below it, and a summary."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity.value:<8} {finding.message}")
        if finding.advice:
            lines.append(f"{'':<8} -> {finding.advice}")
    return "\n".join([*lines, "", f"{_summary(findings)}."])


def as_json(findings: Sequence[Finding]) -> str:
    """The findings, and the highest severity among them."""
    return json.dumps(
        {
            "severity": worst(findings).value,
            "findings": [
                {
                    "check": finding.check.value,
                    "severity": finding.severity.value,
                    "message": finding.message,
                    "advice": finding.advice,
                }
                for finding in findings
            ],
        },
        indent=2,
    )


def _summary(findings: Sequence[Finding]) -> str:
    counts = {
        severity.value: sum(finding.severity is severity for finding in findings)
        for severity in (Severity.PROBLEM, Severity.WARNING)
    }
    return ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count) or (
        "Nothing wrong"
    )
