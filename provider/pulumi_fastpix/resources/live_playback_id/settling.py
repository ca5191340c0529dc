"""One settling period: watches a stream on which creates are in doubt, and judges them."""

from __future__ import annotations

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import FastPixError, NotFoundError, ServerError, UnexpectedResponseError
from pulumi_fastpix.resources.live_playback_id import messages
from pulumi_fastpix.resources.live_playback_id.verdicts import Ambiguous, Claim, Lost, Repeat, Verdict, Wait, reconcile
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed, Made, MadeAgain, Unclear
from pulumi_fastpix.resources.tracking.tracker import StreamTracker

MAX_REPEATS = 3
PAUSES = (0.0, 1 / 7, 2 / 7, 4 / 7)
"""Before each list of a settling period, as parts of it: short at first, and the last list at the period's end."""
TIMEOUTS_OF_GATEWAYS = (504, 524)
"""Answered by an edge that stopped waiting; the server behind it may still be at work."""


class Settling:
    """Judges all creates of this process that are in doubt on one stream, while no other create is under way there.

    Made by one thread for all, inside :meth:`StreamTracker.settling`. Afterwards each is judged, whatever happens.
    """

    def __init__(self, client: Client, tracker: StreamTracker, deadline: Deadline) -> None:
        self._client = client
        self._tracker = tracker
        self._deadline = deadline
        self._doubts = list(tracker.doubts)
        self._candidates: list[PlaybackId] = []

    def judge(self) -> None:
        """Give every create in doubt its final outcome."""
        messages.announce_settling(len(self._doubts), self._tracker)
        try:
            while unclear := [doubt for doubt in self._doubts if isinstance(doubt.outcome, Unclear)]:
                self._watch()
                lost = [Lost(doubt.access_policy, _was_answered(doubt.failure)) for doubt in unclear]
                for doubt, verdict in zip(unclear, reconcile(self._candidates, lost), strict=True):
                    self._carry_out(verdict, doubt)
            if any(doubt.repeats for doubt in self._doubts):
                self._look_for_surplus()
        except NotFoundError as error:
            # The stream is deleted, and with it whatever was made on it.
            for doubt in self._unjudged():
                doubt.outcome = Failed(error)
        except BaseException as error:
            # Even if we have a bug: a create that is never judged would hold back all others on this stream for ever.
            for doubt in self._unjudged():
                doubt.outcome = Failed(messages.unreadable(doubt, self._tracker, self._candidates, error))
            if not isinstance(error, FastPixError):
                raise

    def _watch(self) -> None:
        """Read the stream several times over the settling period, and keep as candidates what nobody accounts for.

        A slow server may still be finishing, so the last list counts. What was a candidate and isn't listed any more
        stays one, to be named.

        Raises:
            UnexpectedResponseError: a list lacks what exists, or existed a moment ago.
            FastPixError: the stream can't be read.
        """
        seen: list[PlaybackId] = []
        for pause in PAUSES:
            self._client.clock.sleep(pause * self._tracker.settling_period)
            listed = self._tracker.unaccounted(self._deadline)
            missing = [one for one in seen if one not in listed]
            self._candidates = seen = [*listed, *missing]
            if missing:
                raise self._tracker.incomplete(missing[0].id, "was there a moment ago")

    def _carry_out(self, verdict: Verdict, doubt: Doubt) -> None:
        # The lists that led to this verdict were answered, whatever was before.
        doubt.deadline.extend()
        match verdict:
            case Claim(playback_id):
                doubt.outcome = Made(self._tracker.account_for(playback_id))
                messages.announce_claim(playback_id, doubt, self._tracker)
            case Ambiguous(playback_ids):
                doubt.outcome = Failed(messages.ambiguous(doubt, self._tracker, playback_ids))
            case Wait():
                doubt.outcome = Failed(messages.may_still_appear(doubt, self._tracker))
            case Repeat() if doubt.repeats == MAX_REPEATS or doubt.deadline.left() <= 0:
                doubt.outcome = Failed(messages.made_nothing(doubt, self._tracker))
            case Repeat():
                self._repeat(doubt)

    def _repeat(self, doubt: Doubt) -> None:
        """Send a create again whose first request is done and made nothing, as far as can be seen."""
        doubt.repeats += 1
        messages.announce_repeat(doubt, self._tracker)
        try:
            made = self._client.playback_ids.create(
                self._tracker.stream_id, doubt.access_policy, doubt.idempotency_key, doubt.deadline
            )
            doubt.outcome = MadeAgain(self._tracker.account_for(made))
        except FastPixError as failure:
            doubt.failure = failure
            if not retry.outcome_unknown(failure):
                doubt.outcome = Failed(failure)

    def _look_for_surplus(self) -> None:
        """Accept how a repeat ended, unless a first request turns out to have made something after all.

        Then whatever may be concerned fails and names all that was seen: also a claim, which may have been another's.
        """
        unaccounted = self._tracker.unaccounted(self._deadline)
        for doubt in self._doubts:
            surplus = [one.id for one in unaccounted if one.access_policy == doubt.access_policy]
            match doubt.outcome:
                case Made(own) | MadeAgain(own) if surplus:
                    doubt.outcome = Failed(messages.ambiguous(doubt, self._tracker, (own.id, *surplus)))
                case MadeAgain(own):
                    doubt.outcome = Made(own)
                case _ if surplus:
                    doubt.outcome = Failed(messages.ambiguous(doubt, self._tracker, tuple(surplus)))

    def _unjudged(self) -> list[Doubt]:
        return [doubt for doubt in self._doubts if not doubt.judged]


def _was_answered(failure: FastPixError) -> bool:
    """Whether the server is done with the request, whatever it did."""
    if isinstance(failure, ServerError):
        return failure.refusal.status not in TIMEOUTS_OF_GATEWAYS
    return (
        isinstance(failure, UnexpectedResponseError)
        and failure.status not in TIMEOUTS_OF_GATEWAYS
        # A redirect may come from a server that has passed the request on; and to send it again would change nothing.
        and not retry.is_redirect(failure)
    )
