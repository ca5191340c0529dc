"""The promises that the provider keeps in every schedule.

In one sentence: a create creates exactly one object, or fails with an error that names what is in doubt; and
nothing leaves the state while it exists. What it promises of changes in place is in `promises_about_changes.py`.

A promise looks at a run between two commands, when no operation is under way, and yields a sentence for each thing that
breaks it. It knows what really happened; the code under test knows only what came over the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pulumi_fastpix import errors
from support.simulation.chronicle import Creation, Exchange, Operation
from support.simulation.code_under_test import WORKSPACE, Stored
from support.simulation.evidence import (
    an_id_vanished,
    baseline_order,
    certainly_noted,
    claims,
    conditions_hold,
    creating_exchange,
    is_early,
    is_late,
    lists_are_incomplete,
    lists_read_by_the_process,
    noted_before,
    number_announced,
    orphans,
    others_were_seen,
    reads_while_settling,
    unnamed_orphans,
    was_claimed_too_early,
)
from support.simulation.evidence_of_changes import looks
from support.simulation.promises_about_changes import PROMISES_ABOUT_CHANGES
from support.simulation.run import Run
from support.simulation.schedule import Command

LISTS_ARE_SHARED_FOR_SECONDS = 60.0
Promise = Callable[[Run], Iterator[str]]


class BrokenPromiseError(AssertionError):
    """The code under test did what it must never do.

    Attributes:
        promise: the name of the function below that found out.
    """

    def __init__(self, promise: str, problem: str) -> None:
        super().__init__(f"{promise.replace('_', ' ')}: {problem}")
        self.promise = promise


def check_promises(run: Run, promises: Sequence[Promise] | None = None) -> None:
    """Raise BrokenPromiseError if a promise is broken, of these or of all."""
    for promise in promises or PROMISES:
        for problem in promise(run):
            raise BrokenPromiseError(promise.__name__, problem)


def existing_ids_stay_in_the_state(run: Run) -> Iterator[str]:
    """Only what is deleted leaves the state."""
    for operation in run.chronicle.operations:
        if operation.removed_from_state and run.chronicle.existed(operation.object_id, operation.ended.order):
            yield f"after a {operation.kind}, {operation.object_id} is in no state, and exists"


def only_requested_deletions(run: Run) -> Iterator[str]:
    """A delete deletes the object that it is about, and with a stream its playback IDs; nothing else deletes any."""
    for object_id, deletion in run.chronicle.deletions.items():
        by = deletion.by.operation if deletion.by else None
        if by and (by.kind != "delete" or by.object_id not in {object_id, run.chronicle.creations[object_id].place}):
            yield f"{object_id} was deleted by a {by.kind} of {by.object_id}"


def every_create_gets_its_own_id(run: Run) -> Iterator[str]:
    """A create gives the state an object that exists, is what was declared, and belongs to no other create.

    If a list leaves out what an earlier process created, nobody can know: a provider doesn't see the state.
    """
    taken = set()
    for operation in run.chronicle.operations:
        if operation.kind != "create" or not operation.object_id:
            continue
        mark = operation.object_id, operation.process if lists_are_incomplete(run) else None
        if mark in taken:
            yield f"two creates were given {operation.object_id}"
        taken.add(mark)
        creation = run.chronicle.creations.get(operation.object_id)
        deletion = run.chronicle.deletions.get(operation.object_id)
        if creation is None or (deletion and deletion.at.order < operation.began.order):
            yield f"a create was given {operation.object_id}, which does not exist"
        elif operation.place != creation.place or operation.look not in looks(run, operation, creation):
            yield f"a create of {operation.look} in {operation.place} was given {creation}"


def reads_are_true(run: Run) -> Iterator[str]:
    """No read is older than a minute or than this process's own change, and no existing ID is reported as absent."""
    for operation in run.chronicle.operations:
        if operation.kind not in {"refresh", "lookup"}:
            continue
        deletion = run.chronicle.deletions.get(operation.object_id)
        if operation.result and _differs(operation, operation.result, run.chronicle.creations[operation.object_id]):
            yield f"{operation.object_id} was read as {operation.result}"
        if operation.result and deletion:
            if deletion.at.time < operation.began.time - LISTS_ARE_SHARED_FOR_SECONDS:
                yield f"{operation.object_id} was read as existing more than a minute after it was deleted"
            by = deletion.by.operation if deletion.by else None
            if by and by.process == operation.process and deletion.at.order < by.ended.order < operation.began.order:
                yield f"{operation.object_id} was read as existing after the same process had deleted it"
        if isinstance(operation.error, errors.PlaybackIdNotFoundError) and run.chronicle.existed(
            operation.object_id, operation.ended.order
        ):
            yield f"{operation.object_id} was not found, and exists"


def claims_are_announced(run: Run) -> Iterator[str]:
    """An object that no response gave is claimed for a create in doubt only, and announced on stderr."""
    for operation in claims(run.chronicle):
        if not operation.posts_in_doubt:
            yield f"{operation.object_id} was claimed for a create that was never in doubt"
        if operation.object_id not in run.chronicle.stderr.getvalue():
            yield f"{operation.object_id} was claimed and not announced"


def claims_are_newer_than_the_baseline(run: Run) -> Iterator[str]:
    """A claimed object was not there yet when the last list before the request in doubt was read."""
    if lists_are_incomplete(run):
        return
    for operation in claims(run.chronicle):
        creation = run.chronicle.creations[operation.object_id]
        if creation.at.order < baseline_order(run, operation.posts_in_doubt[0]):
            yield f"{operation.object_id} was claimed, but was there before the create was sent"


