"""Declarations under Pulumi's own mocks, as users test their programs: in a process of its own each time."""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from support.forked_python import forked

_PROGRAM = """
import asyncio, os, sys, pulumi
import {module} as fastpix

registered = []

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        registered.append({{key: value for key, value in args.inputs.items() if key != "__provider"}})
        return args.resource_id or "made", {{**args.inputs, **{outputs}}}

    def call(self, args):
        return {{}}

pulumi.runtime.set_mocks(Mocks())

@pulumi.runtime.test
def test():
    seen = [tuple(getattr(main, name) for name in {names}) for main in [{declarations}]]
    return pulumi.Output.from_input(seen).apply(lambda all: print((registered, all)))

test()

# While Python ends, it may complain of the event loop that Pulumi's mocks have left open.
sys.stdout.flush()
os._exit(0)
"""

MODULES = ["pulumi_fastpix", "pulumi_fastpix.native"]


def run(
    module: str,
    *declarations: str,
    names: Sequence[str] = (),
    outputs: Mapping[str, Any] | None = None,
    in_fork: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a program with these declarations.

    Args:
        module: imported as `fastpix`.
        declarations: expressions.
        names: the outputs that the program looks at.
        outputs: what the provider adds to the inputs.
        in_fork: everything has been imported before, which saves time.
    """
    program = _PROGRAM.format(
        module=module, declarations=", ".join(declarations), names=tuple(names), outputs=dict(outputs or {})
    )
    python = forked("python") if in_fork else sys.executable
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(program)
        file.flush()
        return subprocess.run([python, file.name], capture_output=True, text=True, check=False)


def registered(
    module: str,
    *declarations: str,
    names: Sequence[str],
    outputs: Mapping[str, Any] | None = None,
    in_fork: bool = True,
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """The inputs that Pulumi gets, and the outputs as the program sees them."""
    ran = run(module, *declarations, names=names, outputs=outputs, in_fork=in_fork)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    # Nothing but literals: no enum, for example.
    inputs, seen = ast.literal_eval(ran.stdout)
    return inputs, seen
