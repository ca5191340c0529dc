"""The output of `pulumi-fastpix doctor`: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pulumi_fastpix.cli.doctor.findings import Finding, Severity, worst
from pulumi_fastpix.cli.terminal import Colour, Line

_COLOURS = {Severity.OK: Colour.GREEN, Severity.WARNING: Colour.YELLOW, Severity.PROBLEM: Colour.RED}


def as_lines(findings: Sequence[Finding]) -> list[Line]:
    """One line for each finding, its advice below it, and a summary."""
    lines = []
    for finding in findings:
        lines.append(Line(finding.message, f"{finding.severity.value:<8} ", _COLOURS[finding.severity]))
        if finding.advice:
            lines.append(Line(finding.advice, f"{'':<8} -> "))
    return [*lines, Line(""), Line(f"{_summary(findings)}.", colour=_COLOURS[worst(findings)])]


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
