"""Records what a version of this package stores in a stack, for all later versions to be tried on.

    make record-state NAME=0.1.0

A folder here with a program of that name is run against a sandbox, and what `pulumi stack export --show-secrets` then
prints is kept beside it as `state.json`. (The secrets are those of the sandbox, which is gone by then.) Record once,
with the version that is to be released, and never again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from pulumi_fastpix.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.engine import Stack, find_engine

HERE = Path(__file__).parent


def main() -> None:
    """Run the program, and keep the state."""
    parser = argparse.ArgumentParser(description="Record what this version stores in a stack.")
    parser.add_argument("name", help="a folder beside this file, with a program")
    folder = HERE / parser.parse_args().name
    if not (folder / "__main__.py").is_file() or (folder / "state.json").exists():
        sys.exit(f"{folder} must hold a program, and no state.json yet: a recorded state never changes.")
    find_engine()
    with tempfile.TemporaryDirectory() as place, Sandbox() as sandbox:
        environ = sandbox.environment()
        # A provider resource is a target of its own, which is refused where this is set.
        del environ["FASTPIX_SANDBOX"]
        stack = Stack(Path(place), environ)
        stack.copy_program(folder)
        stack.create()
        up = stack.up()
        if up.status != 0:
            sys.exit(up.output)
        (folder / "state.json").write_text(stack.run("stack", "export", "--show-secrets").output)


if __name__ == "__main__":
    main()
