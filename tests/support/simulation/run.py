"""Performs a program: the code under test on one side, the sandbox on the other, simulated time between them."""

from __future__ import annotations

import contextlib
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.transport import Transport
from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.resources.base import Existing
from pulumi_fastpix.resources.live_playback_id.lifecycle import LivePlaybackIdLifecycle
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.workspace import Workspace
from pulumi_fastpix.sandbox import AccessToken, SandboxError
from pulumi_fastpix.settings import Settings
from support.simulation.chronicle import PERFORMED, Chronicle, Kind, Operation
from support.simulation.clocks import ProviderClock
from support.simulation.network import Network
from support.simulation.program import Batch, Create, Credentials, Lookup, Outside, Program, Refresh, Step
from support.simulation.scheduler import Scheduler
from support.simulation.server import Server

# Loopback, or `requests` would look for proxies in the environment at every request.
BASE_URL = "http://127.0.0.1:1/v1"


class CodeUnderTest(Protocol):
    """The part of a :class:`Lifecycle` that Pulumi's commands use."""

    def create(self, inputs: Mapping[str, Any], /) -> Existing: ...

    def read(self, playback_id: str, props: Mapping[str, Any], /) -> Existing | None: ...

    def delete(self, playback_id: str, state: Mapping[str, Any], /) -> None: ...


def provider_code(client: Client) -> CodeUnderTest:
    """What one provider process has of the provider."""
    return LivePlaybackIdLifecycle(Workspace(client))


