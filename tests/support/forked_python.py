"""Folders for the front of PATH: the commands of a Python environment, with less to do.

Pulumi asks Python for its version and its list of packages at each `up`: here the answers are written down. And
importing what they need is most of the work of a small program and of a provider, of which an `up` starts two: here
both are forks of a process that has imported that (`fork_server`).
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_HERE = str(Path(__file__).parent)
_SERVER = f"""
import sys
sys.path.insert(0, {_HERE!r})
import fork_server
sys.path.remove({_HERE!r})
fork_server.serve(sys.argv[1])
"""
_CLIENT = """#!{python} -IS
import sys
sys.path.insert(0, {here!r})
from fork_client import run
run({server!r}, {session}, {command!r}, sys.argv[1:])
"""
_QUESTIONS = ("--version", "-m pip list -v --format json")
_PYTHON = """#!/bin/sh
case "$*" in
{answers}
    *) exec {command} "$@" ;;
esac
"""
_IN_BACKGROUND = '"$@" <alive &'
_shared: list[Path] = []


@functools.cache
def shared_folder() -> Path:
    """Where what xdist's processes share is: the folder that they were given, or one for as long as this process runs.

    Its pipe has no writer any more when this process has ended, which ends the servers, whoever has started them.
    """
    if _shared:
        return _shared[0]
    folder = Path(tempfile.mkdtemp(prefix="forks-"))  # a short path, as that of a socket has to be
    atexit.register(shutil.rmtree, folder)
    os.mkfifo(folder / "alive")
    os.open(folder / "alive", os.O_RDWR)  # for as long as this process runs
    return folder


def share(folder: Path) -> None:
    """From now on, use what is in the `shared_folder` of another process."""
    _shared[:] = [folder]


@functools.cache
def commands_of(environment: Path) -> Path:
    """Make the folder, and start what runs its commands, unless another process has."""
    folder = shared_folder() / hashlib.sha1(str(environment).encode(), usedforsecurity=False).hexdigest()[:8]
    with (shared_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            _make(folder, environment)
    return folder


def forked(name: str) -> str:
    """A command of the environment that runs the tests, for who asks what it does, and not how it starts or ends."""
    return str(commands_of(Path(sys.executable).parent) / name)


def _make(folder: Path, environment: Path) -> None:
    server, python = folder / "server", folder / "forked-python"
    _serve(environment, server)
    for name in ("pulumi-fastpix", "pulumi-resource-fastpix", "pytest"):
        _write_client(folder / name, server, environment / name)
    _write_client(python, server, environment / "python")
    answers = []
    for question in _QUESTIONS:
        answer = subprocess.check_output([environment / "python", *question.split()], text=True)
        answers.append(f'    "{question}") printf %s {shlex.quote(answer)} ;;')
    script = _PYTHON.format(answers="\n".join(answers), command=python)
    for name in ("python", "python3"):
        _write_script(folder / name, script)


def _serve(environment: Path, server: Path) -> None:
    """Start a server that outlives this process, which may be one of several that use it."""
    with subprocess.Popen(
        ["sh", "-c", _IN_BACKGROUND, "sh", environment / "python", "-c", _SERVER, server],
        env={name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "PYTHON"))},
        cwd=shared_folder(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"


def _write_client(client: Path, server: Path, command: Path) -> None:
    python = Path(sys.executable).resolve()
    text = _CLIENT.format(python=python, here=_HERE, server=str(server), session=os.getsid(0), command=str(command))
    _write_script(client, text)


def _write_script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
