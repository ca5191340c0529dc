"""Checks the Pulumi CLI: whether it is there, and how old it is."""

from __future__ import annotations

import shutil
import subprocess

from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.cli.versions import OLDEST_CLI, parsed, shown

_SECONDS = 60


def check_engine() -> tuple[Finding, str]:
    """Find the CLI.

    Returns:
        The finding, and the CLI's version; empty if that isn't known.
    """
    executable = shutil.which("pulumi")
    if executable is None:
        missing = problem(
            Check.PULUMI_CLI,
            "the Pulumi CLI, `pulumi`, is not on PATH",
            "Install it: https://www.pulumi.com/docs/iac/download-install/",
        )
        return missing, ""
    try:
        completed = subprocess.run(
            [executable, "version"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        broken = problem(
            Check.PULUMI_CLI,
            f"the Pulumi CLI, {executable}, can't be run ({type(error).__name__})",
            "Run `pulumi version` to see its own message, or install it again.",
        )
        return broken, ""
    version = completed.stdout.strip().removeprefix("v")
    if parsed(version) < OLDEST_CLI:
        old = warning(
            Check.PULUMI_CLI,
            f"Pulumi CLI {version} ({executable}) can't adopt playback IDs, nor recover those of a killed run",
            f"For that, install Pulumi CLI {shown(OLDEST_CLI)} or newer.",
        )
        return old, version
    return ok(Check.PULUMI_CLI, f"Pulumi CLI {version} ({executable})"), version