class Run:
    """A stack, the provider process that works for it, and all that happens to them.

    Args:
        program: what happens.
        code_under_test: makes what a provider process has.

    Attributes:
        state: the playback IDs that Pulumi knows, by id, as it stored them.
        chronicle: what really happened.
        streams: the ids of the streams, those that were deleted included.
        deleted_streams: those.
        settings: of the current provider process.
    """

    def __init__(self, program: Program, code_under_test: Callable[[Client], CodeUnderTest] = provider_code) -> None:
        self.program = program
        self.chronicle = Chronicle()
        self.state: dict[str, Existing] = {}
        self._code_under_test = code_under_test
        luck = random.Random(program.luck)  # noqa: S311  # chance, not secrets
        self._scheduler = Scheduler(luck)
        self._server = Server(self._scheduler, self.chronicle, program.switches, luck)
        store = self._server.store
        self._tokens: dict[Credentials, AccessToken] = {
            "own": store.token(),
            "colleague": store.add_token(),
            "stranger": store.add_token(workspace="another"),
            "wrong": replace(store.token(), secret="half-rotated"),
            "read-only": store.add_token(read_only=True),
        }
        self.streams = [store.create_stream() for _ in range(program.streams)]
        self.deleted_streams: set[str] = set()
        self._network = Network(self._scheduler, self._server, self.chronicle, self._arrived)
        self._process = 0
        self._batch = 0
        self._coming: list[Outside] = []
        self._start_process(program.batches[0])

    def perform(self, examine: Callable[[Run], None]) -> None:
        """Perform all batches, examine after each, and once more when all late work is done.

        Args:
            examine: raises what it finds wrong.
        """
        with _jitter(self.program.luck), contextlib.redirect_stderr(self.chronicle.stderr):
            try:
                for number, batch in enumerate(self.program.batches):
                    self._batch = number
                    self._perform(batch)
                    examine(self)
                self._scheduler.finish()
                examine(self)
            finally:
                self._server.close()

    @property
    def begun(self) -> Sequence[Batch]:
        """The batches that have been performed, and the one that is being performed."""
        return self.program.batches[: self._batch + 1]

    def _perform(self, batch: Batch) -> None:
        self._scheduler.pass_time(batch.pause)
        if batch.new_process or batch.credentials != self._credentials or batch.vouching:
            self._start_process(batch)
        self._server.set_faults(batch.faults)
        self._network.begin_batch(batch.closed)
        self._coming = list(batch.outside)
        queue = deque(self._operations(batch.steps))
        self._scheduler.run([lambda: self._work_off(queue)] * batch.workers)
        for outside in self._coming:
            self._interfere(outside)
        self._server.set_faults(())

    def _start_process(self, batch: Batch) -> None:
        self._process += 1
        self._credentials = batch.credentials
        token = self._tokens[batch.credentials]
        self.settings = Settings(
            access_token_id=token.id,
            secret_key=token.secret,
            base_url=BASE_URL,
            gone_streams=frozenset(self.deleted_streams) if batch.vouching else frozenset(),
        )
        transport = Transport(self.settings, adapter=self._network)
        self._lifecycle = self._code_under_test(Client(self.settings, ProviderClock(self._scheduler), transport))

    def _operations(self, steps: tuple[Step, ...]) -> Iterator[Operation]:
        """What the steps mean now. Pulumi never does two things at once to one resource."""
        untouched = list(self.state.values())
        known = list(self.chronicle.births.values())[::-1]
        for step in steps:
            if isinstance(step, Create):
                yield self._operation("create", self._stream(step.stream), step.access_policy)
            elif isinstance(step, Lookup):
                birth = known[step.which % len(known)]
                yield self._operation("lookup", birth.stream_id, birth.access_policy, birth.playback_id)
            elif untouched:
                resource = untouched.pop(step.which % len(untouched))
                kind: Kind = "refresh" if isinstance(step, Refresh) else "delete"
                yield self._operation(kind, resource.inputs[STREAM_ID], resource.inputs[ACCESS_POLICY], resource.id)

    def _operation(self, kind: Kind, stream_id: str, access_policy: str, playback_id: str = "") -> Operation:
        return Operation(kind, self._batch, self._process, stream_id, access_policy, playback_id)

    def _work_off(self, queue: deque[Operation]) -> None:
        while queue:
            operation = queue.popleft()
            PERFORMED.set(operation)
            self.chronicle.operations.append(operation)
            operation.began = self.chronicle.instant(self._scheduler.now)
            try:
                operation.found = self._call(operation)
            except FastPixError as error:
                operation.error = error
            operation.ended = self.chronicle.instant(self._scheduler.now)
            self._keep_state(operation)

    def _call(self, operation: Operation) -> Existing | None:
        if operation.kind == "create":
            return self._lifecycle.create({STREAM_ID: operation.stream_id, ACCESS_POLICY: operation.access_policy})
        if operation.kind == "lookup":
            return self._lifecycle.read(operation.playback_id, {STREAM_ID: operation.stream_id})
        stored = self.state[operation.playback_id].state
        if operation.kind == "refresh":
            return self._lifecycle.read(operation.playback_id, stored)
        self._lifecycle.delete(operation.playback_id, stored)
        return None

    def _keep_state(self, operation: Operation) -> None:
        """Do to the state what Pulumi does."""
        if operation.kind == "create" and operation.found is not None:
            operation.playback_id = operation.found.id
        if operation.dropped:
            del self.state[operation.playback_id]
        elif operation.found is not None and operation.kind != "lookup":
            self.state[operation.playback_id] = operation.found

    def _arrived(self, number: int) -> None:
        """Let others do what they do after this request."""
        for outside in [outside for outside in self._coming if outside.after_request <= number]:
            self._coming.remove(outside)
            if outside.seconds:
                self._scheduler.after(outside.seconds, lambda outside=outside: self._interfere(outside))  # type: ignore[misc]
            else:
                self._interfere(outside)

    def _interfere(self, outside: Outside) -> None:
        store, stream_id = self._server.store, self._stream(outside.stream)
        with contextlib.suppress(SandboxError):  # somebody may have been faster
            if outside.act == "create":
                store.create_playback_id(stream_id, outside.access_policy)
            elif outside.act == "delete stream":
                store.delete_stream(stream_id)
                self.deleted_streams.add(stream_id)
            elif listed := store.playback_ids(stream_id):
                store.delete_playback_id(stream_id, listed[outside.which % len(listed)].id)

    def _stream(self, number: int) -> str:
        return self.streams[number % len(self.streams)]


@contextmanager
def _jitter(seed: int) -> Iterator[None]:
    """Make the client's jitter repeatable, which it takes from Python's shared source of chance."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
