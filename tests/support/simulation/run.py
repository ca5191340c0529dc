"""Performs a schedule: the code under test on one side, the sandbox on the other, simulated time between them."""

from __future__ import annotations

import contextlib
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pulumi_fastpix.errors import FastPixError, PartlyDoneError
from pulumi_fastpix.sandbox import SandboxError
from pulumi_fastpix.sandbox.data.records import AccessToken, StreamSettings
from support.simulation.chronicle import CURRENT_OPERATION, Chronicle, Kind, Operation
from support.simulation.clocks import ProviderClock
from support.simulation.code_under_test import WORKSPACE, ProviderProcess, Stored, settings_for, stored
from support.simulation.groups import NONE, Groups
from support.simulation.network import Network
from support.simulation.schedule import (
    Command,
    Create,
    CreateStream,
    Credentials,
    Delete,
    Destroy,
    Interference,
    Lookup,
    Refresh,
    Schedule,
    Step,
    Update,
    rules_of,
    settings_of,
)
from support.simulation.scheduler import Scheduler
from support.simulation.server import Server

# Loopback, or `requests` would look for proxies in the environment at every request.
BASE_URL = "http://127.0.0.1:1/v1"
KINDS: dict[type[Step], Kind] = {Update: "update", Delete: "delete", Refresh: "refresh"}
"""Of the steps on an object in the state."""


