"""What the provider promises of what is changed in place in every schedule: what isn't in force isn't reported as done.

A success means that a response of FastPix has shown the declared groups. It can't mean that they are in force for ever:
somebody else may change them; and a request that the client gave up may be carried out late, after another one was
answered. FastPix has no numbers of versions by which it could refuse the older one, and nobody can wait for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from support.simulation.chronicle import Operation
from support.simulation.code_under_test import is_in_doubt, needed_keys
from support.simulation.evidence_of_changes import (
    changes_of,
    known_after,
    may_have_changed,
    must_be_shown,
    nobody_could_know,
    shown_before,
    shown_to,
    value_at,
    values_since_own_change,
    wanted,
    was_declared,
)
from support.simulation.groups import DEFAULTS, GROUPS, RULES
from support.simulation.run import Run


def successes_were_shown(run: Run) -> Iterator[str]:
    """When an operation succeeds, a response has shown the declared groups, which were in force at that moment."""
    for operation in _changing(run):
        if operation.error:
            continue
        for group in GROUPS:
            rules = wanted(operation, group)
            if must_be_shown(operation, group) and not any(
                exchange.shows(operation.object_id, group) == rules
                and exchange.served is not None
                and value_at(run.chronicle, operation.object_id, group, exchange.served.order) == rules
                for exchange in shown_to(run.chronicle, operation, group)
            ):
                yield f"a {operation.kind} of {operation.object_id} succeeded, and nothing had shown {group} {rules}"


def what_is_done_is_as_declared(run: Run) -> Iterator[str]:
    """Nothing that was reported as done has other groups than the declared ones, unless nobody could know.

    Nor could they of the rules with which an earlier process has made what is claimed by mistake, as announced.
    Metadata that were never declared are somebody else's business.
    """
    last = {operation.object_id: operation for operation in _changing(run)}
    creates = Counter(operation.object_id for operation in _changing(run) if operation.kind == "create")
    for object_id in run.state:
        operation = last[object_id]
        # A live stream and the playback ID that came with it have the same rules.
        both = next((pair for pair in run.chronicle.made_with.items() if object_id in pair), (object_id,))
        if operation.error or sum(creates[one] for one in both) > 1:  # the latter is another promise's business
            continue
        for group in GROUPS:
            if group == "metadata" and group not in was_declared(run.chronicle, operation):
                continue
            rules, changes = wanted(operation, group), changes_of(run.chronicle, object_id, group)
            now = changes[-1].value if changes else DEFAULTS[group]
            if now != rules and not any(nobody_could_know(run, change, rules) for change in changes[-1:]):
                yield f"{object_id} was reported as done, and has the {group} {now} instead of {rules}"


def partial_failures_can_be_stored(run: Run) -> Iterator[str]:
    """What is partly done has its own id, and a state by which it can be refreshed, finished and deleted."""
    for operation in _changing(run):
        if not (error := operation.partly_done):
            continue
        creation = run.chronicle.creations.get(error.id)
        if creation is None or error.id != operation.object_id:
            yield f"a {operation.kind} of {operation.object_id} left {error.id} partly done"
        elif after := known_after(operation):
            truth = creation.place, creation.access_policy
            if truth != (after.place, after.access_policy) or not needed_keys(after.place) <= after.state.keys():
                yield f"{error.id} was stored as {after.state}"


def groups_are_stored_as_known(run: Run) -> Iterator[str]:
    """After a failure, the state has the declared groups only if a response has shown them, and no doubtful ones.

    So the next run sends each group that is not certainly as declared.
    """
    for operation in _changing(run):
        after = known_after(operation)
        if not operation.error or after is None:
            continue
        for group in GROUPS:
            stored, rules = after.groups.get(group), wanted(operation, group)
            is_new = stored == rules if group in operation.declared else stored is None
            seen = (one.shows(operation.object_id, group) for one in shown_to(run.chronicle, operation, group))
            if is_new and must_be_shown(operation, group) and rules not in seen:
                yield f"{operation.object_id} was stored with the {group} {stored}, which nothing had shown"
            sent = [one for one in operation.exchanges if one.method == "PATCH" and group in one.sent]
            if may_have_changed(sent) and not is_in_doubt(after, group):
                yield f"{operation.object_id} was stored with the {group} {stored}, which may have been changed"


def undeclared_groups_are_not_sent(run: Run) -> Iterator[str]:
    """A group that was never declared for an object is in no request about it.

    But a claimed ID may have been made by another create of ours, and have its rules. So that group may be opened. And
    metadata are sent with the reconnect window, as they were shown.
    """
    for operation in run.chronicle.operations:
        alike = [one for one in _changing(run) if one.object_id == operation.object_id and operation.object_id]
        declared = was_declared(run.chronicle, operation)
        for exchange in operation.exchanges:
            is_patch, undeclared = exchange.method == "PATCH", exchange.sent.keys() - declared
            if is_patch and "metadata" in undeclared:
                shown = shown_before(run.chronicle, operation, "metadata", exchange)
                undeclared -= {"metadata"} if shown == exchange.sent["metadata"] else set()
            is_opened = is_patch and all(exchange.sent[group] == DEFAULTS[group] for group in undeclared & set(RULES))
            if undeclared and not (is_opened and undeclared <= set(RULES) and any(one.claimed for one in alike)):
                yield f"a {operation.kind} of {operation.object_id} sent undeclared {sorted(undeclared)}"


def changes_are_made_where_they_belong(run: Run) -> Iterator[str]:
    """A change is about the operation's own object, and no create is sent once it is under way."""
    for operation in run.chronicle.operations:
        methods = [exchange.method for exchange in operation.exchanges]
        if "PATCH" in methods and "POST" in methods[methods.index("PATCH") :]:
            yield f"a {operation.kind} sent another create after it had changed {operation.object_id}"
        if "POST" in methods and operation.kind != "create":
            yield f"a {operation.kind} of {operation.object_id} sent a create"
        for exchange in operation.exchanges:
            if exchange.changes not in {None, operation.object_id}:
                yield f"a {operation.kind} of {operation.object_id} changed {exchange.changes}"


