"""What is promised when a process is killed: all that it made is found, and nothing is made a second time unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pulumi_fastpix.errors import LeftOverError
from support.simulation.chronicle import Operation
from support.simulation.killed_run import KilledRun
from support.simulation.promises import BrokenPromiseError

Promise = Callable[[KilledRun], Iterator[str]]


def check_promises(run: KilledRun, promises: Sequence[Promise] | None = None) -> None:
    """Raise BrokenPromiseError if a promise is broken, of these or of all."""
    for promise in promises or PROMISES:
        for problem in promise(run):
            raise BrokenPromiseError(promise.__name__, problem)


def what_is_certain_is_true(run: KilledRun) -> Iterator[str]:
    """A create that certainly made a playback ID is one that was answered with it, or has claimed it, announced."""
    for urn, id_ in _certain(run).items():
        operation = run.first[urn]
        if id_ not in _made_by(run, operation) and not _has_claimed(run, operation, id_):
            yield f"{urn} is said to have made {id_}, which is {run.chronicle.creations[id_]}"


def what_existed_before_is_not_ours(run: KilledRun) -> Iterator[str]:
    """Nothing that existed before the run is paired; unless the journal has no create that was sent to that place."""
    known = {(run.first[urn].place, run.first[urn].access_policy) for urn, one in run.noted.items() if one.is_sent}
    for one, id_ in run.recovery.made:
        first = run.first[one.create.urn]
        if run.existed_before(id_) and (first.place, first.access_policy) in known:
            yield f"{one.create.urn} is paired with {id_}, which existed before"


def what_was_answered_is_certain(run: KilledRun) -> Iterator[str]:
    """What a create has returned, and Pulumi has not recorded, is known by its name."""
    for urn, operation in run.first.items():
        is_left = operation.object_id and urn not in run.recorded
        if run.killing.has_journal and is_left and _certain(run).get(urn) != operation.object_id:
            yield f"{urn} has made {operation.object_id}, which isn't certain"


def nothing_is_forgotten(run: KilledRun) -> Iterator[str]:
    """What a killed run made, and no state has, is paired, or named as in need of a decision."""
    named = {id_ for one in run.recovery.too_many for id_ in one.playback_ids}
    named |= {id_ for _, id_ in run.recovery.made} | {one.id for one in run.recorded.values()}
    for urn, id_ in _to_be_found(run):
        if id_ not in named:
            yield f"{urn} made {id_}, which is forgotten"


def what_was_never_sent_is_not_paired(run: KilledRun) -> Iterator[str]:
    """The journal says of no create that it was never sent if it made something; and such a create is not paired."""
    paired = {one.create.urn for one, _ in run.recovery.made}
    for urn, noted in run.noted.items():
        if not noted.is_sent and urn in paired:
            yield f"{urn} is paired, and was never sent"
        for id_ in () if noted.is_sent else _made_by(run, run.first[urn]):
            yield f"{urn} made {id_}, and was never sent as the journal says"


def nothing_certain_is_made_again(run: KilledRun) -> Iterator[str]:
    """The next run refuses to create what a killed one certainly made, and nothing else; it sends nothing for that."""
    certain = _certain(run) if run.killing.has_journal else {}
    for urn, operation in run.second.items():
        refused = isinstance(operation.error, LeftOverError)
        if urn in certain and urn in run.noted and not refused:
            yield f"{urn} has been created again, although {certain[urn]} exists"
        if urn not in certain and refused:
            yield f"{urn} hasn't been created: {operation.error}"
        if refused and any(exchange.method == "POST" for exchange in operation.exchanges):
            yield f"{urn} was refused after something was sent"


def _in_doubt(run: KilledRun) -> set[str]:
    """What the next run creates, though the killed one may have made it."""
    return {urn for urn in run.second if urn in run.noted and run.noted[urn].is_sent and not run.noted[urn].id}


def what_may_be_made_twice_is_said(run: KilledRun) -> Iterator[str]:
    """The next run announces each create that a killed one may have done; after a recovery, there is none."""
    in_doubt = _in_doubt(run)
    announced = run.chronicle.stderr.getvalue().count("An earlier run was killed while it created this playback ID")
    if announced != (0 if run.is_recovered else len(in_doubt)):
        yield f"{announced} were announced, of {in_doubt}"


def what_the_stack_has_is_settled(run: KilledRun) -> Iterator[str]:
    """Of what Pulumi has, the journal has nothing any more; of what the next run refused to create, it still does.

    So it does of what that run has made anew, until there is a recovery.
    """
    refused = {urn for urn, one in run.second.items() if isinstance(one.error, LeftOverError)}
    left = refused | (set() if run.is_recovered else _in_doubt(run))
    if run.unsettled != left:
        yield f"the journal has {run.unsettled}, and was to have {left}"


def after_a_recovery_all_is_there_once(run: KilledRun) -> Iterator[str]:
    """The run after a recovery creates the rest, and then nothing is left besides that these runs made."""
    if not run.is_recovered:
        return
    for urn, operation in run.second.items():
        if operation.error:
            yield f"{urn} hasn't been created: {operation.error}"
    ids = {one.id for one in run.state.values()}
    if len(ids) != len(run.declared) or not ids <= {one.object_id for one in run.chronicle.existing()}:
        yield f"the stack has {ids}"
    made_again = [(urn, id_) for urn, one in run.second.items() for id_ in _made_by(run, one)]
    for urn, id_ in [*_to_be_found(run), *made_again]:
        if id_ not in ids:
            yield f"{urn} made {id_}, which the stack doesn't have"


PROMISES: Sequence[Promise] = (
    what_is_certain_is_true,
    what_existed_before_is_not_ours,
    what_was_answered_is_certain,
    nothing_is_forgotten,
    what_was_never_sent_is_not_paired,
    nothing_certain_is_made_again,
    what_may_be_made_twice_is_said,
    what_the_stack_has_is_settled,
    after_a_recovery_all_is_there_once,
)


def _certain(run: KilledRun) -> dict[str, str]:
    """What creates certainly made, as recover knows it."""
    return {one.create.urn: one.create.id for one, _ in run.recovery.made if one.create.id}


def _to_be_found(run: KilledRun) -> Iterator[tuple[str, str]]:
    """What the killed run made, but for what came late, and for what its announcements are about.

    If Pulumi doesn't know of a create, only the journal does. Of a create that claimed one, or was sent again, another
    one may exist, which is announced when it is claimed, or sent.
    """
    for urn, operation in run.first.items():
        noted = run.noted.get(urn)
        known = operation.object_id or (noted.id if noted else "")
        if run.killing.has_journal or urn in run.pending:
            yield from ((urn, id_) for id_ in _made_by(run, operation) if id_ in run.listed and known in {"", id_})


def _made_by(run: KilledRun, operation: Operation) -> list[str]:
    creations = run.chronicle.creations.values()
    return [one.object_id for one in creations if one.by is not None and one.by.operation is operation]


def _has_claimed(run: KilledRun, operation: Operation, id_: str) -> bool:
    """Whether it may have claimed this one, which looks like its own; that is announced."""
    creation = run.chronicle.creations[id_]
    is_like_it = (creation.place, creation.access_policy) == (operation.place, operation.access_policy)
    is_unanswered = creation.by is None or creation.by.created is None
    is_announced = bool(operation.posts_in_doubt) and id_ in run.chronicle.stderr.getvalue()
    return is_announced and is_like_it and is_unanswered and not run.existed_before(id_)
