"""What the provider promises of access restrictions in every schedule: none that isn't in force is reported as done.

A success means that a response of FastPix has shown the declared rules. It can't mean that they are in force for ever:
somebody else may change them; and a request that the client gave up may be carried out late, after another one was
answered. FastPix has no numbers of versions by which it could refuse the older one, and nobody can wait for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from support.simulation.chronicle import Operation
from support.simulation.evidence_of_rules import (
    changes_of,
    known_after,
    may_have_changed,
    must_be_shown,
    nobody_could_know,
    rules_at,
    rules_since_own_change,
    shown_to,
    wanted,
)
from support.simulation.rules import GROUPS, OPEN
from support.simulation.run import Run


def successes_were_shown(run: Run) -> Iterator[str]:
    """When an operation succeeds, a response has shown the declared rules, which were in force at that moment."""
    for operation in _changing(run):
        if operation.error:
            continue
        for group in GROUPS:
            rules = wanted(operation, group)
            if must_be_shown(operation, group) and not any(
                exchange.shows(operation.playback_id, group) == rules
                and exchange.served is not None
                and rules_at(run.chronicle, operation.playback_id, group, exchange.served.order) == rules
                for exchange in shown_to(run.chronicle, operation, group)
            ):
                yield f"a {operation.kind} of {operation.playback_id} succeeded, and nothing had shown {group} {rules}"


def what_is_done_is_as_declared(run: Run) -> Iterator[str]:
    """No playback ID that was reported as done has other rules than the declared ones, unless nobody could know.

    Nor could they of the rules with which an earlier process has made what is claimed by mistake, as announced.
    """
    last = {operation.playback_id: operation for operation in _changing(run)}
    creates = Counter(operation.playback_id for operation in _changing(run) if operation.kind == "create")
    for playback_id in run.state:
        operation = last[playback_id]
        if operation.error or creates[playback_id] > 1:  # the latter is another promise's business
            continue
        for group in GROUPS:
            rules, changes = wanted(operation, group), changes_of(run.chronicle, playback_id, group)
            now = changes[-1].rules if changes else OPEN
            if now != rules and not any(nobody_could_know(run, change, rules) for change in changes[-1:]):
                yield f"{playback_id} was reported as done, and has the {group} {now} instead of {rules}"


def partial_failures_can_be_stored(run: Run) -> Iterator[str]:
    """What is partly done has its own id, and a state by which it can be refreshed, finished and deleted."""
    for operation in _changing(run):
        if not (error := operation.partly_done):
            continue
        creation = run.chronicle.creations.get(error.id)
        if creation is None or error.id != operation.playback_id:
            yield f"a {operation.kind} of {operation.playback_id} left {error.id} partly done"
        elif after := known_after(operation):
            needed = run.process.as_stored(error.id, creation.stream_id, creation.access_policy).state
            truth = creation.stream_id, creation.access_policy
            if truth != (after.stream_id, after.access_policy) or not needed.keys() <= after.state.keys():
                yield f"{error.id} was stored as {after.state}"


def rules_are_stored_as_known(run: Run) -> Iterator[str]:
    """After a failure, the state has the declared rules only if a response has shown them, and no doubtful ones.

    So the next run sends each group that is not certainly as declared.
    """
    for operation in _changing(run):
        after = known_after(operation)
        if not operation.error or after is None:
            continue
        for group in GROUPS:
            stored, rules = after.restrictions.get(group), wanted(operation, group)
            is_new = stored == rules if group in operation.declared else stored is None
            seen = (one.shows(operation.playback_id, group) for one in shown_to(run.chronicle, operation, group))
            if is_new and must_be_shown(operation, group) and rules not in seen:
                yield f"{operation.playback_id} was stored with the {group} {stored}, which nothing had shown"
            sent = [one for one in operation.exchanges if one.method == "PATCH" and group in one.sent]
            if may_have_changed(sent) and (stored is None or stored.default_policy in {"allow", "deny"}):
                yield f"{operation.playback_id} was stored with the {group} {stored}, which may have been changed"


def undeclared_groups_are_not_sent(run: Run) -> Iterator[str]:
    """A group that was never declared for a playback ID is in no request about it.

    But a claimed ID may have been made by another create of ours, and have its rules. So that group may be opened.
    """
    for operation in run.chronicle.operations:
        alike = [one for one in _changing(run) if one.playback_id == operation.playback_id and operation.playback_id]
        declared = set(operation.declared).union(*(one.declared for one in alike if one.began <= operation.began))
        for exchange in operation.exchanges:
            is_opened = exchange.method == "PATCH" and set(exchange.sent.values()) == {OPEN}
            undeclared = set(exchange.sent) - declared
            if undeclared and not (is_opened and any(one.claimed for one in alike)):
                yield f"a {operation.kind} of {operation.playback_id} sent undeclared {sorted(undeclared)}"


def rules_are_changed_where_they_belong(run: Run) -> Iterator[str]:
    """A change of rules is about the operation's own playback ID, and no create is sent once it is under way."""
    for operation in run.chronicle.operations:
        methods = [exchange.method for exchange in operation.exchanges]
        if "PATCH" in methods and "POST" in methods[methods.index("PATCH") :]:
            yield f"a {operation.kind} sent another create after it had sent the rules of {operation.playback_id}"
        if "POST" in methods and operation.kind != "create":
            yield f"a {operation.kind} of {operation.playback_id} sent a create"
        for exchange in operation.exchanges:
            if exchange.restricts not in {None, operation.playback_id}:
                yield f"a {operation.kind} of {operation.playback_id} sent rules of {exchange.restricts}"


