"""A folder for the front of PATH: the commands of a Python environment, which begin with Pulumi imported.

Importing what they need is most of the work of a small program and of a provider; one `up` starts two of them. Here
both are forks of a process that has imported that (`fork_server`). This package itself each of them imports anew.
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

COMMANDS = "python", "python3", "pulumi-fastpix", "pulumi-resource-fastpix"
IMPORTED = (
    "pulumi",
    "grpc._server",
    "pulumi_fastpix.native.serve",
    "pulumi_fastpix.resources.workspace",
    "pulumi_fastpix.cli.recover.command",
    "pulumi_fastpix.cli.sign.command",
)
"""These import all that the commands do."""

_HERE = str(Path(__file__).parent)
_SERVER = f"""
import sys
sys.path.insert(0, {_HERE!r})
import fork_server
sys.path.remove({_HERE!r})
fork_server.serve(sys.argv[1], sys.argv[2:])
"""
_CLIENT = """#!{python} -IS
import sys
sys.path.insert(0, {here!r})
from fork_client import run
run({server!r}, {session}, {command!r}, sys.argv[1:])
"""


@functools.cache
def commands_of(environment: Path) -> Path:
    """Start the server of an environment, for as long as this process runs; returns the folder of the commands."""
    folder = Path(tempfile.mkdtemp(prefix="forks-"))  # a short path, as that of a socket has to be
    process = subprocess.Popen(
        [environment / "python", "-c", _SERVER, folder / "server", *IMPORTED],
        env={name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "PYTHON"))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    for name in COMMANDS:
        client = folder / name
        client.write_text(
            _CLIENT.format(
                python=Path(sys.executable).resolve(),
                here=_HERE,
                server=str(folder / "server"),
                session=os.getsid(0),
                command=str(environment / name),
            )
        )
        client.chmod(0o755)
    return folder


def _end(process: subprocess.Popen[str], folder: Path) -> None:
    process.communicate()  # closes its stdin, which ends it
    shutil.rmtree(folder)
