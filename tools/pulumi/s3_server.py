"""Prints the path of an S3-compatible server for tests, built from Go modules if it isn't in the cache yet."""

import hashlib
import shutil
import sys
from pathlib import Path

import cache
import pinned
import source
from report import EngineError, announce

MODULE = Path(__file__).parent / "s3-server"
ADVICE = "Install Go 1.25 or newer, and run this again. Until then, state in S3-compatible storage isn't tested."


def main() -> int:
    """Returns 1 if there is no server; stderr has the reason."""
    pins = hashlib.sha256(b"".join((MODULE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum")))
    try:
        directory = cache.keep(f"s3-server-{pinned.platform()}-{pins.hexdigest()[:12]}", _build)
    except (EngineError, OSError) as error:
        announce(str(error))
        return 1
    sys.stdout.write(f"{directory / 's3-server'}\n")
    return 0


def _build(directory: Path) -> None:
    if shutil.which("go") is None:
        raise EngineError(f"there is no `go` on PATH to build an S3-compatible server with. {ADVICE}")
    announce("building an S3-compatible server from its Go modules; this takes about a minute, once.")
    # Without a version of this checkout in it, for which git would be asked.
    flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"]
    source.go(MODULE, "build", *flags, "-o", str(directory / "s3-server"), ".", advice=ADVICE)


if __name__ == "__main__":
    sys.exit(main())
