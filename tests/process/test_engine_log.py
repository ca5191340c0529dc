"""The native provider's announcements, as they reach the engine's log; and an engine whose log is dead."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_fastpix.native.engine_log import EngineLog
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.sandbox import Fault, Sandbox
from support.playback_ids import INPUTS, ids_on
from support.provider_process import ProviderProcess, serving

URN = f"urn:pulumi:dev::project::{LIVE_PLAYBACK_ID.native_type}::main"


class Log(engine_pb2_grpc.EngineServicer):
    """The engine's log, which a test reads."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802  # the protocol's name
        del context
        self.requests.append(request)
        return empty_pb2.Empty()


@contextmanager
def engine(servicer: engine_pb2_grpc.EngineServicer) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(4))
    engine_pb2_grpc.add_EngineServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=1).wait()


def without_log() -> AbstractContextManager[str]:
    """An engine that refuses the call."""
    return engine(engine_pb2_grpc.EngineServicer())


@contextmanager
def nobody_listens() -> Iterator[str]:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{closed.getsockname()[1]}"


@contextmanager
def hangs() -> Iterator[str]:
    """Connections are taken, and nothing is ever read."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def plugin(address: str, sandbox: Sandbox, **environ: str) -> Iterator[ProviderProcess]:
    command = [sys.executable, "-u", "-c", "from pulumi_fastpix.native.serve import main; main()", address]
    with serving(command, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "4", **environ}) as process:
        yield process.of(URN, None)


def lose_answers(sandbox: Sandbox, creates: int) -> None:
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=creates))


@pytest.mark.parametrize("proxy", [{}, {"http_proxy": "http://127.0.0.1:1"}], ids=["", "behind-a-proxy"])
def test_a_claim_is_logged_with_the_resource_before_the_create_ends(proxy: dict[str, str], sandbox: Sandbox) -> None:
    log = Log()
    lose_answers(sandbox, 1)
    with engine(log) as address, plugin(address, sandbox, no_proxy="", **proxy) as provider:
        playback_id, _ = provider.create(INPUTS)
        assert [request.urn for request in log.requests if playback_id in request.message] == [URN]


def test_announcements_are_information_and_warnings_are_warnings() -> None:
    log = Log()
    with engine(log) as address:
        channel = EngineLog(address).about(URN)
        channel("info", "waiting.")
        channel("warning", "half a character: \ud83d")
    assert [(request.severity, request.message) for request in log.requests] == [
        (engine_pb2.INFO, "FastPix: waiting."),
        (engine_pb2.WARNING, "half a character: \\ud83d"),
    ]


@pytest.mark.parametrize("dead_engine", [without_log, nobody_listens, hangs])
def test_a_dead_log_changes_no_outcome(
    dead_engine: Callable[[], AbstractContextManager[str]], sandbox: Sandbox
) -> None:
    """Each call is given a minute by the test, and far less than that by the engine's log."""
    creates, before = 6, ids_on(sandbox)
    lose_answers(sandbox, creates)
    with dead_engine() as address, plugin(address, sandbox) as provider, ThreadPoolExecutor(creates) as pool:
        _, failures = provider.check({}, {"streamId": "of-another-form"})
        made = set(pool.map(lambda _: provider.create(INPUTS)[0], range(creates)))
    assert failures == []
    assert made == ids_on(sandbox) - before
    assert len(sandbox.mutating_requests) == len(made) == creates
