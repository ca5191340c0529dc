"""Makes one playback ID for one create, even when the answer to the request is lost.

A request to create is sent once. If its outcome is unknown, the stream's playback IDs are compared with those that
were there before (`verdicts` judges, the stream's tracker keeps the lists). What it
made is taken; what it certainly didn't make is sent again, if the server is done with it; all else fails and
names what is in doubt. Creates of one process that are in doubt on the same stream are judged together.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Patience
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import FastPixError, NotFoundError, ServerError, UnexpectedAnswerError
from pulumi_fastpix.resources.live_playback_id import messages as in_doubt
from pulumi_fastpix.resources.live_playback_id.verdicts import Ambiguous, Claim, Lost, Repeat, Verdict, reconcile
from pulumi_fastpix.resources.tracking.tracker import SETTLING_FRACTION, Doubt, StreamLedger

MAX_REPEATS = 3
TIMEOUTS_OF_GATEWAYS = (504, 524)
"""Answered by an edge that stopped waiting; the server behind it may still be at work."""


def create(client: Client, ledger: StreamLedger, access_policy: str, patience: Patience) -> PlaybackId:
    """Make a playback ID on the ledger's stream.

    Raises:
        CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
        FastPixError: nothing was made.
    """
    key = str(uuid.uuid4())
    doubt: Doubt | None = None

    def while_nobody_is_in_doubt(send: Callable[[], PlaybackId]) -> PlaybackId:
        nonlocal doubt
        # Entered anew each time it is sent: FastPix may have asked to wait for a minute in between.
        with ledger.creating(patience):
            try:
                return ledger.given(send())
            except FastPixError as failure:
                if retry.outcome_unknown(failure):
                    doubt = Doubt(access_policy, key, failure, patience)
                    ledger.put_in_doubt(doubt)
                raise

    try:
        made = client.create_playback_id(ledger.stream_id, access_policy, key, patience, while_nobody_is_in_doubt)
    except FastPixError:
        if doubt is None:
            raise
        made = _settled(client, ledger, doubt, patience)
    if made.access_policy != access_policy:
        raise in_doubt.of_another_policy(made, access_policy, ledger)
    return made


def _settled(client: Client, ledger: StreamLedger, doubt: Doubt, patience: Patience) -> PlaybackId:
    with ledger.settling(patience):
        if not doubt.judged:
            _judge_all(client, ledger, patience)
    if doubt.playback_id is None:
        raise doubt.error or doubt.failure
    return doubt.playback_id


def _judge_all(client: Client, ledger: StreamLedger, patience: Patience) -> None:
    doubts = list(ledger.doubts)
    in_doubt.announce_settling(len(doubts), ledger, client.settings.retry_for_seconds * SETTLING_FRACTION)
    found: list[PlaybackId] = []
    try:
        while unclear := [doubt for doubt in doubts if not doubt.judged and doubt.made_again is None]:
            for found in ledger.watch(patience):  # noqa: B007  # the last one is judged; any of them is named
                pass
            lost = [Lost(doubt.access_policy, _was_answered(doubt.failure)) for doubt in unclear]
            for doubt, verdict in zip(unclear, reconcile(found, lost), strict=True):
                _carry_out(verdict, doubt, client, ledger)
        if any(doubt.repeats for doubt in doubts):
            _look_for_surplus(doubts, ledger.unaccounted(patience), ledger)
    except NotFoundError as gone:
        # The stream is gone, and with it whatever was made on it.
        _fail_the_rest(doubts, dict.fromkeys(doubts, gone))
    except BaseException as error:
        # Even if we have a bug: a doubt that is never judged would hold back all creates on this stream for ever.
        _fail_the_rest(doubts, {doubt: in_doubt.unreadable(doubt, ledger, found, error) for doubt in doubts})
        if not isinstance(error, FastPixError):
            raise


def _carry_out(verdict: Verdict, doubt: Doubt, client: Client, ledger: StreamLedger) -> None:
    # The lists that led to this verdict were answered, whatever was before.
    doubt.patience.encourage()
    if isinstance(verdict, Claim):
        doubt.playback_id = ledger.given(verdict.playback_id)
        in_doubt.announce_claim(verdict.playback_id, doubt, ledger)
    elif isinstance(verdict, Ambiguous):
        doubt.error = in_doubt.ambiguous(doubt, ledger, verdict.playback_ids)
    elif not isinstance(verdict, Repeat):
        doubt.error = in_doubt.may_still_appear(doubt, ledger)
    elif doubt.repeats == MAX_REPEATS or doubt.patience.left() <= 0:
        doubt.error = in_doubt.made_nothing(doubt, ledger)
    else:
        doubt.repeats += 1
        in_doubt.announce_repeat(doubt, ledger)
        try:
            made = client.create_playback_id(
                ledger.stream_id, doubt.access_policy, doubt.idempotency_key, doubt.patience
            )
            doubt.made_again = ledger.given(made)
        except FastPixError as failure:
            doubt.failure = failure
            if not retry.outcome_unknown(failure):
                doubt.error = failure


def _look_for_surplus(doubts: list[Doubt], unaccounted: list[PlaybackId], ledger: StreamLedger) -> None:
    """Accept how a repeat ended, unless a first request turns out to have made something after all.

    Then whatever may be concerned fails and names all that was seen: also a claim, which may have been another's.
    """
    for doubt in doubts:
        own = doubt.made_again or doubt.playback_id
        surplus = [found.id for found in unaccounted if found.access_policy == doubt.access_policy]
        if surplus:
            doubt.playback_id = None
            doubt.error = in_doubt.ambiguous(doubt, ledger, (*([own.id] if own else []), *surplus))
        elif doubt.made_again is not None:
            doubt.playback_id = doubt.made_again


def _fail_the_rest(doubts: list[Doubt], errors: Mapping[Doubt, FastPixError]) -> None:
    for doubt in doubts:
        if not doubt.judged:
            doubt.error = errors[doubt]


def _was_answered(failure: FastPixError) -> bool:
    """Whether the server is done with the request, whatever it did."""
    if isinstance(failure, ServerError):
        return failure.refusal.status not in TIMEOUTS_OF_GATEWAYS
    return (
        isinstance(failure, UnexpectedAnswerError)
        and failure.status not in TIMEOUTS_OF_GATEWAYS
        # Who redirects instead of answering may have handed it on; and that it is sent again would change nothing.
        and not retry.is_redirect(failure)
    )
