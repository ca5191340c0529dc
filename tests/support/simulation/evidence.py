"""What the chronicle says on the questions that the laws ask: whose is this, was it in time, did nobody interfere?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pulumi_fastpix import errors
from support.simulation.chronicle import Birth, Chronicle, Exchange, Operation
from support.simulation.run import Run


def claims(chronicle: Chronicle) -> Iterator[Operation]:
    """The creates that were given a playback ID which no answer of theirs had named."""
    return (operation for operation in chronicle.operations if operation.claimed)


def of_others(chronicle: Chronicle, claim: Operation) -> bool:
    """Whether somebody else made what was claimed, or an earlier operation that had already failed."""
    maker = chronicle.births[claim.playback_id].by
    if maker is None or maker.operation.process != claim.process:
        return True
    return maker.operation.ended.order < claim.uncertain_posts[0].began.order


def orphans(run: Run) -> Iterator[Birth]:
    """The playback IDs that our creates made, that exist and are in no state."""
    return (birth for birth in run.chronicle.alive() if birth.by and birth.playback_id not in run.state)


def unnamed(run: Run) -> Iterator[Birth]:
    """The orphans that no failure named."""
    told = _told(run)
    return (birth for birth in orphans(run) if birth.playback_id not in told)


def _told(run: Run) -> str:
    """What all failures said, but for the playback IDs of which they say that those are not meant."""
    said = "\n".join(str(error) for _, error in run.chronicle.errors())
    return re.sub(r", other than .*?, then this run", "", said)


def behind_an_answer(run: Run) -> Iterator[Birth]:
    """What the server made after it had answered that it failed, and after settling, too, and what no failure named.

    It is nobody's, or was claimed in the place of what the repeat makes.

    The provider takes an answer for the end of the work and sends the request again. That the server finishes in
    time is a proviso of the promise, and here nobody could know that it doesn't hold.
    """
    told = _told(run)
    births = (birth for birth in run.chronicle.births.values() if birth.by and not birth.by.silent and late(run, birth))
    return (birth for birth in births if birth.playback_id not in told)


def made_by(birth: Birth) -> Exchange:
    if birth.by is None:
        raise LookupError(f"{birth.playback_id} was made by somebody else")
    return birth.by


def late(run: Run, birth: Birth) -> bool:
    """Whether it was made after its request had ended for the client, and a settling period after that."""
    # At the very instant at which the period ends, either may come first.
    return birth.at.time > made_by(birth).ended.time + run.settings.retry_for_seconds / 8 - 0.001


def said_to_appear(chronicle: Chronicle, stream_id: str, access_policy: str) -> int:
    """How many playback IDs of that kind may come without being named.

    One for each failure that says so, and one for each claim of somebody else's: its announcement says that it is
    a guess, and when it is wrong the create's own may come later.
    """
    said = sum(
        isinstance(error, errors.CreateInDoubtError) and stream_id in str(error) and access_policy in str(error)
        for operation, error in chronicle.errors()
        if (operation.stream_id, operation.access_policy) == (stream_id, access_policy)
    )
    return said + sum(
        of_others(chronicle, claim)
        for claim in claims(chronicle)
        if (claim.stream_id, claim.access_policy) == (stream_id, access_policy)
    )


def reads_while_settling(chronicle: Chronicle, post: Exchange) -> list[Exchange]:
    """What this process's creates read of the stream after that request had ended, and before its operation did."""
    until = post.operation
    return [
        exchange
        for operation in chronicle.operations
        if (operation.kind, operation.process, operation.stream_id) == ("create", until.process, until.stream_id)
        for exchange in operation.exchanges
        if exchange.method == "GET"
        and post.ended.order < exchange.began.order < exchange.ended.order < until.ended.order
    ]


def contradict(reads: Sequence[Exchange]) -> bool:
    """Whether a list lacks what one before it had: looking on ends there, in a failure that tells to look oneself."""
    lists = [read.listed for read in reads if read.listed is not None]
    return any(earlier.keys() - later.keys() for earlier, later in pairwise(lists))