def answered_creates_keep_their_id(run: Run) -> Iterator[str]:
    """A create that fails after a response has given it an object hands that over to the state."""
    for operation in _changing(run):
        for exchange in operation.exchanges:
            known = exchange.created or exchange.changes
            if operation.error and known and known != operation.object_id and not _belongs_to_another(run, known):
                yield f"{known} was known to a create that failed without it: {operation.error}"


def groups_are_read_as_shown(run: Run) -> Iterator[str]:
    """A refresh takes on what its response shows of the groups in the state, and leaves all others alone.

    A reconnect window that isn't stored stands for settings in doubt, which are then known again.
    """
    for operation in run.chronicle.operations:
        if operation.kind != "refresh" or operation.result is None or operation.before is None:
            continue
        before, after = operation.before.groups, operation.result.groups
        if before.keys() | {"reconnectWindow"} != after.keys() | {"reconnectWindow"}:
            yield f"a refresh of {operation.object_id} with {sorted(before)} stored {sorted(after)}"
        for group in after:
            stored, own = after[group], [one.shows(operation.object_id, group) for one in operation.exchanges]
            shown = [rules for rules in own if rules is not None]
            if shown and stored != shown[-1]:
                yield f"a refresh of {operation.object_id} was shown the {group} {shown[-1]}, and stored {stored}"
            since = values_since_own_change(run.chronicle, operation, group)
            if stored != before.get(group) and stored not in since:
                yield f"a refresh of {operation.object_id} stored the {group} {stored} of long ago"


PROMISES_ABOUT_CHANGES: tuple[Callable[[Run], Iterator[str]], ...] = (
    successes_were_shown,
    what_is_done_is_as_declared,
    partial_failures_can_be_stored,
    groups_are_stored_as_known,
    undeclared_groups_are_not_sent,
    changes_are_made_where_they_belong,
    answered_creates_keep_their_id,
    groups_are_read_as_shown,
)


def _changing(run: Run) -> list[Operation]:
    return [operation for operation in run.chronicle.operations if operation.kind in {"create", "update"}]


def _belongs_to_another(run: Run, object_id: str) -> bool:
    return any(one.kind == "create" and one.object_id == object_id for one in run.chronicle.operations)
