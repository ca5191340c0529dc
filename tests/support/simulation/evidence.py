"""Answers the questions of the promises from a chronicle: whose is an object, was it in time, who interfered?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from pulumi_fastpix import errors
from support.simulation.chronicle import NOT_YET, Chronicle, Creation, Exchange, Operation
from support.simulation.code_under_test import WORKSPACE, without_earlier_ids
from support.simulation.run import Run


def claims(chronicle: Chronicle) -> Iterator[Operation]:
    """The creates that gave the state an object which none of their responses had given."""
    return (operation for operation in chronicle.operations if operation.claimed)


def claimed_foreign_id(chronicle: Chronicle, claim: Operation) -> bool:
    """Whether the claimed object was created by somebody else, or by an earlier operation that had already failed."""
    creator = chronicle.creations[claim.object_id].by
    if creator is None or creator.operation.process != claim.process:
        return True
    return creator.operation.decided.order < claim.posts_in_doubt[0].began.order


def is_early(run: Run, claim: Operation) -> bool:
    """Whether it claimed by a list that was requested before its settling period was over."""
    decided = _list_of(run, claim)
    requested = _first_page(decided).began if decided else claim.decided
    return requested.time < claim.posts_in_doubt[-1].ended.time + run.process.settling_seconds - 0.001


def _list_of(run: Run, claim: Operation) -> Exchange | None:
    """The list that it claimed by, if this create itself has read it: it may have taken a later one of another's."""
    last = claim.creating[-1]
    lists = lists_read_by_the_process(run.chronicle, claim)
    later = any(last.ended.order < one.ended.order < claim.decided.order for one in lists)
    return last if last in lists and not later else None


def was_claimed_too_early(run: Run, orphan: Creation) -> bool:
    """Whether the create that it belongs to, or one like it at that time, had already been given another one.

    That is somebody else's, or what a request of ours made late, so that it was sent again or its create given another;
    or the create was given what belongs to one that was given somebody else's.
    """
    creator = creating_exchange(orphan).operation
    before = [
        claim
        for claim in claims(run.chronicle)
        if (claim.process, claim.place, claim.look) == (creator.process, creator.place, creator.look)
        and creator.began.order < claim.decided.order
        and any((_first_page(shown).served or NOT_YET).order < orphan.at.order for shown in _may_decide(run, claim))
    ]
    return any(_may_be_early(run, claim) for claim in before) and any(
        claimed_foreign_id(run.chronicle, claim) or _made_late(run, claim) for claim in before
    )


def _may_decide(run: Run, claim: Operation) -> Iterator[Exchange]:
    """The lists by which it may have claimed, its own and those that others have read for it."""
    in_doubt = claim.posts_in_doubt[-1].ended.order
    for one in lists_read_by_the_process(run.chronicle, claim):
        if in_doubt < one.ended.order < claim.decided.order and claim.object_id in (one.listed or ()):
            yield one


def _may_be_early(run: Run, claim: Operation) -> bool:
    """Whether it may have claimed by a list that was requested before its settling period was over."""
    over = claim.posts_in_doubt[-1].ended.time + run.process.settling_seconds - 0.001
    return any(_first_page(one).began.time < over for one in _may_decide(run, claim))


def _made_late(run: Run, claim: Operation) -> bool:
    """Whether a request of ours made the claimed ID only after its settling period."""
    creation = run.chronicle.creations[claim.object_id]
    return creation.by is not None and is_late(run, creation)


def others_were_seen(run: Run, claim: Operation) -> bool:
    """Whether its process had certainly seen, before it was sent, that somebody else creates objects in its list.

    That is: one of theirs is in one of the lists, was in none before, though one had been noted before it arrived,
    and no create was pending meanwhile.
    """
    creates = [one for one in _same_list(run.chronicle, claim) if one.kind == "create"]
    before: list[Exchange] = []
    for one in sorted(lists_read_by_the_process(run.chronicle, claim), key=lambda exchange: exchange.ended.order):
        if one.ended.order > claim.posts_in_doubt[0].began.order:
            return False
        new = set(one.listed or ()).difference(*(other.listed or () for other in before))
        began = _first_page(before[0]).began.order if before else 0
        made = [run.chronicle.creations[each] for each in new]
        # What is older comes to the first page of streams when newer ones are deleted.
        foreign = any(each.by is None and each.at.order > began for each in made)
        others = [create for create in creates if create is not one.operation or _has_sent(create, one)]
        has_earlier = any(_noted_by(other) < one.ended.order for other in before)
        if has_earlier and foreign and not _overlaps(one, others):
            return True
        before.append(one)
    return False


