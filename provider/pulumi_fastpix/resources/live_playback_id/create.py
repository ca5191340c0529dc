"""Makes one playback ID for one create, even when the response to its request is lost.

A request to create is sent once. If its outcome is unknown, the stream's playback IDs are compared with those that
were there before (:mod:`pulumi_fastpix.resources.tracking`) until it is known what the create has made
(:mod:`pulumi_fastpix.resources.live_playback_id.settling`). Other creates go on meanwhile::

    sent ──── answered ─────────────────────────────────────────────> made
      ▲  └─── its response is lost: in doubt
      │         ├── a candidate is claimed for it, announced ───────> made
      │         ├── more candidates than creates, or one may come ──> failed, with all that is in doubt
      │         ├── the stream can't be read, or is deleted ────────> failed
      └─────────┴── the server is done with it, and made nothing: announced
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.resources.live_playback_id import messages
from pulumi_fastpix.resources.live_playback_id.settling import settle
from pulumi_fastpix.resources.tracking.accounting import PendingCreate
from pulumi_fastpix.resources.tracking.tracker import StreamTracker

MAX_REPEATS = 3
"""After responses that were lost; refusals such as a 429 are repeated until the deadline."""


class Made(NamedTuple):
    """What a create has made.

    Attributes:
        playback_id: it.
        may_be_restricted: the groups of access restrictions that another create of this run may have made it with. Of
            two that are in doubt each may be given what the other one has made.
    """

    playback_id: PlaybackId
    may_be_restricted: frozenset[str] = frozenset()


def create(
    client: Client, tracker: StreamTracker, access_policy: str, restrictions: Values, deadline: Deadline
) -> Made:
    """Make a playback ID on the tracker's stream.

    Args:
        client: sends the requests.
        tracker: of the stream.
        access_policy: what is asked for; FastPix may make another one all the same.
        restrictions: sent along; only what it is returned with is known to be in force.
        deadline: of the operation.

    Raises:
        CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
        FastPixError: nothing was made.
    """
    pending = PendingCreate(access_policy, restricts=frozenset(restrictions))
    request = _Request(tracker.stream_id, access_policy, restrictions, str(uuid.uuid4()))
    try:
        outcome = _send(client, tracker, pending, request, deadline)
        while isinstance(outcome, Lost):
            claimed = settle(client, tracker, pending, outcome.failure, deadline)
            is_over = pending.repeats == MAX_REPEATS or deadline.left() <= 0 or client.cancellation.is_set
            if claimed is None and is_over:
                raise messages.made_nothing(outcome.failure, pending, tracker)
            if claimed is None:
                tracker.note_repeat(pending)
                messages.announce_repeat(outcome.failure, pending, tracker)
            if claimed is not None:
                return Made(claimed, tracker.may_be_restricted(access_policy))
            outcome = _send(client, tracker, pending, request, deadline)
    finally:
        tracker.close(pending)
        if pending.repeats:
            # Should its first request have made one after all, that is announced.
            with suppress(FastPixError):
                tracker.fresh_list(deadline)
    return Made(outcome)


@dataclass(frozen=True)
class Lost:
    """The response to a create was lost.

    Attributes:
        failure: how.
    """

    failure: FastPixError


class _Request(NamedTuple):
    """What is sent, the same each time."""

    stream_id: str
    access_policy: str
    restrictions: Values
    idempotency_key: str


def _send(
    client: Client, tracker: StreamTracker, pending: PendingCreate, request: _Request, deadline: Deadline
) -> PlaybackId | Lost:
    """Send a create until it is answered, or until nobody knows what it has made.

    Raises:
        FastPixError: it was refused, or never sent.
    """
    lost = None
    try:
        for attempt in client.playback_ids.attempts_to_create(tracker.stream_id, pending.access_policy, deadline):
            # Anew for each attempt: FastPix may have asked to wait for a minute in between.
            with attempt, tracker.creating(pending, deadline):
                try:
                    made = client.playback_ids.create_once(
                        request.stream_id, request.access_policy, request.idempotency_key, request.restrictions
                    )
                    made = tracker.account_for(made)
                except FastPixError as failure:
                    if retry.outcome_unknown(failure):
                        lost, pending.in_doubt = Lost(failure), True
                    raise
    except FastPixError:
        if lost is None:
            raise
        return lost
    return made
