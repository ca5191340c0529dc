"""What this project pins: the engine's versions, and the hashes that everything fetched must have."""

import hashlib
import os
from pathlib import Path

RELEASE = "v3.259.0"  # the newest for which there are published hashes (checksums.txt)
SOURCE = "v3.276.0"  # the newest whose modules can be had (cli/go.mod)
HERE = Path(__file__).parent
MODULES = HERE / "cli", HERE / "language-python", HERE / "language-yaml"
CHECKSUMS = HERE / "checksums.txt"


def platform() -> str:
    """This machine, as Pulumi's installer spells it: `linux-x64`, `darwin-arm64`."""
    machine = os.uname()
    architecture = {"x86_64": "x64", "aarch64": "arm64"}.get(machine.machine, machine.machine)
    return f"{machine.sysname.lower()}-{architecture}"


def name() -> str:
    """The engine's name in the cache. It changes with any pin, so an engine kept is never a stale one."""
    pins = hashlib.sha256(CHECKSUMS.read_bytes())
    for module in MODULES:
        pins.update((module / "go.mod").read_bytes() + (module / "go.sum").read_bytes())
    return f"pulumi-{platform()}-{pins.hexdigest()[:12]}"