def answered_creates_keep_their_id(run: Run) -> Iterator[str]:
    """A create that fails after a response has given it a playback ID hands that over to the state."""
    for operation in _changing(run):
        for exchange in operation.exchanges:
            known = exchange.created or exchange.restricts
            if operation.error and known and known != operation.playback_id and not _belongs_to_another(run, known):
                yield f"{known} was known to a create that failed without it: {operation.error}"


def rules_are_read_as_shown(run: Run) -> Iterator[str]:
    """A refresh takes on the rules that its response shows of the groups in the state, and leaves all others alone."""
    for operation in run.chronicle.operations:
        if operation.kind != "refresh" or operation.result is None or operation.before is None:
            continue
        before, after = operation.before.restrictions, operation.result.restrictions
        if before.keys() != after.keys():
            yield f"a refresh of {operation.playback_id} with {sorted(before)} stored {sorted(after)}"
        for group in after:
            stored, own = after[group], [one.shows(operation.playback_id, group) for one in operation.exchanges]
            shown = [rules for rules in own if rules is not None]
            if shown and stored != shown[-1]:
                yield f"a refresh of {operation.playback_id} was shown the {group} {shown[-1]}, and stored {stored}"
            since = rules_since_own_change(run.chronicle, operation, group)
            if stored != before.get(group) and stored not in since:
                yield f"a refresh of {operation.playback_id} stored the {group} {stored} of long ago"


PROMISES_ABOUT_RULES: tuple[Callable[[Run], Iterator[str]], ...] = (
    successes_were_shown,
    what_is_done_is_as_declared,
    partial_failures_can_be_stored,
    rules_are_stored_as_known,
    undeclared_groups_are_not_sent,
    rules_are_changed_where_they_belong,
    answered_creates_keep_their_id,
    rules_are_read_as_shown,
)


def _changing(run: Run) -> list[Operation]:
    return [operation for operation in run.chronicle.operations if operation.kind in {"create", "update"}]


def _belongs_to_another(run: Run, playback_id: str) -> bool:
    return any(one.kind == "create" and one.playback_id == playback_id for one in run.chronicle.operations)
