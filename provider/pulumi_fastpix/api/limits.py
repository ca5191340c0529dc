"""How long one attempt may take, and how large its response may be, as a whole: urllib3 limits only the parts.

A server that sends a byte every second is never late with any part. So the time-out of a connection's socket counts for
everything that is received after it was set: connecting, then the response.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.util.connection import allowed_gai_family

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in Python's own `collections.abc` from 3.12 on

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""A stream with ten thousand playback IDs takes about one MiB."""


class AttemptTimeout(urllib3.Timeout):
    """A time-out for one attempt: connecting, sending, and the whole response.

    Its time runs from when it is made. That of urllib3's own begins only after connecting through a proxy.

    Args:
        connecting: seconds for connecting, which are part of those for the attempt.
        seconds: for the attempt.
    """

    def __init__(self, connecting: float, seconds: float) -> None:
        super().__init__(connect=connecting, total=seconds)
        self._began = super().start_connect()

    def clone(self) -> urllib3.Timeout:
        """Itself, since it is made for one attempt, and its time runs already."""
        return self

    def start_connect(self) -> float:
        """The moment at which its time began to run."""
        return self._began


class LimitedResponse(http.client.HTTPResponse):
    """A response that must end within its socket's time-out, and is limited to `MAX_RESPONSE_BYTES`.

    Everything counts that is received: interim responses, headers, sizes of chunks, trailers. Its errors are OSErrors.
    """

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_LimitedSocket(sock), *args, **kwargs)  # type: ignore[arg-type]  # only a file is made of it


class LimitedConnection(urllib3.connection.HTTPConnection):
    """A connection whose time-outs count for connecting as a whole, and for the response as a whole."""

    response_class = LimitedResponse

    def _new_conn(self) -> socket.socket:
        """Connect to the first of the host's addresses that can be reached; the socket's time-out is what is left.

        urllib3 would wait for each address as long as for all of them.

        Raises:
            OSError: no address can be reached, or the host's name can't be one.
            urllib3.exceptions.NameResolutionError: the host has no address.
        """
        ends = time.monotonic() + float(self.timeout or 0)
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, allowed_gai_family(), socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise urllib3.exceptions.NameResolutionError(self.host, self, error) from error
        except UnicodeError as error:
            raise OSError(f"the name {self.host!r} is invalid") from error
        failure = OSError("the name has no address")
        for place, (family, kind, protocol, _, address) in enumerate(found):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(_left(ends) / (len(found) - place))
                self._before_connecting(sock)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
            else:
                sock.settimeout(_left(ends))
                return sock
        raise failure

    def _before_connecting(self, sock: socket.socket) -> None:
        """For whoever has something to do with each socket."""


def connect_tls(
    connect: Callable[[str, socket.socket], ssl.SSLSocket], host: str, sock: socket.socket
) -> ssl.SSLSocket:
    """Connect TLS in which another TLS is to be connected, and count the time-out for all that both receive.

    urllib3 takes parts from the socket until a record of the inner TLS is whole, and waits for each part anew.
    """
    ends = time.monotonic() + float(sock.gettimeout() or 0)
    outer = connect(host, sock)
    outer.settimeout(_left(ends))
    receive = outer.recv

    def receive_in_time(*args: Any) -> bytes:
        ends = time.monotonic() + float(outer.gettimeout() or 0)
        received = receive(*args)
        if time.monotonic() > ends:
            raise TimeoutError
        outer.settimeout(_left(ends))
        return received

    outer.recv = receive_in_time  # type: ignore[assignment]  # urllib3 lets nobody choose the class of this socket
    return outer


class _LimitedSocket:
    """As much of a socket as a response needs."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_LimitedFile(self._sock))


class _LimitedFile(io.RawIOBase):
    """What a socket receives from now on."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        # Keeps the socket open until it is closed itself, though the connection may be closed before.
        self._received = sock.makefile("rb", buffering=0)
        self._ends = time.monotonic() + float(sock.gettimeout() or 0)
        self._bytes_left = MAX_RESPONSE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        count = self._received.readinto(buffer) or 0
        if time.monotonic() > self._ends:
            raise TimeoutError
        self._sock.settimeout(_left(self._ends))
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise OSError(f"it is longer than {MAX_RESPONSE_BYTES} bytes")
        return count

    def close(self) -> None:
        self._received.close()
        super().close()


def _left(ends: float) -> float:
    """The time-out for a socket until that moment: at least a moment, since 0 would mean not to wait at all."""
    return max(ends - time.monotonic(), 0.001)
