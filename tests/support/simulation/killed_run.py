"""Performs a run that is killed amid its creates, what the tools then see, and the next run."""

from __future__ import annotations

import contextlib
import random
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_fastpix.cli.recover.recovery import Decisions, Recovery, existed_before, recover, undeclared
from pulumi_fastpix.errors import FastPixError, PartlyDoneError
from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.resources.live_playback_id.names import NAME
from pulumi_fastpix.resources.names import native_type
from pulumi_fastpix.stack.left_over import with_left_over
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from pulumi_fastpix.stack.state import CREATING, Resource, StackState
from pulumi_fastpix.stack.state import Operation as Pending
from pulumi_fastpix.stack.urns import urn_of
from support.simulation.chronicle import CURRENT_OPERATION, NOT_YET, Chronicle, Instant, Operation
from support.simulation.clocks import ProviderClock
from support.simulation.code_under_test import ProviderProcess, Stored, inputs_of, settings_for, stored
from support.simulation.killings import Killing
from support.simulation.mortal import MortalJournal, MortalScheduler
from support.simulation.network import Network
from support.simulation.run import BASE_URL, repeatable_jitter
from support.simulation.schedule import Interference, rules_of
from support.simulation.server import Server

STACK, PROJECT, TOKEN = "dev", "streams", native_type(NAME)


