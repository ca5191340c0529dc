"""A stack's state together with what the journal of this machine has of creates that runs of it didn't record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.resources.access_restrictions.names import ACCESS_RESTRICTIONS
from pulumi_fastpix.resources.access_restrictions.rules import unconfirmed
from pulumi_fastpix.resources.base import NOTHING
from pulumi_fastpix.resources.live_playback_id.names import NAME as PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY
from pulumi_fastpix.resources.signing_key.names import CREATED_AT
from pulumi_fastpix.stack.state import CREATING, Operation, Resource, StackState
from pulumi_fastpix.stack.urns import type_of, types_of
from pulumi_fastpix.stack.values import as_secret, text_of


def with_left_over(
    state: StackState,
    creates: Sequence[NotedCreate],
    provider_of: Callable[[str], str],
    secret_streams: Collection[str] = (),
    read: StackState | None = None,
) -> StackState:
    """The state with these creates among the interrupted ones, unless it has what they made.

    Pulumi remembers a create that was interrupted if it was killed itself. If a provider process was killed, it takes
    the create for a failed one, and forgets it.

    Args:
        state: the stack's.
        creates: those of the stack that the journal has, the oldest first.
        provider_of: the URN of the explicit provider that reaches the workspace of a mark; empty for the stack's own.
        secret_streams: the streams whose IDs the stack keeps secret.
        read: the same state with its secrets, if it lacks them: both get the same creates.
    """
    recorded = {one.id for one in (*state.resources, *(operation.resource for operation in state.interrupted))} - {""}
    present = {one.urn: one for one in (read or state).resources if not one.to_be_deleted and one.id}
    operations = list(state.interrupted)
    # Those that were never sent come last: they only explain a create that Pulumi remembers and no other one does.
    for number, create in sorted(enumerate(creates), key=lambda one: not one[1].is_sent):
        # A later run has gone on since `recover` found nothing.
        is_over = create.is_looked_for and any(later.urn == create.urn for later in creates[number + 1 :])
        if create.id in recorded or is_over:
            continue
        remembered = next((place for place, one in enumerate(operations) if _is_that(one, create)), None)
        if remembered is not None:
            operation = operations[remembered]
            resource = replace(operation.resource, id=create.id)
            operations[remembered] = replace(operation, resource=resource, noted=create)
        elif create.id or (create.is_sent and not _may_be_what_it_made(present.get(create.urn), create)):
            resource = _resource(state, create, provider_of(create.seen_by), secret=create.stream_id in secret_streams)
            operations.append(Operation(CREATING, resource, create, remembered=False))
    return replace(state, interrupted=tuple(operations))


def without(state: StackState, creates: Collection[NotedCreate]) -> StackState:
    """The state without these creates, as far as only the journal has them."""
    kept = (one for one in state.interrupted if one.remembered or one.noted not in creates)
    return replace(state, interrupted=tuple(kept))


def _may_be_what_it_made(resource: Resource | None, create: NotedCreate) -> bool:
    if resource is None:
        return False
    stream_id, created_at = (text_of(resource.properties.get(key)) for key in (STREAM_ID, CREATED_AT))
    return create.may_have_made(resource.urn, resource.id, stream_id, created_at)


def _is_that(operation: Operation, create: NotedCreate) -> bool:
    resource = operation.resource
    return operation.kind == CREATING and not operation.noted and (resource.urn, resource.id) == (create.urn, "")


def _resource(state: StackState, create: NotedCreate, provider: str, *, secret: bool) -> Resource:
    """The resource that was to be created, as far as the journal has it."""
    inputs: dict[str, Any] = {}
    if create.type_name == PLAYBACK_ID:
        stream_id = as_secret(create.stream_id) if secret else create.stream_id
        inputs = {STREAM_ID: stream_id, ACCESS_POLICY: create.kind}
    if create.restricts:
        inputs[ACCESS_RESTRICTIONS] = {group: unconfirmed(NOTHING, group) for group in create.restricts}
    # A URN has the types of all parents, and the name of none. Whichever has these types makes the same URN, and the
    # next run tells Pulumi which one it is.
    of_parent = types_of(create.urn).rpartition("$")[0]
    parent = next((one.urn for one in state.resources if of_parent and types_of(one.urn) == of_parent), "")
    return Resource(create.urn, type_of(create.urn), create.type_name, create.id, inputs, {}, provider, parent)
