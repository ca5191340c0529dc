"""A user's machine for `python3 tools/pulumi`, with a PATH that holds nothing but the fakes a test puts there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[3] / "tools" / "pulumi"
NOWHERE = "http://127.0.0.1:1"  # nothing listens there, so it refuses at once
FAKE_GO = """
import os, pathlib, sys, time
log = pathlib.Path(os.environ["GO_LOG"])
with log.open("a") as file:
    print(sys.argv[1], os.path.basename(os.getcwd()), "-mod=readonly" in sys.argv, file=file)
if "fail" in os.environ.get("GO_DOES", ""):
    sys.exit("go: the module is missing")
if sys.argv[1] == "list":
    sdk = log.parent / "sdk"
    for script in "python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python":
        (sdk / script).parent.mkdir(parents=True, exist_ok=True)
        (sdk / script).write_text("a script")
    print(sdk)
else:
    program = pathlib.Path(sys.argv[sys.argv.index("-o") + 1], os.path.basename(sys.argv[-1]))
    program.write_text("half a program")
    time.sleep(float(os.environ.get("GO_TAKES", "0")))
    program.write_text("a program")
    program.chmod(0o755)
"""


class Machine:
    """A user's machine: a cache, a PATH with nothing on it yet, and a network that reaches nothing yet."""

    def __init__(self, home: Path) -> None:
        self.cache = home / "cache"
        self.path = home / "bin"
        self.path.mkdir()
        self.go_log = home / "go.log"
        self.go_log.touch()
        self.tool = TOOL
        self.environment = {
            "HOME": str(home),
            "PATH": str(self.path),
            "PULUMI_FASTPIX_CACHE": str(self.cache),
            "PULUMI_FASTPIX_RELEASES": NOWHERE,
            "GO_LOG": str(self.go_log),
        }

    def has(self, program: str, script: str = "", directory: Path | None = None) -> Path:
        """Puts a program on PATH, or into another directory."""
        file = (directory or self.path) / program
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!{sys.executable}\n{script}")
        file.chmod(0o755)
        return file

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, self.tool, *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str) -> Outcome:
        return Outcome(self.start(*command))

    def go_ran(self) -> list[str]:
        return self.go_log.read_text().splitlines()


class Outcome:
    """What a finished run printed, and its status."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.out, self.err = process.communicate(timeout=60)
        self.status = process.returncode

    @property
    def directory(self) -> Path:
        assert self.status == 0, self.err
        assert self.out.count("\n") == 1
        return Path(self.out.removesuffix("\n"))
