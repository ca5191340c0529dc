"""Answers the questions of the promises about changes in place: who changed it, and which response showed it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from support.simulation.chronicle import Change, Chronicle, Creation, Exchange, Operation
from support.simulation.code_under_test import WORKSPACE, Stored, stored
from support.simulation.groups import DEFAULTS, SETTINGS, Group, in_order, look_of_stream
from support.simulation.run import Run


def wanted(operation: Operation, group: Group) -> Any:
    """What a create or an update is to bring about; a group that isn't declared, or no more, has its default."""
    return in_order(operation.declared.get(group, DEFAULTS[group]))


def must_be_shown(operation: Operation, group: Group) -> bool:
    """Whether a response has to show this group before the operation may succeed: it was not known to be so before."""
    stored_before = operation.before.groups if operation.before else {}
    if group in operation.declared:
        return bool(stored_before.get(group) != wanted(operation, group))
    return group in stored_before


def finished(run: Run) -> Iterator[Operation]:
    """The updates that succeeded on what the last create or update had left partly done."""
    partly_done: set[str] = set()
    for operation in run.chronicle.operations:
        if operation.kind == "update" and not operation.error and operation.object_id in partly_done:
            yield operation
        if operation.partly_done:
            partly_done.add(operation.object_id)
        elif not operation.error and operation.kind != "lookup":
            partly_done.discard(operation.object_id)


def known_after(operation: Operation) -> Stored | None:
    """What the state has of its object after an operation that was to change it."""
    if operation.partly_done:
        return stored(operation.partly_done)
    return operation.before if operation.error else operation.result


def shown_to(chronicle: Chronicle, operation: Operation, group: Group) -> Iterator[Exchange]:
    """The responses, from the first to the last, by which an operation may have learned a group of its object.

    Besides its own, the lists that others in its process have read: a claim may go by one of those.
    """
    places = {operation.place, operation.object_id}
    exchanges = [
        exchange
        for one in chronicle.operations
        if one.process == operation.process
        for exchange in one.exchanges
        if one is operation
        or (exchange.listed is not None and exchange.place in places and operation.began.order < exchange.ended.order)
    ]
    for exchange in sorted(exchanges, key=lambda one: one.ended.order):
        if exchange.ended.order < operation.ended.order and exchange.shows(operation.object_id, group) is not None:
            yield exchange


def value_at(chronicle: Chronicle, object_id: str, group: Group, order: float) -> Any:
    """What the server had in a group at that place in the order."""
    changes = [one for one in changes_of(chronicle, object_id, group) if one.at.order <= order]
    return changes[-1].value if changes else DEFAULTS[group]


def looks(run: Run, create: Operation, creation: Creation) -> set[str]:
    """How what a create was given looked: when it was made, and when the create was decided."""
    if creation.place != WORKSPACE:
        return {creation.look}
    now = {group: value_at(run.chronicle, creation.object_id, group, create.decided.order) for group in SETTINGS}
    return {creation.look, look_of_stream(creation.access_policy, now)}


def changes_of(chronicle: Chronicle, object_id: str, group: Group) -> list[Change]:
    changes = (one for one in chronicle.changes if one.group == group)
    return [one for one in changes if object_id in {one.object_id, chronicle.owner(one.object_id)}]


def values_since_own_change(chronicle: Chronicle, operation: Operation, group: Group) -> set[Any]:
    """All that the server had since the process of an operation had last changed that group, until the operation ended.

    A change counts from when it was answered.
    """
    answered = [
        exchange.served.order
        for one in chronicle.operations
        if one.process == operation.process and one.ended.order < operation.began.order
        for exchange in one.exchanges
        if exchange.method == "PATCH" and exchange.served and exchange.shows(operation.object_id, group) is not None
    ]
    since, until = max(answered, default=0), operation.ended.order
    changes = changes_of(chronicle, operation.object_id, group)
    later = (one.value for one in changes if since < one.at.order < until)
    return {value_at(chronicle, operation.object_id, group, since), *later}


def shown_before(chronicle: Chronicle, operation: Operation, group: Group, sent: Exchange) -> Any:
    """What an operation was last shown of a group before it sent a request; None if it was shown nothing."""
    shown = [one for one in shown_to(chronicle, operation, group) if one.ended.order < sent.began.order]
    return shown[-1].shows(operation.object_id, group) if shown else None


def was_declared(chronicle: Chronicle, operation: Operation) -> set[Group]:
    """The groups that were declared for its object by then, or are."""
    declared = set(operation.declared)
    if operation.object_id:
        alike = (one for one in chronicle.operations if one.object_id == operation.object_id)
        declared.update(*(one.declared for one in alike if one.began <= operation.began))
    return declared


def may_have_changed(sent: Sequence[Exchange]) -> bool:
    """Whether one of these changes of a group may have been carried out, and none was answered."""
    return any(one.change_in_doubt for one in sent) and not any(one.shown for one in sent)


def nobody_could_know(run: Run, change: Change, value: Any) -> bool:
    """Whether it was made behind the back of those to whom a response had shown this value.

    Either by somebody else; or by a request of ours that the server finished after the client had given up, and after
    a later request had been answered with this value. No response tells that such a request is still at work, and
    waiting for it would mean to wait for ever. Or else an earlier process's create has made the object with it.
    """
    late, changed = change.by, {change.object_id, run.chronicle.owner(change.object_id)}
    if late is None:
        return True
    if late.method == "POST":
        claims = (one for one in run.chronicle.operations if one.claimed and one.object_id in changed)
        return any(one.process != late.operation.process for one in claims)
    if late.method != "PATCH" or change.at.order < late.ended.order:
        return False
    return any(
        exchange.shows(change.object_id, change.group) == value
        and late.ended.order < exchange.began.order < exchange.ended.order
        and exchange.served is not None
        and exchange.served.order < change.at.order
        for operation in run.chronicle.operations
        for exchange in operation.exchanges
    )
