"""Finds the Pulumi CLI a person has installed: theirs comes before any copy of ours."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from report import announce

OLDEST = (3, 254)  # the first whose `pulumi import --file` can adopt a dynamic resource


def find() -> Path | None:
    """The directory of the `pulumi` on PATH, if it is new enough and can run Python programs."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        return None
    directory = Path(pulumi).absolute().parent
    if _version(pulumi) < OLDEST:
        announce(f"{pulumi} does not report version {OLDEST[0]}.{OLDEST[1]} or newer, so it is not used.")
        return None
    # The CLI looks for its language host beside its real file, then on PATH.
    places = [str(directory), str(Path(pulumi).resolve().parent), os.environ["PATH"]]
    if shutil.which("pulumi-language-python", path=os.pathsep.join(places)) is None:
        announce(f"{pulumi} comes without pulumi-language-python, so it is not used.")
        return None
    return directory


def _version(pulumi: str) -> tuple[int, int]:
    """The version that the CLI reports; (0, 0) if it cannot be run or prints something else."""
    try:
        run = subprocess.run(
            [pulumi, "version"],
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    match = re.match(r"v?(\d+)\.(\d+)\.", run.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)