class KilledRun:
    """A stack whose run is killed, and everything that happens to it.

    Args:
        killing: what happens.
        folder: of the journal.
        journal: its class.

    Attributes:
        chronicle: what really happened.
        killed_at: when it was killed.
        first: the creates of the run that was killed, by URN, as far as it began them.
        second: those of the next run.
        recorded: what Pulumi had recorded when the run was killed, by URN.
        state: what it has now.
        pending: the creates that Pulumi remembers as interrupted, by URN, with ids where it has one.
        noted: those that the journal has, by URN.
        listed: the ids that existed when the tools looked.
        recovery: what `pulumi-fastpix recover` finds.
        is_recovered: it was imported.
        unsettled: the creates that may have made something, as the journal has it once a third run has seen the state.
    """

    def __init__(self, killing: Killing, folder: Path, journal: type[MortalJournal] = MortalJournal) -> None:
        self.killing = killing
        self.chronicle = Chronicle()
        self.killed_at = NOT_YET
        self.first: dict[str, Operation] = {}
        self.second: dict[str, Operation] = {}
        self.recorded: dict[str, Stored] = {}
        self.state: dict[str, Stored] = {}
        self.pending: dict[str, str] = {}
        self.noted: dict[str, NotedCreate] = {}
        self.listed: frozenset[str] = frozenset()
        self.recovery = Recovery((), (), ())
        self.is_recovered = False
        self.unsettled: set[str] = set()
        self._folder = folder if killing.has_journal else None
        self._journal_class = journal
        self._rng = random.Random(killing.seed)  # noqa: S311  # chance, not secrets
        self.scheduler = MortalScheduler(self._rng)
        self._server = Server(self.scheduler, self.chronicle, killing.switches, self._rng)
        self._network = Network(self.scheduler, self._server, self.chronicle, self._on_request)
        self.streams = [self._server.store.live_streams.create() for _ in range(2)]
        for one in killing.existing:
            self._server.store.playback_ids.create(self.streams[one.stream], one.access_policy)
        self._began = self.now()
        self._coming: list[Interference] = []
        # Kept by name, since a program's resources keep theirs.
        self.declared = {urn_of(STACK, PROJECT, TOKEN, f"id-{n}"): one for n, one in enumerate(killing.creates)}

    def perform(self, check: Callable[[KilledRun], None]) -> None:
        """Perform it, and check when the tools have looked, after the next run, and when all late work is done."""
        with repeatable_jitter(self.killing.seed), contextlib.redirect_stderr(self.chronicle.stderr):
            try:
                self._be_killed()
                self.scheduler.pass_time(self.killing.pause)
                self._look()
                check(self)
                if self.killing.recovers and not self.recovery.too_many:
                    self._import()
                self._run_again()
                self._run_a_third_time()
                check(self)
                self.scheduler.finish()
                check(self)
            finally:
                self._server.close()

    def existed_before(self, id_: str) -> bool:
        """Whether it existed before the run."""
        return self.chronicle.creations[id_].at < self._began

    def counts(self) -> Counter[str]:
        """How much it has put to the test."""
        paired = [bool(one.create.id) for one, _ in self.recovery.made]
        return Counter(
            {
                "killed runs": 1,
                "creates amid which a process was killed": sum(one.ended == NOT_YET for one in self.first.values()),
                "playback IDs of killed runs that are certain": sum(paired),
                "playback IDs of killed runs that are guessed": len(paired) - sum(paired),
                "killed runs after which a person has to decide": bool(self.recovery.too_many),
                "creates that are refused after a killed run": sum(bool(one.error) for one in self.second.values()),
            }
        )

    def now(self) -> Instant:
        return self.chronicle.instant(self.scheduler.now)

    def _be_killed(self) -> None:
        process, journal = self._process()
        self._server.set_faults(self.killing.faults)
        self._coming = list(self.killing.others)
        queue = deque(self.declared)

        def kill() -> None:
            self.killed_at = self.now()
            queue.clear()
            if self.killing.killed == "pulumi":
                journal.outlive_pulumi()
                process.client.cancel()
            else:
                self.scheduler.kill()

        tasks = [lambda: self._work_off(queue, process, self.first)] * self.killing.threads
        self.scheduler.run_for(self.killing.after_turns, tasks, kill)
        if self.killing.killed == "pulumi":
            journal.end()
        journal.release()
        self._server.set_faults(())
        self._record()

    def _record(self) -> None:
        """Write the state as Pulumi has it after the killing."""
        done = sorted(
            (urn for urn, one in self.first.items() if NOT_YET < one.ended < self.killed_at),
            key=lambda urn: self.first[urn].ended,
        )
        recorded = done[: max(0, len(done) - self.killing.unrecorded)]
        for urn, operation in self.first.items():
            if urn in recorded:
                if (after := _stored_by(operation)) is not None:
                    self.recorded[urn] = self.state[urn] = after
            elif self.killing.killed != "provider":
                # The state may be written between the provider's answer and the end of the create.
                self.pending[urn] = operation.object_id if urn in done and self._rng.random() < 0.3 else ""

    def _look(self) -> None:
        """Have the tools look at the stack, at the journal and at FastPix."""
        process, _ = self._process()
        lists: dict[tuple[str, str], Any] = {}

        def read() -> None:
            CURRENT_OPERATION.set(Operation("lookup", 1, 2, "", ""))
            for stream_id in self.streams:
                listed = process.client.live_streams.get(stream_id).playback_ids
                lists[process.settings.workspace_mark, stream_id] = listed

        self.scheduler.run([read])
        left_over = LeftOver(self._folder).of_stack(STACK, PROJECT)
        self.noted = {one.urn: one for one in left_over}
        state = with_left_over(self._exported(), left_over, lambda _: "")
        playback_ids = PlaybackIds(state)
        self.listed = frozenset(one.id for listed in lists.values() for one in listed)
        marks = {("", stream_id): mark for mark, stream_id in lists}
        found = undeclared(playback_ids.recorded, lists)
        self.recovery = recover(playback_ids, playback_ids, marks, found, Decisions(earlier=existed_before(left_over)))

    def _exported(self) -> StackState:
        """The state as an export shows it."""
        recorded = [self._resource(urn, one.id, one.state) for urn, one in self.state.items()]
        pending = [Pending(CREATING, self._resource(urn, id_, {})) for urn, id_ in self.pending.items()]
        return StackState(STACK, PROJECT, tuple(recorded), tuple(pending))

    def _resource(self, urn: str, id_: str, state: Any) -> Resource:
        one = self.declared[urn]
        inputs = inputs_of(self.streams[one.stream], one.access_policy, rules_of(one))
        return Resource(urn, TOKEN, NAME, id_, inputs, state)

    def _import(self) -> None:
        process, _ = self._process()
        for one, id_ in self.recovery.made:
            declared = self.declared[one.create.urn]
            self.state[one.create.urn] = process.as_stored(
                id_, self.streams[declared.stream], declared.access_policy, rules_of(declared)
            )
        paired = {one.create.urn for one, _ in self.recovery.made}
        LeftOver(self._folder).note_looked_for(one for urn, one in self.noted.items() if urn not in paired)
        self.is_recovered = True

    def _run_again(self) -> None:
        """Run it once more, in a process that isn't killed; nothing goes wrong, and nobody else is at work."""
        process, journal = self._process()
        self._see_the_state(journal)
        queue = deque(urn for urn in self.declared if urn not in self.state)
        self.scheduler.run([lambda: self._work_off(queue, process, self.second)] * self.killing.threads)
        self.state.update({urn: after for urn, one in self.second.items() if (after := _stored_by(one))})
        journal.end()
        journal.release()

    def _run_a_third_time(self) -> None:
        """Only look at what the stack has by now."""
        _, journal = self._process()
        self._see_the_state(journal)
        journal.release()
        self.unsettled = {one.urn for one in LeftOver(self._folder).creates if one.is_sent}

    def _see_the_state(self, journal: MortalJournal) -> None:
        """Note what the diffs of a run note."""
        for urn, one in self.state.items():
            journal.note_recorded(urn, one.id)

    def _process(self) -> tuple[ProviderProcess, MortalJournal]:
        token = self._server.store.access_tokens.default()
        settings = settings_for(token.id, token.secret, BASE_URL)
        journal = self._journal_class(self._folder, self.scheduler)
        return ProviderProcess(settings, ProviderClock(self.scheduler), self._network, journal), journal

    def _work_off(self, queue: deque[str], process: ProviderProcess, begun: dict[str, Operation]) -> None:
        while queue:
            urn = queue.popleft()
            one = self.declared[urn]
            place, groups = self.streams[one.stream], rules_of(one)
            operation = Operation("create", 0, 1, place, one.access_policy, declared=groups, began=self.now())
            begun[urn] = operation
            CURRENT_OPERATION.set(operation)
            try:
                operation.result = process.create_for(urn, place, one.access_policy, groups)
            except FastPixError as error:
                operation.error = error
            operation.ended = self.now()
            if (after := _stored_by(operation)) is not None:
                operation.object_id = after.id

    def _on_request(self, number: int) -> None:
        """Begin what somebody else does after this request."""
        for one in [one for one in self._coming if one.after_request <= number]:
            self._coming.remove(one)
            self.scheduler.after(one.seconds, lambda one=one: self._interfere(one))  # type: ignore[misc]

    def _interfere(self, one: Interference) -> None:
        self._server.store.playback_ids.create(self.streams[one.stream], one.access_policy)


def _stored_by(operation: Operation) -> Stored | None:
    """What Pulumi stores of what a create has made."""
    return stored(operation.error) if isinstance(operation.error, PartlyDoneError) else operation.result
