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
    # A process can join the client's group only in its own session. PYTHONPATH may lead to other modules than those
    # that are imported. And other options, or no arguments, aren't served.
    is_program = program and (program[0] in ("-m", "-c") or os.path.isfile(program[0]))
    if os.getsid(0) != session or os.environ.get("PYTHONPATH") or not is_program:
        os.execv(command, [command, *arguments])  # noqa: S606  # no shell is wanted
    fields = [str(os.getpgrp()), os.getcwd(), str(len(program)), *program]
    fields += [f"{name}={value}" for name, value in os.environ.items()]
    text = "\0".join(fields).encode("utf-8", "surrogateescape")
    message = len(text).to_bytes(4, "big") + text
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(server)
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)  # it reaches the program, as one of the same group
    sent = connection.sendmsg([message], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    while sent < len(message):
        sent += connection.send(message[sent:])
    status = int(connection.recv(16))
    if status < 0:
        _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
