"""Builds the engine from Go modules: minutes, where no more than a module proxy can be reached."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

import pinned
from report import EngineError, announce

GO = "1.26.6"  # what cli/go.mod asks for, because the CLI's own go.mod does
SDK = "github.com/pulumi/pulumi/sdk/v3"
PROGRAMS = (
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    f"{SDK}/python/cmd/pulumi-language-python",
    "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
)
SCRIPTS = "python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"
ADVICE = (
    "Install the Pulumi CLI (https://www.pulumi.com/docs/install) and put it on PATH, "
    f"or install Go {GO} or newer, and run this again."
)
EVERY = 20  # seconds between two lines of progress


def build(directory: Path) -> None:
    """Fills `directory` with a CLI, its language hosts and the scripts these start, or raises EngineError."""
    if shutil.which("go") is None:
        raise EngineError(f"there is no `go` on PATH to build Pulumi with. {ADVICE}")
    announce(f"building Pulumi {pinned.SOURCE} from its Go modules; this takes about five minutes, once.")
    started = time.monotonic()
    version = f"-X {SDK}/go/common/version.Version={pinned.SOURCE}"
    for module, program in zip(pinned.MODULES, PROGRAMS, strict=True):
        flags = ["-trimpath", "-tags=osusergo,grpcnotrace", f"-ldflags=-s -w {version}"]
        go(module, "build", "-v", *flags, "-o", f"{directory}{os.sep}", program)
    # The scripts are no Go packages, but they come in the SDK's module and under its hash.
    sdk = Path(go(pinned.MODULES[0], "list", "-m", "-f", "{{.Dir}}", SDK))
    for script in SCRIPTS:
        copy = Path(shutil.copy(sdk / script, directory))
        copy.chmod(0o755)  # the module cache keeps files read-only and without the run bit
    announce(f"built in {time.monotonic() - started:.0f} seconds.")


def go(module: Path, command: str, *arguments: str, advice: str = ADVICE) -> str:
    """Runs a go command in a module, reporting its progress; returns what it printed, or raises EngineError."""
    with NamedTemporaryFile() as output, NamedTemporaryFile() as log:
        run = subprocess.Popen(
            # readonly: nothing may be built but what the committed go.sum has a hash for.
            ["go", command, "-mod=readonly", *arguments],
            cwd=module,
            env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
            stdout=output,
            stderr=log,
        )
        started = time.monotonic()
        while _still_runs(run):
            _tell(time.monotonic() - started, Path(log.name).read_text())
        if run.returncode != 0:
            tail = "\n".join(Path(log.name).read_text().splitlines()[-15:])
            raise EngineError(f"`go {command}` failed in {module}; it ended with:\n{tail}\n{advice}")
        return Path(output.name).read_text().strip()


def _still_runs(run: subprocess.Popen[bytes]) -> bool:
    """Waits until it is time for the next line of progress, or until the run has ended."""
    try:
        run.wait(timeout=EVERY)
    except subprocess.TimeoutExpired:
        return True
    return False


def _tell(seconds: float, log: str) -> None:
    lines = log.splitlines()
    downloads = sum(line.startswith("go: downloading ") for line in lines)
    announce(f"{seconds:.0f} s: {downloads} modules downloaded, {len(lines) - downloads} packages built")
