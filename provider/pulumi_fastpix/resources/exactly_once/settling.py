"""The settling period of a create in doubt: the list is watched until it is known what the create has made."""

from __future__ import annotations

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.errors import FastPixError, NoResponseError, NotFoundError, ServerError, UnexpectedResponseError
from pulumi_fastpix.resources.exactly_once import messages
from pulumi_fastpix.resources.exactly_once.accounting import Item, PendingCreate
from pulumi_fastpix.resources.exactly_once.tracker import Listing, Tracker
from pulumi_fastpix.resources.exactly_once.verdicts import Ambiguous, Claim, Nothing, Verdict

LOOKS = (1 / 7, 3 / 7, 1.0)
"""When the list is read, as parts of the settling period: soon at first, and the last time at its end."""
TIMEOUTS_OF_GATEWAYS = (504, 524)
"""Answered by an edge that stopped waiting; the server behind it may still be at work."""


def settle(
    client: Client, tracker: Tracker[Listing, Item], create: PendingCreate, failure: FastPixError, deadline: Deadline
) -> Item | None:
    """Find out what a create has made whose response was lost.

    Args:
        client: whose clock it goes by.
        tracker: of the list.
        create: it.
        failure: how its response was lost.
        deadline: of the operation.

    Returns:
        The object that it has made, or None: it made nothing, and the server is done with it.

    Raises:
        CreateInDoubtError: it can't be known, or the server may still be at work.
        NotFoundError: the list itself is deleted, and with it whatever was made.
    """
    messages.announce_settling(failure, create, tracker)
    try:
        verdict = _watch(client, tracker, create, deadline)
    except NotFoundError:
        raise
    except FastPixError as reason:
        raise messages.unreadable(failure, create, tracker, reason) from None
    finally:
        deadline.ends_with_cancel = True
    match verdict:
        case Claim(listed):
            messages.announce_claim(listed, failure, create, tracker)
            return listed
        case Ambiguous(ids):
            raise messages.ambiguous(failure, create, tracker, ids)
        case _ if not is_done(failure):
            raise messages.may_still_appear(failure, create, tracker)
        case _:
            return None


def _watch(client: Client, tracker: Tracker[Listing, Item], create: PendingCreate, deadline: Deadline) -> Verdict[Item]:
    """Read the list several times over the settling period, until a list is clear.

    A deadline that is near is put off, and Ctrl-C doesn't end this: to give up now would leave an object that nobody
    knows.

    Raises:
        UnexpectedResponseError: a list lacks what exists, or existed a moment ago.
        FastPixError: the list can't be read.
    """
    began, period = client.clock.now(), tracker.settling_period
    for part in LOOKS:
        client.clock.sleep(max(0.0, began + part * period - client.clock.now()))
        enough = 2 * period
        looking = deadline if deadline.left() >= enough else Deadline(client.clock, enough)
        looking.ends_with_cancel = False
        sighting = tracker.look(create, looking)
        # The list was answered, whatever was before.
        deadline.extend()
        verdict = tracker.judge(create, sighting, deadline, is_last=part == LOOKS[-1])
        if isinstance(verdict, Claim | Ambiguous):
            return verdict
    return Nothing()


def is_done(failure: FastPixError) -> bool:
    """Whether the server is done with a request that failed like this, whatever it did.

    A server that has lost its client's connection may still be at work; but it is not known to take longer than the
    settling period.
    """
    match failure:
        case ServerError():
            return failure.refusal.status not in TIMEOUTS_OF_GATEWAYS
        case UnexpectedResponseError():
            # A redirect may come from a server that has passed the request on; sending it again would change nothing.
            return failure.status not in TIMEOUTS_OF_GATEWAYS and not retry.is_redirect(failure)
        case NoResponseError():
            return not failure.is_unfinished
        case _:
            return False
