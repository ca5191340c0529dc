"""The verdicts on lost creates, as a table."""

from __future__ import annotations

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.live_playback_id.verdicts import (
    Ambiguous,
    Claim,
    Lost,
    Repeat,
    Verdict,
    Wait,
    reconcile,
)


def public(playback_id: str) -> PlaybackId:
    return PlaybackId(id=playback_id, accessPolicy="public")


def private(playback_id: str) -> PlaybackId:
    return PlaybackId(id=playback_id, accessPolicy="private")


ANSWERED = Lost("public", answered=True)
SILENT = Lost("public", answered=False)
SILENT_PRIVATE = Lost("private", answered=False)


@pytest.mark.parametrize(
    ("found", "lost", "verdicts"),
    [
        ([], [], []),
        ([], [SILENT], [Wait()]),
        ([], [ANSWERED], [Repeat()]),
        ([public("a")], [SILENT], [Claim(public("a"))]),
        ([public("a")], [ANSWERED], [Claim(public("a"))]),
        ([private("a")], [SILENT], [Wait()]),
        ([public("a"), private("b")], [SILENT_PRIVATE], [Claim(private("b"))]),
        ([public("a"), public("b")], [SILENT], [Ambiguous(("a", "b"))]),
        ([public("a"), public("b")], [SILENT, ANSWERED], [Claim(public("b")), Claim(public("a"))]),
        ([public("a")], [SILENT, ANSWERED], [Wait(), Claim(public("a"))]),
        ([public("a")], [ANSWERED, ANSWERED], [Claim(public("a")), Repeat()]),
        ([public("a"), public("b")], [SILENT, SILENT_PRIVATE], [Ambiguous(("a", "b")), Wait()]),
        (
            [public("a"), private("b")],
            [SILENT_PRIVATE, SILENT],
            [Claim(private("b")), Claim(public("a"))],
        ),
    ],
)
def test_each_lost_create_gets_its_verdict(found: list[PlaybackId], lost: list[Lost], verdicts: list[Verdict]) -> None:
    assert reconcile(found, lost) == verdicts
