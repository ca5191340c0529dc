"""What all small servers of the tests have in common: a thread to serve in, and requests to read."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """The server answers in a thread inside, and is closed afterwards."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def read_request(rfile: BufferedIOBase) -> str:
    """Read one HTTP request, and return its method; empty if the client has left."""
    method, length = rfile.readline().partition(b" ")[0].decode(), 0
    while (line := rfile.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    rfile.read(length)
    return method