def _has_sent(create: Operation, one: Exchange) -> bool:
    """Whether it had sent its request before this exchange, which is its baseline otherwise."""
    return any(other.method == "POST" and other.began.order < one.began.order for other in create.exchanges)


def orphans(run: Run) -> Iterator[Creation]:
    """The objects that our creates have created, that exist and are in no state."""
    known = run.state.keys() | run.chronicle.made_with.keys()
    return (one for one in run.chronicle.existing() if one.by and one.object_id not in known)


def unnamed_orphans(run: Run) -> Iterator[Creation]:
    """The orphans that no error and no announcement named."""
    texts = _error_texts(run) + run.chronicle.stderr.getvalue()
    return (orphan for orphan in orphans(run) if orphan.object_id not in texts)


def _error_texts(run: Run) -> str:
    return without_earlier_ids("\n".join(str(error) for _, error in run.chronicle.errors()))


def created_behind_an_error(run: Run) -> Iterator[Creation]:
    """The IDs that the server created after it had responded with an error, and after settling, and no error named.

    Such an ID is an orphan, or was claimed in the place of the one that the repeated request creates. The provider
    takes an error response for the end of the work and sends the request again. That the server finishes in time is a
    condition of the promise, and in this case nobody could know that it isn't met.
    """
    texts = _error_texts(run)
    for creation in run.chronicle.creations.values():
        by = creation.by
        if by and not by.may_be_unfinished and is_late(run, creation) and creation.object_id not in texts:
            yield creation


def creating_exchange(creation: Creation) -> Exchange:
    if creation.by is None:
        raise LookupError(f"{creation.object_id} was created by somebody else")
    return creation.by


def is_late(run: Run, creation: Creation) -> bool:
    """Whether it was created after its request had ended for the client, and a settling period after that."""
    # At the very instant at which the period ends, either may come first.
    return creation.at.time > creating_exchange(creation).ended.time + run.process.settling_seconds - 0.001


def number_announced(chronicle: Chronicle, place: str, look: str) -> int:
    """How many objects of that kind may appear without being named.

    One for each error that announces this; one for each request that was sent again, which is announced with the words
    that its first one may have made an ID after all; and one for each claim of a foreign ID: the claim is announced as
    a guess, and when it is wrong the create's own ID may appear later.
    """
    announced = sum(
        len(operation.posts_sent_again)
        for operation in chronicle.operations
        if (operation.place, operation.look) == (place, look)
    )
    announced += sum(
        isinstance(error, errors.CreateInDoubtError)
        and place in str(error)
        and ("live stream" if place == WORKSPACE else look) in str(error)
        for operation, error in chronicle.errors()
        if (operation.place, operation.look) == (place, look)
    )
    return announced + sum(
        claimed_foreign_id(chronicle, claim)
        for claim in claims(chronicle)
        if (claim.place, claim.look) == (place, look)
    )


def reads_while_settling(chronicle: Chronicle, post: Exchange) -> list[Exchange]:
    """The reads by this process's creates in its list after that request had ended, until its create was decided."""
    until = post.operation
    return [
        exchange
        for operation in chronicle.operations
        if (operation.kind, operation.process, operation.place) == ("create", until.process, until.place)
        for exchange in operation.exchanges
        if exchange.method == "GET"
        and post.ended.order < exchange.began.order < exchange.ended.order < until.decided.order
    ]


def lists_read_by_the_process(chronicle: Chronicle, of: Operation) -> list[Exchange]:
    """All lists that the process of an operation has read of the place that this is about."""
    return [
        exchange
        for operation in chronicle.operations
        if operation.process == of.process
        for exchange in operation.exchanges
        if exchange.place == of.place and exchange.listed is not None and not _is_continued(exchange)
    ]


def _is_continued(one: Exchange) -> bool:
    """Whether it is a page after which its reader asked for the next one, or for all of them again."""
    exchanges = one.operation.exchanges
    following = exchanges[exchanges.index(one) + 1 :][:1]
    return any(
        (next_one.method, next_one.place) == ("GET", one.place)
        and (next_one.page > one.page or (one.page > 1 and next_one.began.time == one.ended.time))
        for next_one in following
    )


def _first_page(one: Exchange) -> Exchange:
    """The first page of the list of which this is the last one: whatever existed then is in the list."""
    exchanges = one.operation.exchanges
    pages = (each for each in exchanges[exchanges.index(one) :: -1] if each.place == one.place)
    return next(each for each in pages if each.page == 1 and each.listed is not None)


