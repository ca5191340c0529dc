"""Many creates that wait at several moments while their processes are killed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pulumi_fastpix.journal.files import files_in, folder_of
from pulumi_fastpix.sandbox import Fault, Sandbox
from pulumi_fastpix.sandbox.clock import SystemClock
from support.cases import BOTH_PROVIDERS, MODULES
from support.commands import fastpix
from support.engine import Stack
from support.killing import SERVER_FINISHES_SECONDS, Victims, up_killed
from support.playback_ids import ids_on

CREATES = 6
"""On each stream."""
FOR_GOOD, ON_ITS_WAY = 60.0, 0.3
"""Seconds that requests wait: until long after the kill, or until soon after it."""
PROVIDER_ENDS = 1.5
"""Seconds in which a provider ends by itself if Pulumi was killed, and nothing is on its way."""


@dataclass(frozen=True)
class Moment:
    """A moment of a create.

    Attributes:
        method: the requests that wait.
        event: the newest one that the journal has for each create then.
        made: whether they have made something, by the time all is quiet.
        certain: whether the journal knows what.
        when: whether they wait before or after the server's work.
        seconds: for how long.
        makers: the providers of the creates.
        restrictions: the access restrictions that are declared.
    """

    method: str
    event: str
    made: bool = True
    certain: bool = False
    when: Literal["before", "after"] = "before"
    seconds: float = FOR_GOOD
    makers: tuple[str, ...] = tuple(MODULES)
    restrictions: object = None

    def is_certain(self, victims: Victims) -> bool:
        """If only Pulumi is killed, the provider lives to have the response to what was on its way, but not longer."""
        return self.certain or (victims == "pulumi" and self.seconds == ON_ITS_WAY)


def noted(stack: Stack) -> list[tuple[str, str]]:
    """The events in the stack's journal, so far, with the streams of their creates."""
    folder = folder_of(stack.environ)
    assert folder is not None
    written = [line for file in files_in(folder) for line in file.read_text().splitlines() if line.endswith("}")]
    events = [json.loads(line) for line in written]
    streams = {one["key"]: one.get("stream_id", "") for one in events if one["event"] == "begun"}
    return [(one["event"], streams.get(one.get("key"), "")) for one in events]


class WaitingForAll(SystemClock):
    """A clock on which requests on their way wait for each other first, and so are all on their way at once."""

    def __init__(self) -> None:
        self.all_are_sent = threading.Event()

    async def sleep(self, seconds: float) -> None:
        while seconds == ON_ITS_WAY and not self.all_are_sent.is_set():  # noqa: ASYNC110  # see below
            await asyncio.sleep(0.01)  # an asyncio.Event isn't for another thread to set
        await super().sleep(seconds)


class Creates:
    """Six creates at each of these moments, on a stream each, in one run.

    Attributes:
        stack: their stack.
        moments: the moments, by name.
        streams: the stream of each moment.
        before: the playback IDs that were there before.
        foreign: those that somebody else has made on the streams after the kill.
    """

    def __init__(self, stack: Stack, sandbox: Sandbox, clock: WaitingForAll, moments: Mapping[str, Moment]) -> None:
        self.stack, self.moments = stack, moments
        self._sandbox, self._clock = sandbox, clock
        self.streams = {name: sandbox.store.live_streams.create() for name in moments}
        self.before = ids_on(sandbox, *self.streams.values())
        self.foreign: dict[str, str] = {}
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"{MODULES[moment.makers[number % len(moment.makers)]]}.LivePlaybackId('{name}/{number}',"
                f" stream_id='{self.streams[name]}', access_restrictions={moment.restrictions})\n"
                for name, moment in moments.items()
                for number in range(CREATES)
            )
        )

    def killed(self, victims: Victims) -> dict[str, set[str]]:
        """Have all creates wait at their moments, kill, and give what they have made."""
        for name, moment in self.moments.items():
            waits: dict[str, Any] = {"method": moment.method, "when": moment.when, "seconds": moment.seconds}
            self._sandbox.faults.add(Fault(kind="latency", path=f"*/{self.streams[name]}*", **waits))
        log, at_once = self.stack.folder / "up.log", CREATES * len(self.moments)
        lives_for = PROVIDER_ENDS if victims == "pulumi" else SERVER_FINISHES_SECONDS
        up_killed(self.stack, self._reached, log, at_once, victims, journal=True, others_live_for=lives_for)
        self._sandbox.faults.clear()
        made = {name: self.made(name) for name in self.moments}
        create = self._sandbox.store.playback_ids.create
        self.foreign = {name: create(stream, "public") for name, stream in self.streams.items()}
        return made

    def _reached(self) -> bool:
        """Whether all creates wait at their moments. Then requests on their way go on."""
        events = noted(self.stack)
        reached = all(
            events.count((moment.event, self.streams[name])) == CREATES
            and (moment.when == "before" or len(self.made(name)) == CREATES)
            for name, moment in self.moments.items()
        )
        if reached:
            self._clock.all_are_sent.set()
        return reached

    def made(self, name: str) -> set[str]:
        """What was made on the stream of a moment."""
        return ids_on(self._sandbox, self.streams[name]) - self.before - {self.foreign.get(name, "")}

    def are_finished(self, made: Mapping[str, set[str]]) -> None:
        """The next run has the stack own what was made and make what wasn't; then nothing is left to do."""
        completed = self.stack.up()
        assert completed.status == 0, completed.output
        ids = self.stack.ids()
        for name, moment in self.moments.items():
            own = {id_ for resource, id_ in ids.items() if resource.startswith(f"{name}/")}
            assert len(own) == CREATES
            assert own == self.made(name)
            assert not moment.made or own == made[name]
        assert len(ids) == CREATES * len(self.moments)
        again = self.stack.up("--expect-no-changes")
        assert again.status == 0, again.output
        assert noted(self.stack) == []
        assert "Nothing to recover" in fastpix(self.stack, "recover").stdout
