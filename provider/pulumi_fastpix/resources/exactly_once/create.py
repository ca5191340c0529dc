"""Makes one object for one create, even when the response to its request is lost.

A request to create is sent once. If its outcome is unknown, the objects that there are now are compared with those that
there were before (:mod:`pulumi_fastpix.resources.exactly_once.tracker`) until it is known what the create has made
(:mod:`pulumi_fastpix.resources.exactly_once.settling`). Other creates go on meanwhile::

    sent ──── answered ─────────────────────────────────────────────> made
      ▲  └─── its response is lost: in doubt
      │         ├── a candidate is claimed for it, announced ───────> made
      │         ├── more candidates than creates, or one may come ──> failed, with all that is in doubt
      │         ├── the list can't be read, or is deleted ──────────> failed
      └─────────┴── the server is done with it, and made nothing: announced
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic

import tenacity

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.journal.writing import Noting
from pulumi_fastpix.resources.exactly_once import messages
from pulumi_fastpix.resources.exactly_once.accounting import Item, PendingCreate
from pulumi_fastpix.resources.exactly_once.settling import settle
from pulumi_fastpix.resources.exactly_once.tracker import Listing, Tracker

MAX_REPEATS = 3
"""After responses that were lost; refusals such as a 429 are repeated until the deadline."""


@dataclass(frozen=True)
class Made(Generic[Item]):
    """What a create has made.

    Attributes:
        listed: it.
        may_be_restricted: the groups of access restrictions that another create of this run may have made it with. Of
            two that are in doubt each may be given what the other one has made.
    """

    listed: Item
    may_be_restricted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Request(Generic[Item]):
    """A request to create, the same each time it is sent.

    Attributes:
        attempts: as :meth:`BaseClient.attempts`.
        send_once: sends it inside one of those.
        noting: notes it in the journal.
    """

    attempts: Callable[[Deadline], Iterator[tenacity.AttemptManager]]
    send_once: Callable[[], Item]
    noting: Noting


def create(
    client: Client,
    tracker: Tracker[Listing, Item],
    pending: PendingCreate,
    request: Request[Item],
    deadline: Deadline,
) -> Made[Item]:
    """Make an object.

    Args:
        client: whose clock and interruption it goes by.
        tracker: of the list that will have it.
        pending: of what kind it is to be; FastPix may make another one all the same. A new one for each create.
        request: makes it.
        deadline: of the operation.

    Raises:
        CreateInDoubtError: it can't be known what was made, or whether something will be; all of it is named.
        FastPixError: nothing was made.
    """
    try:
        outcome = _send(tracker, pending, request, deadline)
        while isinstance(outcome, Lost):
            claimed = settle(client, tracker, pending, outcome.failure, deadline)
            if claimed is not None:
                request.noting.made(claimed.id)
                return Made(claimed, tracker.may_be_restricted(pending.kind))
            if pending.repeats == MAX_REPEATS or deadline.left() <= 0 or client.cancellation.is_set:
                raise messages.made_nothing(outcome.failure, pending, tracker)
            tracker.note_repeat(pending)
            messages.announce_repeat(outcome.failure, pending, tracker)
            outcome = _send(tracker, pending, request, deadline)
    except FastPixError:
        if not pending.in_doubt:
            request.noting.made_nothing()
        raise
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


def _send(
    tracker: Tracker[Listing, Item],
    pending: PendingCreate,
    request: Request[Item],
    deadline: Deadline,
) -> Item | Lost:
    """Send a create until it is answered, or until nobody knows what it has made.

    Raises:
        FastPixError: it was refused, or never sent.
    """
    lost = None
    try:
        for attempt in request.attempts(deadline):
            # Anew for each attempt: FastPix may have asked to wait for a minute in between.
            with attempt, tracker.creating(pending, deadline):
                request.noting.sending(tracker.existing)
                try:
                    made = tracker.account_for(request.send_once())
                    request.noting.made(made.id)
                except FastPixError as failure:
                    if retry.outcome_unknown(failure):
                        lost, pending.in_doubt = Lost(failure), True
                    raise
    except FastPixError:
        if lost is None:
            raise
        return lost
    return made
