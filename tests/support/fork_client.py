"""Runs a Python program by way of a `fork_server`, in place of the command it is called for (`forked_python`).

It is started for each of Pulumi's Python processes, without `site`, and so imports next to nothing.
"""

# ruff: noqa: PTH109, PTH113, PTH119  # pathlib would take longer to import than all this does

import _signal  # type: ignore[import-not-found]  # it has no stub
import _socket
import os
import sys


def run(server: str, session: int, command: str, arguments: list[str]) -> None:
    """Do what `command` would do, a Python or a script for the server's Python, and end as that ends."""
    program = [command, *arguments]
    if os.path.basename(command).startswith("python"):
        program = arguments[1:] if arguments[:1] == ["-u"] else arguments
    if not program or (program[0] not in {"-m", "-c"} and not os.path.isfile(program[0])):  # such as `-V`
        os.execv(command, [command, *arguments])  # noqa: S606  # no shell is wanted
    # The program can join the group of this process only in its own session. In another one it is interrupted by none.
    joins = os.getsid(0) == session
    fields = [str(os.getpgrp() if joins else 0), os.getcwd(), str(len(program)), *program]
    fields += [f"{name}={value}" for name, value in os.environ.items()]
    text = "\0".join(fields).encode("utf-8", "surrogateescape")
    message = len(text).to_bytes(4, "big") + text
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(server)
    if joins:
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)  # it reaches the program, as one of the same group
    sent = connection.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    while sent < len(message):
        sent += connection.send(message[sent:])
    status = int(connection.recv(16))
    if status < 0:
        _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
