"""Makes one playback ID for one create, even when the answer to the request is lost.

A request to create is sent once. If its outcome is unknown, the stream's playback IDs are compared with those that
were there before (:mod:`pulumi_fastpix.reconcile` judges, :mod:`pulumi_fastpix.stream_ledger` keeps the lists). What it
made is taken; what it certainly didn't make is sent again, if the server is done with it; all else fails and
names what is in doubt. Creates of one process that are in doubt on the same stream are judged together.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from pulumi_fastpix.announce import announce
from pulumi_fastpix.api import Client, Patience, PlaybackId, retry
from pulumi_fastpix.errors import CreateInDoubtError, FastPixError, NotFoundError, ServerError, UnexpectedAnswerError
from pulumi_fastpix.reconcile import Ambiguous, Claim, Lost, Repeat, Verdict, reconcile
from pulumi_fastpix.stream_ledger import SETTLING_FRACTION, Doubt, StreamLedger

MAX_REPEATS = 3
MOST_NAMED = 10
"""Of the playback IDs that were there before, in the text of an error."""
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
                    doubt = Doubt(access_policy, key, failure)
                    ledger.put_in_doubt(doubt)
                raise

    try:
        made = client.create_playback_id(ledger.stream_id, access_policy, key, patience, while_nobody_is_in_doubt)
    except FastPixError:
        if doubt is None:
            raise
        made = _settled(client, ledger, doubt, patience)
    if made.access_policy != access_policy:
        raise _of_another_policy(made, access_policy, ledger)
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
    announce(
        f"the outcome of {len(doubts)} create(s) on stream {ledger.stream_id} is unknown; watching the stream "
        f"for {client.settings.retry_for_seconds * SETTLING_FRACTION:.0f} s to find out."
    )
    found: list[PlaybackId] = []
    try:
        while unclear := [doubt for doubt in doubts if not doubt.judged and doubt.made_again is None]:
            for found in ledger.watch(patience):  # noqa: B007  # the last one is judged; any of them is named
                pass
            lost = [Lost(doubt.access_policy, _was_answered(doubt.failure)) for doubt in unclear]
            for doubt, verdict in zip(unclear, reconcile(found, lost), strict=True):
                _carry_out(verdict, doubt, client, ledger, patience)
        if any(doubt.repeats for doubt in doubts):
            _look_for_surplus(doubts, ledger.unaccounted(patience), ledger)
    except NotFoundError as gone:
        # The stream is gone, and with it whatever was made on it.
        _fail_the_rest(doubts, dict.fromkeys(doubts, gone))
    except BaseException as error:
        # Even if we have a bug: a doubt that is never judged would hold back all creates on this stream for ever.
        _fail_the_rest(doubts, {doubt: _unreadable(doubt, ledger, found, error) for doubt in doubts})
        if not isinstance(error, FastPixError):
            raise


def _carry_out(verdict: Verdict, doubt: Doubt, client: Client, ledger: StreamLedger, patience: Patience) -> None:
    if isinstance(verdict, Claim):
        doubt.playback_id = ledger.given(verdict.playback_id)
        _announce_claim(verdict.playback_id, doubt, ledger)
    elif isinstance(verdict, Ambiguous):
        doubt.error = _ambiguous(doubt, ledger, verdict.playback_ids)
    elif not isinstance(verdict, Repeat):
        doubt.error = _may_still_appear(doubt, ledger)
    elif doubt.repeats == MAX_REPEATS or patience.left() <= 0:
        doubt.error = _made_nothing(doubt, ledger)
    else:
        doubt.repeats += 1
        _announce_repeat(doubt, ledger)
        try:
            made = client.create_playback_id(ledger.stream_id, doubt.access_policy, doubt.idempotency_key, patience)
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
            doubt.error = _ambiguous(doubt, ledger, (*([own.id] if own else []), *surplus))
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


def _announce_claim(claimed: PlaybackId, doubt: Doubt, ledger: StreamLedger) -> None:
    announce(
        f"the answer to creating a {doubt.access_policy} playback ID on stream {ledger.stream_id} was lost. "
        f"Playback ID {claimed.id} appeared there meanwhile, so it is taken to be the one that was made."
    )


def _announce_repeat(doubt: Doubt, ledger: StreamLedger) -> None:
    announce(
        f"{doubt.failure.happened} Nothing was made on stream {ledger.stream_id} as far as can be seen, so it is sent "
        f"again. Should a {doubt.access_policy} playback ID that nobody declares appear there later, the first request "
        f"made it after all."
    )


def _may_still_appear(doubt: Doubt, ledger: StreamLedger) -> CreateInDoubtError:
    return CreateInDoubtError(
        f"{doubt.failure.happened} None that it could have made was found on the stream, but one may still appear, so "
        f"it is not sent again.",
        f"Wait a few minutes before the next `pulumi up`. {_how_to_look(doubt, ledger)}",
    )


def _made_nothing(doubt: Doubt, ledger: StreamLedger) -> CreateInDoubtError:
    return CreateInDoubtError(
        f"{doubt.failure.happened} Nothing was made on stream {ledger.stream_id} as far as can be seen, and it is not "
        f"sent again.",
        f"Run it again later. {_how_to_look(doubt, ledger)}",
    )


def _how_to_look(doubt: Doubt, ledger: StreamLedger) -> str:
    """How to find out what a create has made after all, among others that nobody declares."""
    before = ledger.known_before(doubt.access_policy)
    others = ", ".join(before) if len(before) <= MOST_NAMED else f"the {len(before)} that it had before"
    return (
        f"Should `pulumi-fastpix audit` show a {doubt.access_policy} playback ID of stream {ledger.stream_id} that "
        f"nobody declares{f', other than {others}' if others else ''}, then this run has made it: delete it, or make "
        f"it the resource's own with `pulumi-fastpix adopt {ledger.stream_id} PLAYBACK_ID --name RESOURCE_NAME`."
    )


def _ambiguous(doubt: Doubt, ledger: StreamLedger, playback_ids: tuple[str, ...]) -> CreateInDoubtError:
    return CreateInDoubtError(
        f"{doubt.failure.happened} More {doubt.access_policy} playback IDs appeared on stream {ledger.stream_id} than "
        f"this run asked for: {', '.join(playback_ids)}. Somebody else is making some there, and which are whose can't "
        f"be told.",
        "Before the next `pulumi up`, delete those that nobody declares, or take them with `pulumi-fastpix adopt`.",
    )


def _of_another_policy(made: PlaybackId, access_policy: str, ledger: StreamLedger) -> CreateInDoubtError:
    return CreateInDoubtError(
        f"FastPix was asked for a {access_policy} playback ID on stream {ledger.stream_id}, and made {made.id}, which "
        f"is {made.access_policy}. It exists now, and nobody declares it: delete it, or take it with `pulumi-fastpix "
        f"adopt`."
    )


def _unreadable(
    doubt: Doubt, ledger: StreamLedger, found: list[PlaybackId], reason: BaseException
) -> CreateInDoubtError:
    made = f" Playback ID {doubt.made_again.id} was made when it was sent again." if doubt.made_again else ""
    why = reason.happened if isinstance(reason, FastPixError) else repr(reason)
    seen = [playback_id.id for playback_id in found if playback_id.access_policy == doubt.access_policy]
    appeared = f" Before that failed, {', '.join(seen)} had appeared." if seen else ""
    return CreateInDoubtError(
        f"{doubt.failure.happened}{made} What it made can't be found out: {why}{appeared}",
        f"Look yourself before the next `pulumi up`. {_how_to_look(doubt, ledger)}",
    )