def an_id_vanished(reads: Sequence[Exchange], place: str) -> bool:
    """Whether a list lacks an ID of the list before: settling ends there, with an error that asks the user to look."""
    lists = [set(read.listed) for read in reads if read.place == place and read.listed and not _is_continued(read)]
    return any(earlier - later for earlier, later in pairwise(lists))


def certainly_noted(read: Exchange, operation: Operation) -> bool:
    """Whether the provider had noted this list when it last learned something for that operation.

    Another thread notes what it has read at the latest when it goes on to something else.
    """
    return read.operation is operation or _noted_by(read) < operation.creating[-1].ended.order


def noted_before(read: Exchange, post: Exchange) -> bool:
    """Whether the provider had certainly noted this list when it was about to send that request."""
    if read.operation is post.operation:
        return read.ended.order < post.began.order
    earlier = [other.ended.order for other in post.operation.exchanges if other.began.order < post.began.order]
    return _noted_by(read) < max([post.operation.began.order, *earlier])


def _noted_by(read: Exchange) -> int:
    later = [other.began.order for other in read.operation.exchanges if other.began.order > read.ended.order]
    return min([read.operation.ended.order, *later])


def baseline_order(run: Run, post: Exchange) -> float:
    """The place in the order of the baseline: the last list before this request during which no create was under way.

    When a list arrives while a create is just about to be sent, its reader may not have noted it yet. It is taken for
    the baseline here only if there is no other.
    """
    creates = _same_list(run.chronicle, post.operation)
    posts = [exchange for operation in creates for exchange in operation.exchanges if exchange.method == "POST"]
    lists = [
        one
        for one in lists_read_by_the_process(run.chronicle, post.operation)
        if one.ended.order < post.began.order and not _overlaps(one, posts)
    ]
    certain = [one for one in lists if noted_before(one, post)]
    last = max(certain, key=_order, default=None) or min(lists, key=_order, default=None)
    taken = _first_page(last).served if last else None
    return taken.order if taken else float("inf")


def _same_list(chronicle: Chronicle, of: Operation) -> list[Operation]:
    """All operations of its process on objects in the same list."""
    return [one for one in chronicle.operations if (one.process, one.place) == (of.process, of.place)]


def _overlaps(one: Exchange, others: Sequence[Exchange | Operation]) -> bool:
    first_sent = _first_sent(one)
    return any(other.began.order < one.ended.order and first_sent < other.ended.order for other in others)


def _first_sent(one: Exchange) -> int:
    """When a list was requested first: a request that fails is sent again, and all pages of it are one reading."""
    exchanges = one.operation.exchanges
    first = exchanges.index(one)
    while first and exchanges[first - 1].method == "GET":
        before = exchanges[first - 1]
        if before.status in {200, 404} and before.page >= exchanges[first].page:
            break
        first -= 1
    return exchanges[first].began.order


def _order(exchange: Exchange) -> int:
    return exchange.began.order


def conditions_hold(run: Run, creation: Creation) -> bool:
    """Whether the server finished in time, could be read, and nobody else interfered while this was being created."""
    creator = creating_exchange(creation).operation
    together = [
        operation
        for operation in run.chronicle.operations
        if (operation.command, operation.place) == (creator.command, creator.place)
    ]
    exchanges = [exchange for operation in together for exchange in operation.exchanges]
    posts = [exchange for exchange in exchanges if exchange.method == "POST"]
    reads = [read for operation in together if operation.kind == "create" for read in _last_attempts(operation)]
    began = baseline_order(run, min(posts, key=_order))
    ended = max(operation.ended.order for operation in together)
    alike = [
        other
        for other in run.chronicle.creations.values()
        if (other.place, other.look) == (creation.place, creation.look)
    ]
    return (
        all(read.well_formed and read.status in {200, 404} for read in reads)
        and not any(is_late(run, other) for other in alike if other.by in posts)
        and not any(began < other.at.order < ended for other in alike if other.by not in posts)
        and not any(
            began < deletion.at.order < ended and deletion.by is None
            for object_id, deletion in run.chronicle.deletions.items()
            if run.chronicle.creations[object_id].place == creation.place
        )
    )


def _last_attempts(operation: Operation) -> Iterator[Exchange]:
    """Its reads, without those that the client sent again."""
    for exchange, following in zip_longest(operation.exchanges, operation.exchanges[1:]):
        sent_again = following is not None and following.method == "GET" and exchange.status not in {200, 404}
        if exchange.method == "GET" and not sent_again:
            yield exchange


def lists_are_incomplete(run: Run) -> bool:
    """Whether the server has been made to leave something out of a list: then creates are promised nothing."""
    return any(fault.kind == "short-list" for command in run.begun for fault in command.faults)
