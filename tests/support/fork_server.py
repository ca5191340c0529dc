"""Runs Python programs in forks of a process that has imported all that they import.

A client (`fork_client`) sends its arguments, environment and folder, with its stdin, stdout and stderr. The program
gets these, and the client's process group, in which Pulumi signals it. The client ends as the program does; if the
client is killed, so is the program.
"""

from __future__ import annotations

import array
import asyncio
import atexit
import gc
import importlib
import inspect
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from io import FileIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MODULES = (
    "pulumi",
    "pulumi.dynamic",
    "grpc.experimental",
    "grpc._channel",
    "grpc._server",
    "grpc._simple_stubs",
    "grpc._utilities",
)
"""What programs and providers import, besides this package."""


def serve(path: str) -> None:
    """Listen on a socket of this path until stdin ends; run each client's program in a fork."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end of stdin ends it
    sys.path.remove("")  # where a program's own folder belongs
    sys.executable = str(Path(path).with_name("python"))  # so that what a program starts is a fork, too
    _import_all()
    gc.disable()  # a collection in a fork would write to, and so copy, all that the forks share; they are short-lived
    programs: dict[socket.socket, int] = {}
    has_ended, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler it wakes nobody
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        print("listening", flush=True)
        while sys.stdin not in (ready := select.select([sys.stdin, listener, has_ended, *programs], [], [])[0]):
            if has_ended in ready:
                has_ended.recv(64)
                _tell_clients(programs)
            for client in programs.keys() & ready:  # it was killed: a client says nothing more
                os.kill(programs.pop(client), signal.SIGKILL)
                client.close()
            if listener in ready:
                client, _ = listener.accept()
                fields, streams = _receive(client)
                program = os.fork()
                if program == 0:
                    for other in (listener, has_ended, wakes, client, *programs):
                        other.close()
                    _run(fields, streams)
                    return
                # Whoever reads the program's output waits until nobody else has it open.
                for stream in streams:
                    os.close(stream)
                programs[client] = program


_starts: list[Callable[[], None]] = []
"""What each fork has to start: a thread that is started here isn't there."""


def _import_all() -> None:
    aio: Any = importlib.import_module("grpc.experimental.aio")
    start = aio.init_grpc_aio
    aio.init_grpc_aio = lambda: _starts.append(start)  # an old SDK calls it when it is imported
    for module in MODULES:
        importlib.import_module(module)
    aio.init_grpc_aio = start
    # Five requests to the engine for each resource, which it ignores without --debug or verbose logs.
    log: Any = importlib.import_module("pulumi.log")
    log.debug = lambda *_, **__: None
    stack: Any = importlib.import_module("pulumi.runtime.stack")
    if inspect.getsource(stack.wait_for_rpcs).count("sleep(0)") == 2:
        # An old SDK looks without a pause whether outputs are ready, which takes as much of a core as there is.
        stack.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": lambda _: asyncio.sleep(0.001)})
    package = importlib.import_module("pulumi_fastpix")
    for found in pkgutil.walk_packages(package.__path__, "pulumi_fastpix."):
        importlib.import_module(found.name)


def _tell_clients(programs: dict[socket.socket, int]) -> None:
    """Tell each client whose program has ended how it did."""
    with suppress(ChildProcessError):  # no program is running
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            for client in [client for client, program in programs.items() if program == ended[0]]:
                del programs[client]
                with client, suppress(BrokenPipeError):  # it was killed just now
                    client.sendall(str(os.waitstatus_to_exitcode(ended[1])).encode())


def _receive(client: socket.socket) -> tuple[list[str], list[int]]:
    """What a client has sent: its fields, behind their length in 4 bytes, and its three streams."""
    message, ancillary, _, _ = client.recvmsg(1 << 16, socket.CMSG_SPACE(3 * array.array("i").itemsize))
    length = int.from_bytes(message[:4], "big")
    message = message[4:]
    while len(message) < length:
        message += client.recv(1 << 16)
    return os.fsdecode(message).split("\0"), list(array.array("i", ancillary[0][2]))


def _run(fields: list[str], streams: list[int]) -> None:
    """Become what the client would have been, and run its program."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
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
    tempfile.tempdir = None  # what has been imported asked for it, in another environment
    for start in _starts:
        start()
    try:
        if arguments[0] == "-m":
            _put_on_path(folder)
            sys.argv = arguments[1:]
            runpy._run_module_as_main(arguments[1])  # type: ignore[attr-defined]  # what `python -m` calls
        elif arguments[0] == "-c":
            _put_on_path("")
            sys.argv = ["-c", *arguments[2:]]
            exec(arguments[1], sys.modules["__main__"].__dict__)  # noqa: S102  # as Python does
        else:
            if Path(arguments[0]).name == "pulumi-language-python-exec":
                # When an update fails, a program is killed, and then interrupted. Here the first comes a moment later:
                # it must not have the time to tell of the second.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
            _put_on_path(str(Path(arguments[0]).parent))
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


def _put_on_path(own: str) -> None:
    """Let the program find its own folder's modules, and PYTHONPATH's. What has been imported stays what it is."""
    sys.path[:0] = [own, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