class Run:
    """A stack, the provider process that works for it, and everything that happens to them.

    Args:
        schedule: what happens.
        provider: the class of the provider processes.

    Attributes:
        state: the streams and playback IDs that Pulumi has in its state, by id.
        unfinished: those of them that are partly done, which Pulumi updates in the next run whatever a preview shows.
        chronicle: what really happened.
        streams: the ids of the streams that are not the stack's, including deleted ones.
        process: the current provider process.
    """

    process: ProviderProcess

    def __init__(self, schedule: Schedule, provider: type[ProviderProcess] = ProviderProcess) -> None:
        self.schedule = schedule
        self.chronicle = Chronicle()
        self.state: dict[str, Stored] = {}
        self.unfinished: set[str] = set()
        self._declared: dict[str, Groups] = {}
        self._provider = provider
        rng = random.Random(schedule.seed)  # noqa: S311  # chance, not secrets
        self._scheduler = Scheduler(rng)
        self._server = Server(self._scheduler, self.chronicle, schedule.switches, rng)
        store = self._server.store
        self._tokens: dict[Credentials, AccessToken] = {
            "own": store.access_tokens.default(),
            "same-workspace": store.access_tokens.add(),
            "other-workspace": store.access_tokens.add(workspace="another"),
            "wrong-secret": replace(store.access_tokens.default(), secret="half-rotated"),
            "read-only": store.access_tokens.add(read_only=True),
        }
        for _ in range(schedule.others):
            self._scheduler.pass_time(1.0)
            store.live_streams.create()
        self.streams = [store.live_streams.create() for _ in range(schedule.streams)]
        self._network = Network(self._scheduler, self._server, self.chronicle, self._on_request)
        self._processes = 0
        self._command = 0
        self._coming: list[Interference] = []
        self._start_process(schedule.commands[0])

    def perform(self, check: Callable[[Run], None]) -> None:
        """Perform all commands, check after each, and once more when all late work is done.

        Args:
            check: raises an error if something is wrong.
        """
        with repeatable_jitter(self.schedule.seed), contextlib.redirect_stderr(self.chronicle.stderr):
            try:
                for number, command in enumerate(self.schedule.commands):
                    self._command = number
                    self._perform(command)
                    check(self)
                self._scheduler.finish()
                check(self)
            finally:
                self._server.close()

    @property
    def begun(self) -> Sequence[Command]:
        """The commands that have been performed, and the one that is being performed."""
        return self.schedule.commands[: self._command + 1]

    def _perform(self, command: Command) -> None:
        self._scheduler.pass_time(command.pause)
        if command.new_process or command.credentials != self._credentials or command.confirms_deletions:
            self._start_process(command)
        self._server.set_faults(command.faults)
        self._network.begin_command(command.refused)
        self._coming = list(command.interference)
        queue = deque(self._operations(command.steps))
        self._scheduler.run([lambda: self._work_off(queue)] * command.threads)
        for interference in self._coming:
            self._interfere(interference)
        self._server.set_faults(())

    def _start_process(self, command: Command) -> None:
        self._processes += 1
        self._credentials = command.credentials
        token = self._tokens[command.credentials]
        confirmed = frozenset(self.chronicle.deletions) if command.confirms_deletions else frozenset()
        settings = settings_for(token.id, token.secret, BASE_URL, confirmed)
        self.process = self._provider(settings, ProviderClock(self._scheduler), self._network)

    def _operations(self, steps: tuple[Step, ...]) -> Iterator[Operation]:
        """The operations that the steps stand for now. Pulumi never does two things at once to one resource."""
        declared: Groups
        untouched = list(self.state.values())
        known = list(self.chronicle.creations.values())[::-1]
        for step in steps:
            if isinstance(step, Create):
                yield self._operation("create", self._stream(step.stream), step.access_policy, declared=rules_of(step))
            elif isinstance(step, CreateStream):
                declared = {**rules_of(step), **settings_of(step)}
                yield self._operation("create", WORKSPACE, step.access_policy, declared=declared)
            elif isinstance(step, Lookup):
                creation = known[step.which % len(known)]
                yield self._operation("lookup", creation.place, creation.access_policy, creation.object_id)
            elif isinstance(step, Destroy):
                yield from (self._operation("delete", one.place, one.access_policy, one.id) for one in untouched)
                untouched = []
            elif untouched:
                one, declared = untouched.pop(step.which % len(untouched)), NONE
                if isinstance(step, Update):
                    settings = settings_of(step) if one.place == WORKSPACE else NONE
                    declared = self._declared[one.id] if step.as_before else {**rules_of(step), **settings}
                yield self._operation(KINDS[type(step)], one.place, one.access_policy, one.id, declared)

    def _operation(
        self, kind: Kind, place: str, access_policy: str, object_id: str = "", declared: Groups = NONE
    ) -> Operation:
        return Operation(kind, self._command, self._processes, place, access_policy, object_id, dict(declared))

    def _work_off(self, queue: deque[Operation]) -> None:
        while queue:
            operation = queue.popleft()
            CURRENT_OPERATION.set(operation)
            operation.before = self.state.get(operation.object_id)
            self.chronicle.operations.append(operation)
            operation.began = self.chronicle.instant(self._scheduler.now)
            try:
                operation.result = self._call(operation)
            except FastPixError as error:
                operation.error = error
            operation.ended = self.chronicle.instant(self._scheduler.now)
            self._update_state(operation)

    def _call(self, operation: Operation) -> Stored | None:
        if operation.kind == "create":
            return self.process.create(operation.place, operation.access_policy, operation.declared)
        if operation.kind == "lookup":
            return self.process.look_up(operation.object_id, operation.place)
        one = self.state[operation.object_id]
        if operation.kind == "refresh":
            return self.process.read(one.id, one.state)
        if operation.kind == "update":
            if one.id not in self.unfinished and not self.process.differs(one.state, operation.declared):
                return one
            return self.process.update(one.id, one.state, operation.declared)
        self.process.delete(one.id, one.state)
        return None

    def _update_state(self, operation: Operation) -> None:
        """Do to the state what Pulumi does."""
        after = stored(operation.error) if isinstance(operation.error, PartlyDoneError) else operation.result
        if operation.kind == "create" and after is not None:
            operation.object_id = after.id
        if operation.kind in {"create", "update"}:
            self._declared[operation.object_id] = operation.declared
        if operation.removed_from_state:
            del self.state[operation.object_id]
        elif after is not None and operation.kind != "lookup":
            self.state[operation.object_id] = after
            self.unfinished.discard(operation.object_id)
        if operation.partly_done:
            self.unfinished.add(operation.object_id)

    def _on_request(self, number: int) -> None:
        """Begin the interference that follows this request."""
        for one in [one for one in self._coming if one.after_request <= number]:
            self._coming.remove(one)
            if one.seconds:
                self._scheduler.after(one.seconds, lambda one=one: self._interfere(one))  # type: ignore[misc]
            else:
                self._interfere(one)

    def _interfere(self, interference: Interference) -> None:
        store, stream_id = self._server.store, self._stream(interference.stream)
        groups = settings_of(interference)
        window, metadata = groups["reconnectWindow"], dict(groups.get("metadata", ()))
        with contextlib.suppress(SandboxError):  # the stream may have been deleted before
            match interference.act:
                case "create":
                    store.playback_ids.create(stream_id, interference.access_policy)
                case "create stream":
                    settings = StreamSettings(reconnect_window=window, metadata=metadata or None)
                    store.live_streams.create(interference.access_policy, settings=settings)
                case "delete stream":
                    if streams := store.live_streams.list():
                        store.live_streams.delete(streams[interference.stream % len(streams)].id)
                case "change stream":
                    if own := self._own_streams()[::-1]:
                        one = own[interference.stream % len(own)]
                        store.live_streams.change(one, metadata=metadata or None, reconnect_window=window)
                case "delete" | "restrict":
                    if listed := store.playback_ids.list(stream_id):
                        one = listed[interference.which % len(listed)].id
                        if interference.act == "delete":
                            store.playback_ids.delete(stream_id, one)
                        else:
                            store.playback_ids.restrict(stream_id, one, rules_of(interference))  # type: ignore[arg-type]

    def _stream(self, number: int) -> str:
        """One on which playback IDs are created."""
        streams = [*self.streams, *self._own_streams()]
        return streams[number % len(streams)]

    def _own_streams(self) -> list[str]:
        return [one.id for one in self.state.values() if one.place == WORKSPACE]


@contextmanager
def repeatable_jitter(seed: int) -> Iterator[None]:
    """Seed Python's shared generator, from which the client takes its jitter, and put it back afterwards."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
