"""Runs Python programs in forks of a process that has imported what they begin with: Pulumi's SDK.

A client (`fork_client`) sends its arguments, environment and folder, with its stdin, stdout and stderr. The program
gets these, and the client's process group, in which Pulumi signals it. The client ends as the program does; if the
client is killed, so is the program.
"""

from __future__ import annotations

import array
import atexit
import gc
import importlib
import os
import runpy
import select
import signal
import socket
import sys
import threading
from io import FileIO, TextIOWrapper
from pathlib import Path


def serve(path: str, modules: list[str]) -> None:
    """Listen on a socket of this path until stdin ends; in each fork, run a client's program."""
    sys.path.remove("")  # where a program's own folder belongs
    for module in modules:
        importlib.import_module(module)
    for module in [name for name in sys.modules if name.partition(".")[0] == "pulumi_fastpix"]:
        del sys.modules[module]  # what is tested is imported by each program anew; only what it imports is there
    gc.freeze()  # a collection in a fork would write to, and so copy, all that the forks share
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        print("listening", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            client, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _answer(client)
                return
            client.close()


def _answer(client: socket.socket) -> None:
    """Fork again: the program, and what waits for its end or the client's."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    fields, streams = _receive(client)
    program = os.fork()
    if program == 0:
        client.close()
        _run(fields, streams)
        return
    # Whoever reads the program's output waits until nobody else has it open.
    for stream in (0, 1, 2, *streams):
        os.close(stream)
    threading.Thread(target=_kill_after, args=(client, program), daemon=True).start()
    _, status = os.waitpid(program, 0)
    client.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _receive(client: socket.socket) -> tuple[list[str], list[int]]:
    """What a client has sent: its fields, behind their length in 4 bytes, and its three streams."""
    message, ancillary, _, _ = client.recvmsg(1 << 16, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    length = int.from_bytes(message[:4], "big")
    message = message[4:]
    while len(message) < length:
        message += client.recv(1 << 16)
    return os.fsdecode(message).split("\0"), list(array.array("i", ancillary[0][2]))


def _kill_after(client: socket.socket, program: int) -> None:
    client.recv(1)
    os.kill(program, signal.SIGKILL)


def _run(fields: list[str], streams: list[int]) -> None:
    """Become what the client would have been, and run its program."""
    group, folder, count, *rest = fields
    arguments, variables = rest[: int(count)], rest[int(count) :]
    os.setpgid(0, int(group))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # As after `python -u`, which leaves no bytes in a buffer.
    sys.stdout, sys.stderr = (TextIOWrapper(FileIO(number, "w"), write_through=True) for number in (1, 2))
    os.chdir(folder)
    os.environ.clear()
    for variable in variables:
        name, _, os.environ[name] = variable.partition("=")
    sys.path[:0] = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    try:
        if arguments[0] == "-m":
            sys.path.insert(0, folder)
            sys.argv = arguments[1:]
            runpy._run_module_as_main(arguments[1])  # type: ignore[attr-defined]  # what `python -m` calls
        else:
            if Path(arguments[0]).name == "pulumi-language-python-exec":
                # When an update fails, a program is killed, and then interrupted. Here the first comes a moment later:
                # it must not have the time to tell of the second.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
            sys.path.insert(0, str(Path(arguments[0]).parent))
            sys.argv = arguments
            main = sys.modules["__main__"].__dict__
            main["__file__"] = arguments[0]
            exec(compile(Path(arguments[0]).read_bytes(), arguments[0], "exec"), main)  # noqa: S102  # as Python does
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    # The rest of an interpreter's end would take as long as many of the programs: it frees all that was imported.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    os._exit(status)
