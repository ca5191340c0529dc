"""The Pulumi CLI: whether it is there, and how old it is."""

from __future__ import annotations

import shutil
import subprocess

from pulumi_fastpix.cli.doctor.findings import Finding, ok, problem, warning
from pulumi_fastpix.cli.versions import OLDEST_CLI, parsed, shown

_SECONDS = 60


def check_engine() -> Finding:
    """Find the CLI and its version."""
    executable = shutil.which("pulumi")
    if executable is None:
        return problem(
            "pulumi",
            "the Pulumi CLI, `pulumi`, is not on PATH",
            "Install it: https://www.pulumi.com/docs/iac/download-install/",
        )
    try:
        done = subprocess.run(
            [executable, "version"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError) as error:
        says = f"the Pulumi CLI, {executable}, can't be run ({type(error).__name__})"
        return problem("pulumi", says, "See what `pulumi version` says, or install it again.")
    version = done.stdout.strip().removeprefix("v")
    if parsed(version) < OLDEST_CLI:
        return warning(
            "pulumi",
            f"Pulumi CLI {version} ({executable})",
            f"It can't adopt existing playback IDs, nor recover those of a killed run: install {shown(OLDEST_CLI)} or "
            f"newer for that.",
        )
    return ok("pulumi", f"Pulumi CLI {version} ({executable})")
