"""Makes one playback ID for one create, even when the response to its request is lost.

A request to create is sent once. If its outcome is unknown, the stream's playback IDs are compared with those that
were there before (:mod:`pulumi_fastpix.resources.tracking`), and the create is judged, together with all others of
this process that are in doubt on the stream (:mod:`pulumi_fastpix.resources.live_playback_id.settling`).
"""

from __future__ import annotations

import uuid

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.errors import FastPixError
from pulumi_fastpix.resources.live_playback_id import messages
from pulumi_fastpix.resources.live_playback_id.settling import Settling
from pulumi_fastpix.resources.tracking.doubt import Doubt, Failed, Made
from pulumi_fastpix.resources.tracking.tracker import StreamTracker


def create(client: Client, tracker: StreamTracker, access_policy: str, deadline: Deadline) -> PlaybackId:
    """Make a playback ID on the tracker's stream.

    Raises:
        CreateInDoubtError: it can't be known which playback ID was made, or whether one will be; all are named.
        FastPixError: nothing was made.
    """
    key = str(uuid.uuid4())
    doubt: Doubt | None = None
    try:
        for attempt in client.playback_ids.attempts_to_create(tracker.stream_id, access_policy, deadline):
            # Anew for each attempt: FastPix may have asked to wait for a minute in between.
            with attempt, tracker.creating(deadline):
                try:
                    made = tracker.account_for(client.playback_ids.create_once(tracker.stream_id, access_policy, key))
                except FastPixError as failure:
                    if retry.outcome_unknown(failure):
                        doubt = Doubt(access_policy, key, failure, deadline)
                        tracker.put_in_doubt(doubt)
                    raise
    except FastPixError:
        if doubt is None:
            raise
        made = _settled(client, tracker, doubt)
    if made.access_policy != access_policy:
        raise messages.of_another_policy(made, access_policy, tracker)
    return made


def _settled(client: Client, tracker: StreamTracker, doubt: Doubt) -> PlaybackId:
    """What a create in doubt has made, as this thread or another one judges it."""
    with tracker.settling(doubt.deadline):
        if not doubt.judged:
            Settling(client, tracker, doubt.deadline).judge()
    match doubt.outcome:
        case Made(playback_id):
            return playback_id
        case Failed(error):
            raise error
        case _:
            raise doubt.failure