def claims_were_in_no_earlier_list(run: Run) -> Iterator[str]:
    """A claimed object was in no list that its process had noted when the create was sent, complete or not."""
    for operation in claims(run.chronicle):
        for read in lists_read_by_the_process(run.chronicle, operation):
            if operation.object_id in (read.listed or ()) and noted_before(read, operation.posts_in_doubt[0]):
                yield f"{operation.object_id} was claimed, but listed before the create was sent"


def early_claims_need_to_be_alone(run: Run) -> Iterator[str]:
    """Where somebody else is known to create, nothing is claimed before the settling period is over."""
    for operation in claims(run.chronicle):
        if is_early(run, operation) and others_were_seen(run, operation):
            yield f"{operation.object_id} was claimed early, though somebody else creates in the same list"


def every_orphan_is_reported(run: Run) -> Iterator[str]:
    """An object that we created and that is in no state is named, or announced as one that may still appear."""
    if lists_are_incomplete(run):
        return
    unnamed: Counter[tuple[str, str]] = Counter()
    for orphan in unnamed_orphans(run):
        unnamed[orphan.place, orphan.look] += 1
        post = creating_exchange(orphan)
        reads = reads_while_settling(run.chronicle, post)
        excused = is_late(run, orphan) or an_id_vanished(reads, orphan.place) or was_claimed_too_early(run, orphan)
        if not excused and all(read.listed is not None and read.place == orphan.place for read in reads):
            yield f"{orphan.object_id} was created in time and not found: {post.operation.error}"
    for (place, look), number in unnamed.items():
        announced = number_announced(run.chronicle, place, look)
        if number > announced:
            yield f"{number} of {look} in {place} are orphans, {announced} were announced"


def listed_orphans_are_named(run: Run) -> Iterator[str]:
    """An error names everything in question that was in one of its lists.

    What a request made that was sent again is announced, whichever list had it.
    """
    if lists_are_incomplete(run):
        return
    for orphan in unnamed_orphans(run):
        post = creating_exchange(orphan)
        reads = [read for read in reads_while_settling(run.chronicle, post) if certainly_noted(read, post.operation)]
        if post in post.operation.posts_sent_again:
            reads = lists_read_by_the_process(run.chronicle, post.operation)
        if any(orphan.object_id in (read.listed or ()) for read in reads):
            yield f"{orphan.object_id} was listed and not named: {post.operation.error}"


def exactly_once(run: Run) -> Iterator[str]:
    """As long as the conditions hold, a failed create leaves nothing behind, and a successful one just its own."""
    if lists_are_incomplete(run):
        return
    for orphan in orphans(run):
        operation = creating_exchange(orphan).operation
        if conditions_hold(run, orphan):
            yield f"{orphan.object_id} was left behind by a create that ended with {operation.error or 'success'}"


def nothing_fails_without_a_reason(run: Run) -> Iterator[str]:
    """During a command in which nothing goes wrong, only the impossible fails."""
    deleted = run.chronicle.deletions.keys()
    elsewhere = {one.object_id for one in run.chronicle.creations.values() if one.by and _is_elsewhere(run, one.by)}
    for operation in run.chronicle.operations:
        if operation.error and _is_untroubled(run.schedule.commands[operation.command]):
            expected: list[type[Exception]] = []
            if {operation.place, operation.object_id} & (deleted | elsewhere):
                expected += [errors.NotFoundError, errors.StreamNotVisibleError]
            if operation.kind == "lookup":
                # It isn't known which of several playback IDs was made with a stream.
                expected += [errors.PlaybackIdNotFoundError, errors.InvalidInputError]
            if operation.kind == "create" and run.schedule.switches.max_playback_ids:
                expected += [errors.InvalidRequestError]
            if operation.kind == "create" and operation.place in deleted:
                expected += [errors.FastPixError]
            if operation.kind == "update":
                owned = {one for one, owner in run.chronicle.made_with.items() if owner == operation.object_id}
                expected += [errors.FastPixError] if (owned | {operation.object_id}) & deleted else []
            if not isinstance(operation.error, tuple(expected)):
                yield f"a {operation.kind} failed though nothing went wrong: {operation.error}"


def secrets_are_in_no_text(run: Run) -> Iterator[str]:
    """No error and no announcement has a secret of a stream."""
    texts = "".join(str(error) for _, error in run.chronicle.errors()) + run.chronicle.stderr.getvalue()
    yield from (f"a stream's secret was told: {texts}" for secret in run.chronicle.secrets if secret in texts)


PROMISES: tuple[Promise, ...] = (
    existing_ids_stay_in_the_state,
    only_requested_deletions,
    every_create_gets_its_own_id,
    reads_are_true,
    claims_are_announced,
    claims_are_newer_than_the_baseline,
    claims_were_in_no_earlier_list,
    early_claims_need_to_be_alone,
    every_orphan_is_reported,
    listed_orphans_are_named,
    exactly_once,
    secrets_are_in_no_text,
    nothing_fails_without_a_reason,
    *PROMISES_ABOUT_CHANGES,
)


def _is_untroubled(command: Command) -> bool:
    troubles = command.faults or command.refused or command.interference
    return not troubles and command.credentials in {"own", "same-workspace"}


def _is_elsewhere(run: Run, exchange: Exchange) -> bool:
    return run.schedule.commands[exchange.operation.command].credentials == "other-workspace"


def _differs(operation: Operation, result: Stored, creation: Creation) -> bool:
    # A lookup of a stream doesn't know which playback ID was made with it, of which this is the policy.
    guesses = operation.kind == "lookup" and operation.place == WORKSPACE
    return (result.id, result.place) != (creation.object_id, creation.place) or (
        not guesses and result.access_policy != creation.access_policy
    )
