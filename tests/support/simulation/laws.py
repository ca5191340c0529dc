"""What must hold in every schedule: "exactly once, or said" and "gone means gone", law by law.

A law looks at a run between two batches, when no operation is under way, and yields a sentence for everything that
breaks it. It knows what really happened; the code under test only what it was told over the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pulumi_fastpix import errors
from pulumi_fastpix.resources.base import Existing
from support.simulation.chronicle import Birth
from support.simulation.evidence import (
    behind_an_answer,
    claims,
    contradict,
    decided_by,
    known_since,
    late,
    lists_lie,
    made_by,
    orphans,
    provisos_hold,
    reads_while_settling,
    said_to_appear,
    unnamed,
)
from support.simulation.program import Batch
from support.simulation.run import Run

SHARED_FOR_SECONDS = 60.0
Law = Callable[[Run], Iterator[str]]


class BrokenLawError(AssertionError):
    """The code under test did what it must never do.

    Attributes:
        law: the name of the function below that found out.
    """

    def __init__(self, law: str, problem: str) -> None:
        super().__init__(f"{law.replace('_', ' ')}: {problem}")
        self.law = law


def examine(run: Run, laws: Sequence[Law] | None = None) -> None:
    """Raise BrokenLawError if a law is broken, of all there are or of these."""
    for law in laws or LAWS:
        for problem in law(run):
            raise BrokenLawError(law.__name__, problem)


def nothing_is_dropped_while_it_exists(run: Run) -> Iterator[str]:
    """Only a playback ID that is gone leaves the state."""
    for operation in run.chronicle.operations:
        if operation.dropped and run.chronicle.existed(operation.playback_id, operation.ended.order):
            yield f"after a {operation.kind}, {operation.playback_id} is in no state, and exists"


def only_what_was_asked_for_is_deleted(run: Run) -> Iterator[str]:
    """A delete takes away the playback ID that it is about; nothing else takes away any."""
    for playback_id, death in run.chronicle.deaths.items():
        if death.by and (death.by.operation.kind, death.by.operation.playback_id) != ("delete", playback_id):
            yield f"{playback_id} was deleted by a {death.by.operation.kind} of {death.by.operation.playback_id}"


def every_create_gets_an_id_of_its_own(run: Run) -> Iterator[str]:
    """A create that succeeds has a playback ID that exists, is what was asked for, and is nobody else's.

    If a list keeps back what an earlier process made, nobody can know: a provider doesn't see the state.
    """
    taken = set()
    for operation in run.chronicle.operations:
        if operation.kind != "create" or operation.error:
            continue
        mark = operation.playback_id, operation.process if lists_lie(run) else None
        if mark in taken:
            yield f"two creates were given {operation.playback_id}"
        taken.add(mark)
        birth, death = run.chronicle.births.get(operation.playback_id), run.chronicle.deaths.get(operation.playback_id)
        if birth is None or (death and death.at.order < operation.began.order):
            yield f"a create was given {operation.playback_id}, which does not exist"
        elif (birth.stream_id, birth.access_policy) != (operation.stream_id, operation.access_policy):
            yield f"a create was given {operation.playback_id}, which is on another stream or of another policy"


def what_is_read_is_true(run: Run) -> Iterator[str]:
    """Nothing older than a minute, or than this process's own change, is told; and no absence that isn't one."""
    for operation in run.chronicle.operations:
        if operation.kind not in {"refresh", "lookup"}:
            continue
        death = run.chronicle.deaths.get(operation.playback_id)
        if operation.found and _differs(operation.found, run.chronicle.births[operation.playback_id]):
            yield f"{operation.playback_id} was read as {operation.found}"
        if operation.found and death:
            if death.at.time < operation.began.time - SHARED_FOR_SECONDS:
                yield f"{operation.playback_id} was read as existing more than a minute after it was deleted"
            deleted_by = death.by.operation if death.by else None
            if (
                deleted_by
                and deleted_by.process == operation.process
                and death.at.order < deleted_by.ended.order < operation.began.order
            ):
                yield f"{operation.playback_id} was read as existing after the same process had deleted it"
        if isinstance(operation.error, errors.PlaybackIdNotFoundError) and run.chronicle.existed(
            operation.playback_id, operation.ended.order
        ):
            yield f"{operation.playback_id} was not found, and exists"


def claims_are_announced(run: Run) -> Iterator[str]:
    """A playback ID that no answer gave is claimed for a create in doubt only, and aloud."""
    for operation in claims(run.chronicle):
        if not operation.uncertain_posts:
            yield f"{operation.playback_id} was claimed for a create that was never in doubt"
        if operation.playback_id not in run.chronicle.stderr.getvalue():
            yield f"{operation.playback_id} was claimed in silence"


def claims_are_new(run: Run) -> Iterator[str]:
    """What is claimed came after the last quiet list before the request that is in doubt."""
    if lists_lie(run):
        return
    for operation in claims(run.chronicle):
        if run.chronicle.births[operation.playback_id].at.order < known_since(run, operation.uncertain_posts[0]):
            yield f"{operation.playback_id} was claimed, but was there before the create was sent"


def nothing_is_left_unsaid(run: Run) -> Iterator[str]:
    """A playback ID that we made and nobody has is named, or announced as one that may still appear."""
    if lists_lie(run):
        return
    unsaid: Counter[tuple[str, str]] = Counter()
    for birth in unnamed(run):
        unsaid[birth.stream_id, birth.access_policy] += 1
        reads = reads_while_settling(run.chronicle, made_by(birth))
        if not late(run, birth) and all(read.listed is not None for read in reads) and not contradict(reads):
            yield f"{birth.playback_id} was made in time and not found: {made_by(birth).operation.error}"
    for (stream_id, access_policy), number in unsaid.items():
        said = said_to_appear(run.chronicle, stream_id, access_policy)
        unforeseeable = sum(
            (birth.stream_id, birth.access_policy) == (stream_id, access_policy) for birth in behind_an_answer(run)
        )
        if number > said + unforeseeable:
            yield f"{number} {access_policy} playback IDs on {stream_id} are nobody's, {said} were said to appear"


def what_is_seen_is_named(run: Run) -> Iterator[str]:
    """A failure names every playback ID in question that was in a list it had."""
    if lists_lie(run):
        return
    for birth in unnamed(run):
        post = made_by(birth)
        reads = [read for read in reads_while_settling(run.chronicle, post) if decided_by(read, post)]
        if any(birth.playback_id in (read.listed or ()) for read in reads):
            yield f"{birth.playback_id} was seen on the stream and not named: {made_by(birth).operation.error}"


def exactly_once(run: Run) -> Iterator[str]:
    """As long as the provisos hold, a failed create leaves nothing behind, and a successful one just its own."""
    if lists_lie(run):
        return
    for birth in orphans(run):
        operation = made_by(birth).operation
        if provisos_hold(run, birth):
            yield f"{birth.playback_id} was left behind by a create that ended with {operation.error or 'success'}"


def nothing_fails_without_need(run: Run) -> Iterator[str]:
    """In a batch in which nothing goes wrong, only what can't be done fails."""
    for operation in run.chronicle.operations:
        if operation.error and _is_untroubled(run.program.batches[operation.batch]):
            expected: list[type[Exception]] = []
            if operation.stream_id in run.deleted_streams:
                expected += [errors.NotFoundError, errors.StreamNotVisibleError]
            if operation.kind == "lookup":
                expected += [errors.PlaybackIdNotFoundError]
            if operation.kind == "create" and run.program.switches.max_playback_ids:
                expected += [errors.InvalidRequestError]
            if not isinstance(operation.error, tuple(expected)):
                yield f"a {operation.kind} failed though nothing went wrong: {operation.error}"


LAWS: tuple[Law, ...] = (
    nothing_is_dropped_while_it_exists,
    only_what_was_asked_for_is_deleted,
    every_create_gets_an_id_of_its_own,
    what_is_read_is_true,
    claims_are_announced,
    claims_are_new,
    nothing_is_left_unsaid,
    what_is_seen_is_named,
    exactly_once,
    nothing_fails_without_need,
)


def _is_untroubled(batch: Batch) -> bool:
    return not batch.faults and not batch.closed and not batch.outside and batch.credentials in {"own", "colleague"}


def _differs(found: Existing, birth: Birth) -> bool:
    return (found.id, *found.inputs.values()) != (birth.playback_id, birth.stream_id, birth.access_policy)
