"""Announcements and warnings for the engine, which shows each with the resource that it is about."""

from __future__ import annotations

from functools import partial

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_fastpix.announce import Channel, Severity

_SECONDS = 5.0
_SECONDS_IF_THE_LAST_WAS_LOST = 0.5


class EngineLog:
    """The engine's log. Safe for any number of threads, but not for an event loop: each message is waited for.

    A message that the engine doesn't take is lost: it must not decide what becomes of a resource, nor hold up many.

    Args:
        address: the engine's.
    """

    def __init__(self, address: str) -> None:
        # The engine is on this machine, whatever proxy the environment names.
        channel = grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)])
        self._engine = engine_pb2_grpc.EngineStub(channel)
        self._seconds = _SECONDS

    def about(self, urn: str) -> Channel:
        """The channel for what concerns a resource."""
        return partial(self._log, urn)

    def _log(self, urn: str, severity: Severity, text: str) -> None:
        # What a server has sent may hold halves of characters, which the protocol can't.
        text = text.encode(errors="backslashreplace").decode()
        request = (
            engine_pb2.LogRequest(severity=engine_pb2.WARNING, message=text, urn=urn)
            if severity == "warning"
            else engine_pb2.LogRequest(severity=engine_pb2.INFO, message=f"FastPix: {text}", urn=urn)
        )
        try:
            self._engine.Log(request, timeout=self._seconds)
            self._seconds = _SECONDS
        except grpc.RpcError:
            self._seconds = _SECONDS_IF_THE_LAST_WAS_LOST
