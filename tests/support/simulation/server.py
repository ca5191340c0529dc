"""The sandbox without sockets, on simulated time, with a store that records each creation and deletion."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Store, Switches
from pulumi_fastpix.sandbox.data.database import Database
from pulumi_fastpix.sandbox.data.identifiers import Identifiers
from pulumi_fastpix.sandbox.data.live_streams import LiveStreams
from pulumi_fastpix.sandbox.data.playback_ids import PlaybackIds
from pulumi_fastpix.sandbox.data.records import (
    DEFAULT_WORKSPACE,
    NO_RESTRICTIONS,
    AccessPolicy,
    Restrictions,
    Stream,
)
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.app import build_app
from pulumi_fastpix.sandbox.http.exchange import ABORT
from pulumi_fastpix.sandbox.http.request_log import RequestLog
from support.simulation.chronicle import (
    SERVED_EXCHANGE,
    Chronicle,
    Creation,
    Deletion,
    Exchange,
    Instant,
    RulesChange,
)
from support.simulation.clocks import ServerClock
from support.simulation.event_loop import HandPumpedLoop
from support.simulation.rules import in_order
from support.simulation.scheduler import Scheduler


class Server:
    """A sandbox that requests are handed to as they are.

    Attributes:
        store: the data, to be changed behind the API's back.
        faults: changed from command to command.
    """

    def __init__(self, scheduler: Scheduler, chronicle: Chronicle, switches: Switches, rng: random.Random) -> None:
        self._loop = HandPumpedLoop()  # type: ignore[abstract]  # it has what the sandbox needs
        self.store = RecordingStore(scheduler, chronicle, seed=rng.getrandbits(32))
        self.faults = Faults(seed=rng.getrandbits(32))
        clock = ServerClock(scheduler, self._loop)
        self._app = build_app(self.store, self.faults, RequestLog(), clock, switches)

    def set_faults(self, faults: Sequence[Fault]) -> None:
        self.faults.clear()
        self.faults.add(*faults)

    def accept(self, scope: dict[str, Any], body: bytes, exchange: Exchange) -> Connection:
        """Begin to serve a request; as much of it as takes no time is done on return."""
        connection = Connection(self._loop, body)

        async def serve() -> None:
            SERVED_EXCHANGE.set(exchange)
            await self._app({**scope, "extensions": {ABORT: connection.abort}}, connection.receive, connection.send)

        task = self._loop.create_task(serve())
        task.add_done_callback(lambda done: done.result())
        self._loop.pump()
        return connection

    def close(self) -> None:
        self.store.close()


class Connection:
    """One request on the server's side, and as much of the response as was sent.

    Attributes:
        complete: the whole response was sent.
        aborted: the server dropped the connection.
    """

    def __init__(self, loop: HandPumpedLoop, body: bytes) -> None:
        self._loop = loop
        self._arriving: list[dict[str, Any]] = [{"type": "http.request", "body": body}]
        self._client_left = loop.create_future()
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.complete = False
        self.aborted = False

    @property
    def over(self) -> bool:
        return self.complete or self.aborted

    def leave(self) -> None:
        """The client waits no longer. The server is informed, and may go on."""
        self._client_left.set_result(None)
        self._loop.pump()

    def abort(self) -> None:
        self.aborted = True

    async def receive(self) -> dict[str, Any]:
        if self._arriving:
            return self._arriving.pop(0)
        await self._client_left
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode(), value.decode()) for name, value in message["headers"]]
            return
        self.body += message.get("body", b"")
        self.complete = not message.get("more_body", False)


class RecordingStore(Store):
    """A store that records every creation, change and deletion of a playback ID, and the request behind it."""

    def __init__(self, scheduler: Scheduler, chronicle: Chronicle, *, seed: int) -> None:
        super().__init__(seed=seed, wall_clock=lambda: scheduler.now)
        record = Record(scheduler, chronicle)
        for playback_id, access_policy in self.playback_ids.list(DEMO_STREAM_ID):
            record.creation(playback_id, DEMO_STREAM_ID, access_policy)
        self.playback_ids = RecordedPlaybackIds(self._database, self._identifiers, record)
        self.live_streams = RecordedLiveStreams(self._database, self._identifiers, self.playback_ids, scheduler, record)


class Record:
    """Records in the chronicle what happens to playback IDs."""

    def __init__(self, scheduler: Scheduler, chronicle: Chronicle) -> None:
        self._scheduler = scheduler
        self._chronicle = chronicle

    def creation(self, playback_id: str, stream_id: str, access_policy: AccessPolicy) -> None:
        creation = Creation(playback_id, stream_id, access_policy, self.now(), SERVED_EXCHANGE.get())
        self._chronicle.creations[playback_id] = creation

    def deletion(self, playback_id: str) -> None:
        self._chronicle.deletions[playback_id] = Deletion(self.now(), SERVED_EXCHANGE.get())

    def rules(self, playback_id: str, restrictions: Restrictions) -> None:
        now = self.now()
        for group, rules in restrictions.items():
            change = RulesChange(playback_id, group, in_order(rules), now, SERVED_EXCHANGE.get())
            self._chronicle.rules_changes.append(change)

    def now(self) -> Instant:
        """This moment, recorded as the one at which the request that is being served took effect."""
        now = self._chronicle.instant(self._scheduler.now)
        if exchange := SERVED_EXCHANGE.get():
            exchange.served = now
        return now


class RecordedPlaybackIds(PlaybackIds):
    """The store's playback IDs, each creation, change and deletion recorded."""

    def __init__(self, database: Database, identifiers: Identifiers, record: Record) -> None:
        super().__init__(database, identifiers)
        self._record = record

    def create(
        self,
        stream_id: str,
        access_policy: AccessPolicy = "public",
        *,
        restrictions: Restrictions = NO_RESTRICTIONS,
        **options: Any,
    ) -> str:
        created = super().create(stream_id, access_policy, restrictions=restrictions, **options)
        self._record.creation(created, stream_id, access_policy)
        self._record.rules(created, restrictions)
        return created

    def restrict(
        self, stream_id: str, playback_id: str, restrictions: Restrictions, *, workspace: str = DEFAULT_WORKSPACE
    ) -> None:
        super().restrict(stream_id, playback_id, restrictions, workspace=workspace)
        self._record.rules(playback_id, restrictions)

    def delete(self, stream_id: str, playback_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        super().delete(stream_id, playback_id, workspace=workspace)
        self._record.deletion(playback_id)


class RecordedLiveStreams(LiveStreams):
    """The store's live streams, the moments at which they are read and the deletions of their playback IDs recorded."""

    def __init__(
        self,
        database: Database,
        identifiers: Identifiers,
        playback_ids: PlaybackIds,
        scheduler: Scheduler,
        record: Record,
    ) -> None:
        super().__init__(database, identifiers, playback_ids, lambda: scheduler.now)
        self._record = record

    def get(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> Stream:
        self._record.now()
        return super().get(stream_id, workspace=workspace)

    def delete(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        deleted_too = self._playback_ids.list(stream_id, workspace=workspace)
        super().delete(stream_id, workspace=workspace)
        for playback_id, _ in deleted_too:
            self._record.deletion(playback_id)
