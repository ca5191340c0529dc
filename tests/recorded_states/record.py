"""Records what a version of this package stores in a stack, for all later versions to be tried on.

    make record-state NAME=0.1.0

A folder here with a program of that name is run against a sandbox, and the output of `pulumi stack export
--show-secrets` is kept beside it as `state.json`, without the paths of this machine. (The secrets are those of the
sandbox, which no longer exists then.) Record once, with the version that is to be released, and never again.
"""

from __future__ import annotations

import argparse
import json
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
        state = json.loads(stack.run("stack", "export", "--show-secrets").output)
        (folder / "state.json").write_text(json.dumps(without_source_positions(state), indent=4) + "\n")


def without_source_positions(value: object) -> object:
    """A state without the places in the program that declared something: they name paths of this machine."""
    if isinstance(value, dict):
        return {
            key: without_source_positions(inner)
            for key, inner in value.items()
            if key not in ("sourcePosition", "stackTrace")
        }
    if isinstance(value, list):
        return [without_source_positions(inner) for inner in value]
    return value


if __name__ == "__main__":
    main()
