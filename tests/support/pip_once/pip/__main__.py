"""Repeats what pip listed before: Pulumi asks for that list at each `up`, and making it takes as long as the program.

Everything else is left to the real pip, which makes the list the first time and whenever something was installed.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

LIST = ["list", "-v", "--format", "json"]
"""What Pulumi's language host asks."""
HERE = str(Path(__file__).parents[1])


def main() -> None:
    if sys.argv[1:] == LIST:
        print(_kept_list())
    else:
        sys.path[:] = [folder for folder in sys.path if folder != HERE]
        del sys.modules["pip"]
        runpy.run_module("pip", run_name="__main__", alter_sys=True)


def _kept_list() -> str:
    installed = Path(sysconfig.get_path("purelib"))
    kept = Path(os.environ["KEPT_PIP_LISTS"]) / f"{installed.stat().st_mtime_ns}-{str(installed).replace('/', '-')}"
    if not kept.exists():
        command = [sys.executable, "-m", "pip", *LIST]
        environ = {**os.environ, "PYTHONPATH": ""}
        listed = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout
        # Under a name of its own first, since other processes may be doing the same.
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(listed)
        unfinished.replace(kept)
    return kept.read_text()


main()