def decided_by(read: Exchange, post: Exchange) -> bool:
    """Whether what became of that request was certainly found out with this list.

    Creates in doubt at the same time are judged together, by lists that one of them reads. A create that was sent
    later is none of them: it waits until they are judged, though perhaps not until all of their threads have ended.
    """
    sent = [exchange.began.order for exchange in read.operation.exchanges if exchange.method == "POST"]
    return bool(sent) and sent[0] < post.ended.order


def known_since(run: Run, post: Exchange) -> float:
    """The place in the order of the last list before this request during which no create was under way.

    A list that came in while a create was just about to be sent may have counted as one or not: nobody can tell when
    the thread that read it took note. It is taken for one only if there is no other.
    """
    process, stream_id = post.operation.process, post.operation.stream_id
    together = [one for one in run.chronicle.operations if (one.process, one.stream_id) == (process, stream_id)]
    creates = [operation for operation in together if operation.kind == "create"]
    posts = [exchange for create in creates for exchange in create.exchanges if exchange.method == "POST"]
    lists = [
        exchange
        for operation in together
        for exchange in operation.exchanges
        if exchange.listed is not None and exchange.ended.order < post.began.order and not _overlaps(exchange, posts)
    ]
    sure = [one for one in lists if one.operation.kind == "create" or not _noted_during(one, creates)]
    last = max(sure, key=_order, default=None) or min(lists, key=_order, default=None)
    return last.worked.order if last and last.worked else float("inf")


def _overlaps(one: Exchange, others: Sequence[Exchange | Operation]) -> bool:
    asked = _asked(one)
    return any(other.began.order < one.ended.order and asked < other.ended.order for other in others)


def _asked(one: Exchange) -> int:
    """When a list was first asked for: a request that fails is sent again, and all of that is one reading."""
    exchanges = one.operation.exchanges
    first = exchanges.index(one)
    while first and exchanges[first - 1].method == "GET" and exchanges[first - 1].status not in {200, 404}:
        first -= 1
    return exchanges[first].began.order


def _noted_during(one: Exchange, others: Sequence[Operation]) -> bool:
    """Whether one of these was under way from the time a list was asked for until its reader certainly had noted it."""
    later = [other.began.order for other in one.operation.exchanges if other.began.order > one.ended.order]
    noted = min([one.operation.ended.order, *later])
    asked = _asked(one)
    return any(other.began.order < noted and asked < other.ended.order for other in others)


def _order(exchange: Exchange) -> int:
    return exchange.began.order


def provisos_hold(run: Run, birth: Birth) -> bool:
    """Whether the server finished in time, could be read, and nobody else interfered while this was being made."""
    maker = made_by(birth).operation
    together = [
        operation
        for operation in run.chronicle.operations
        if (operation.batch, operation.stream_id) == (maker.batch, maker.stream_id)
    ]
    exchanges = [exchange for operation in together for exchange in operation.exchanges]
    posts = [exchange for exchange in exchanges if exchange.method == "POST"]
    reads = [read for operation in together if operation.kind == "create" for read in _last_attempts(operation)]
    began = known_since(run, min(posts, key=_order))
    ended = max(operation.ended.order for operation in together)
    alike = [
        other
        for other in run.chronicle.births.values()
        if (other.stream_id, other.access_policy) == (birth.stream_id, birth.access_policy)
    ]
    return (
        all(read.understood and read.status in {200, 404} for read in reads)
        and not any(late(run, other) for other in alike if other.by in posts)
        and not any(began < other.at.order < ended for other in alike if other.by not in posts)
        and not any(
            began < death.at.order < ended and death.by is None
            for playback_id, death in run.chronicle.deaths.items()
            if run.chronicle.births[playback_id].stream_id == birth.stream_id
        )
    )


def _last_attempts(operation: Operation) -> Iterator[Exchange]:
    """Its reads, without those that the client sent again."""
    for exchange, following in zip(operation.exchanges, [*operation.exchanges[1:], None], strict=True):
        sent_again = following is not None and following.method == "GET" and exchange.status not in {200, 404}
        if exchange.method == "GET" and not sent_again:
            yield exchange


def lists_lie(run: Run) -> bool:
    """Whether FastPix has been made to keep playback IDs from a list: no promise is made then about creates."""
    return any(fault.kind == "short-list" for batch in run.begun for fault in batch.faults)
