"""Answers the questions of the promises about access restrictions: who changed them, and which response showed them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules
from support.simulation.chronicle import Chronicle, Exchange, Operation, RulesChange
from support.simulation.code_under_test import PlaybackId, stored
from support.simulation.rules import OPEN, in_order
from support.simulation.run import Run


def wanted(operation: Operation, group: RestrictedBy) -> Rules:
    """What a create or an update is to bring about; a group that is declared no more, or never was, is open."""
    return in_order(operation.declared.get(group, OPEN))


def must_be_shown(operation: Operation, group: RestrictedBy) -> bool:
    """Whether a response has to show this group before the operation may succeed: it was not known to be so before."""
    stored_before = operation.before.restrictions if operation.before else {}
    if group in operation.declared:
        return stored_before.get(group) != wanted(operation, group)
    return group in stored_before


def finished(run: Run) -> Iterator[Operation]:
    """The updates that succeeded on what the last create or update had left partly done."""
    partly_done: set[str] = set()
    for operation in run.chronicle.operations:
        if operation.kind == "update" and not operation.error and operation.playback_id in partly_done:
            yield operation
        if operation.partly_done:
            partly_done.add(operation.playback_id)
        elif not operation.error and operation.kind != "lookup":
            partly_done.discard(operation.playback_id)


def known_after(operation: Operation) -> PlaybackId | None:
    """What the state has of its playback ID after an operation that was to change it."""
    if operation.partly_done:
        return stored(operation.partly_done)
    return operation.before if operation.error else operation.result


def shown_to(chronicle: Chronicle, operation: Operation, group: RestrictedBy) -> Iterator[Exchange]:
    """The responses, from the first to the last, by which an operation may have learned the rules of its playback ID.

    Besides its own, the lists that others in its process have read: a claim may go by one of those.
    """
    exchanges = [
        exchange
        for one in chronicle.operations
        if (one.process, one.stream_id) == (operation.process, operation.stream_id)
        for exchange in one.exchanges
        if one is operation or (exchange.listed is not None and operation.began.order < exchange.ended.order)
    ]
    for exchange in sorted(exchanges, key=lambda one: one.ended.order):
        if exchange.ended.order < operation.ended.order and exchange.shows(operation.playback_id, group) is not None:
            yield exchange


def rules_at(chronicle: Chronicle, playback_id: str, group: RestrictedBy, order: float) -> Rules:
    """The rules that the server had at that place in the order."""
    changes = [one for one in changes_of(chronicle, playback_id, group) if one.at.order <= order]
    return changes[-1].rules if changes else OPEN


def changes_of(chronicle: Chronicle, playback_id: str, group: RestrictedBy) -> list[RulesChange]:
    return [one for one in chronicle.rules_changes if (one.playback_id, one.group) == (playback_id, group)]


def rules_since_own_change(chronicle: Chronicle, operation: Operation, group: RestrictedBy) -> set[Rules]:
    """All that the server had since the process of an operation had last changed that group, until the operation ended.

    A change counts from when it was answered.
    """
    answered = [
        exchange.served.order
        for one in chronicle.operations
        if one.process == operation.process and one.ended.order < operation.began.order
        for exchange in one.exchanges
        if exchange.method == "PATCH" and exchange.served and exchange.shows(operation.playback_id, group) is not None
    ]
    since, until = max(answered, default=0), operation.ended.order
    changes = changes_of(chronicle, operation.playback_id, group)
    later = (one.rules for one in changes if since < one.at.order < until)
    return {rules_at(chronicle, operation.playback_id, group, since), *later}


def may_have_changed(sent: Sequence[Exchange]) -> bool:
    """Whether one of these changes of a group may have been carried out, and none was answered."""
    return any(one.rules_in_doubt for one in sent) and not any(one.shown for one in sent)


def nobody_could_know(run: Run, change: RulesChange, rules: Rules) -> bool:
    """Whether it was made behind the back of those to whom a response had shown these rules.

    Either by somebody else; or by a request of ours that the server finished after the client had given up, and after
    a later request had been answered with these rules. No response tells that such a request is still at work, and
    waiting for it would mean to wait for ever. Or else an earlier process's create has made the playback ID with them.
    """
    late = change.by
    if late is None:
        return True
    if late.method == "POST":
        claims = (one for one in run.chronicle.operations if one.claimed and one.playback_id == change.playback_id)
        return any(one.process != late.operation.process for one in claims)
    if late.method != "PATCH" or change.at.order < late.ended.order:
        return False
    return any(
        exchange.shows(change.playback_id, change.group) == rules
        and late.ended.order < exchange.began.order < exchange.ended.order
        and exchange.served is not None
        and exchange.served.order < change.at.order
        for operation in run.chronicle.operations
        for exchange in operation.exchanges
    )
