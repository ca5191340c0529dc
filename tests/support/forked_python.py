"""A folder for the front of PATH, whose `python3` and other commands of an environment begin with Pulumi imported.

Importing Pulumi's SDK is most of what a small program, or a provider, does; an `up` of one resource does it twice.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = ["pulumi", "pulumi_fastpix.native.serve", "pulumi_fastpix.resources.workspace", "grpc._server"]
"""What is imported before. Not this package: each program imports that anew."""
COMMANDS = ["python", "python3", "pulumi-fastpix", "pulumi-resource-fastpix"]
_HERE = str(Path(__file__).parent)
_SERVE = "import sys; from sys import path; path.insert(1, {here!r}); import fork_server; path.remove({here!r}); "
_SERVE += "fork_server.serve(sys.argv[1], sys.argv[2:])"
_COMMAND = """#!{python} -IS
import sys
sys.path.insert(0, {here!r})
sys.dont_write_bytecode = False
from fork_client import run
run({server!r}, {session}, {command!r}, sys.argv[1:])
"""


@functools.cache
def commands_of(environment: Path) -> Path:
    """Start an environment's server, which runs as long as this process, and make the folder of its commands."""
    folder = Path(tempfile.mkdtemp(prefix="forks-"))  # a short path, as that of a socket has to be
    server = folder / "server"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "PYTHON"))}
    process = subprocess.Popen(  # its stdin ends with this process, and then so does the server
        [environment / "python", "-c", _SERVE.format(here=_HERE), server, *MODULES],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    atexit.register(_end, process, folder)
    for name in COMMANDS:
        path = folder / name
        path.write_text(
            _COMMAND.format(
                python=Path(sys.executable).resolve(),
                here=_HERE,
                server=str(server),
                session=os.getsid(0),
                command=str(environment / name),
            )
        )
        path.chmod(0o755)
    return folder


def _end(process: subprocess.Popen[str], folder: Path) -> None:
    process.communicate()
    shutil.rmtree(folder)
