"""The sandbox without sockets, on simulated time, with a store that records each creation and deletion."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
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
    Change,
    Chronicle,
    Creation,
    Deletion,
    Exchange,
    Instant,
)
from support.simulation.clocks import ServerClock
from support.simulation.code_under_test import WORKSPACE
from support.simulation.event_loop import HandPumpedLoop
from support.simulation.groups import DEFAULTS, Groups, in_order, look_of_stream
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
    """A store that records all creations, changes and deletions, and the requests behind them."""

    def __init__(self, scheduler: Scheduler, chronicle: Chronicle, *, seed: int) -> None:
        super().__init__(seed=seed, wall_clock=lambda: scheduler.now)
        record = Record(scheduler, chronicle)
        demo_stream = self.live_streams.get(DEMO_STREAM_ID)
        for playback_id, access_policy in demo_stream.playback_ids:
            record.playback_id(playback_id, DEMO_STREAM_ID, access_policy)
        record.stream(demo_stream, "public")
        self.playback_ids = RecordedPlaybackIds(self._database, self._identifiers, record)
        self.live_streams = RecordedLiveStreams(self._database, self._identifiers, self.playback_ids, scheduler, record)


class Record:
    """Records in the chronicle what happens to streams and playback IDs."""

    def __init__(self, scheduler: Scheduler, chronicle: Chronicle) -> None:
        self._scheduler = scheduler
        self._chronicle = chronicle

    def playback_id(self, playback_id: str, stream_id: str, access_policy: AccessPolicy) -> None:
        """Note one that was made: before the stream, if it is made with that."""
        if stream_id not in self._chronicle.creations:
            self._chronicle.made_with[playback_id] = stream_id
        self._create(playback_id, stream_id, access_policy, access_policy)

    def stream(self, stream: Stream, access_policy: AccessPolicy) -> None:
        """Note one that was made."""
        settings = stream.settings
        groups: Groups = {"reconnectWindow": settings.reconnect_window, "metadata": in_order(settings.metadata or {})}
        self._create(stream.id, WORKSPACE, access_policy, look_of_stream(access_policy, groups))
        self._chronicle.secrets |= {stream.stream_key, stream.srt_secret, stream.srt_playback_secret}
        self.change(stream.id, groups)

    def deletion(self, object_id: str) -> None:
        self._chronicle.deletions[object_id] = Deletion(self.now(), SERVED_EXCHANGE.get())

    def change(self, object_id: str, groups: Mapping[Any, Any]) -> None:
        """Note the groups that are others than before."""
        now = self.now()
        before = {one.group: one.value for one in self._chronicle.changes if one.object_id == object_id}
        for group, value in groups.items():
            if in_order(value) != before.get(group, DEFAULTS[group]):
                change = Change(object_id, group, in_order(value), now, SERVED_EXCHANGE.get())
                self._chronicle.changes.append(change)

    def now(self) -> Instant:
        """This moment, recorded as the one at which the request that is being served took effect."""
        now = self._chronicle.instant(self._scheduler.now)
        if exchange := SERVED_EXCHANGE.get():
            exchange.served = now
        return now

    def _create(self, object_id: str, place: str, access_policy: AccessPolicy, look: str) -> None:
        creation = Creation(object_id, place, access_policy, look, self.now(), SERVED_EXCHANGE.get())
        self._chronicle.creations[object_id] = creation


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
        self._record.playback_id(created, stream_id, access_policy)
        self._record.change(created, restrictions)
        return created

    def restrict(
        self, stream_id: str, playback_id: str, restrictions: Restrictions, *, workspace: str = DEFAULT_WORKSPACE
    ) -> None:
        super().restrict(stream_id, playback_id, restrictions, workspace=workspace)
        self._record.change(playback_id, restrictions)

    def delete(self, stream_id: str, playback_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        super().delete(stream_id, playback_id, workspace=workspace)
        self._record.deletion(playback_id)


class RecordedLiveStreams(LiveStreams):
    """The store's live streams, each creation, reading, change and deletion recorded."""

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

    def create(self, access_policy: AccessPolicy = "public", **options: Any) -> str:
        created = super().create(access_policy, **options)
        workspace = options.get("workspace", DEFAULT_WORKSPACE)
        self._record.stream(super().get(created, workspace=workspace), access_policy)
        return created

    def get(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> Stream:
        self._record.now()
        return super().get(stream_id, workspace=workspace)

    def list(self, **options: Any) -> Sequence[Stream]:
        self._record.now()
        return super().list(**options)

    def change(
        self, stream_id: str, *, metadata: Mapping[str, str] | None, reconnect_window: int, **options: Any
    ) -> None:
        super().change(stream_id, metadata=metadata, reconnect_window=reconnect_window, **options)
        self._record.change(stream_id, {"reconnectWindow": reconnect_window, "metadata": metadata or {}})

    def delete(self, stream_id: str, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        deleted_too = self._playback_ids.list(stream_id, workspace=workspace)
        super().delete(stream_id, workspace=workspace)
        for playback_id, _ in deleted_too:
            self._record.deletion(playback_id)
        self._record.deletion(stream_id)
