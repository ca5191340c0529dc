"""`delete` and the doctor know the live streams of stacks."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.cli.delete.reasons import Claim, Found, reasons_to_keep
from pulumi_fastpix.cli.delete.report import refusal
from pulumi_fastpix.resources.live_stream.state import kind_of
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.stack.export import parse
from pulumi_fastpix.stack.live_streams import live_streams_of
from pulumi_fastpix.stack.playback_ids import PlaybackIds
from support.fake_pulumi import FakePulumi
from support.live_streams import live_stream
from support.playback_ids import first_id_on
from support.states import STREAM, export, secret
from unit.cli.command import run
from unit.cli.project import SECRET, Project


@pytest.mark.parametrize(
    ("resources", "pending", "claims", "text"),
    [
        ([live_stream("s")], [], [Claim.OWNS_WITH_STREAM], "x came with the live stream that stack dev owns, as 's'"),
        ([live_stream("s", external=True)], [], [Claim.LOOKS_STREAM_UP], "looks up (`.get()`) the live stream"),
        ([live_stream("s", delete=True)], [], [Claim.REPLACED], "the next `pulumi up` of that stack deletes it"),
        ([live_stream("s", playback_id="y")], [], [], ""),
        ([], [live_stream("s")], [Claim.MADE_STREAM], "may have made the live stream of x, as 's'"),
        ([], [live_stream("s", "f" * 32)], [], ""),
        ([live_stream("other", playback_id="y")], [live_stream("s", "")], [], ""),
        ([], [live_stream("s", "")], [Claim.MADE_STREAM], "may have made the live stream of x, as 's'"),
        ([], [live_stream("s", "", declared={"reconnectWindow": 90})], [], ""),
        (
            [],
            [live_stream("s", "", declared={"metadata": secret(ciphertext="v1:x")})],
            [Claim.MADE_STREAM],
            "may have made the live stream of x",
        ),
    ],
)
def test_stacks_have_a_claim_on_what_came_with_their_streams(
    resources: list[dict[str, Any]], pending: list[dict[str, Any]], claims: list[Claim], text: str
) -> None:
    stack = PlaybackIds(parse(export(*resources, pending=tuple(pending))))
    kind = kind_of(live_streams_of(parse(export(live_stream("s")))).recorded[0].declared)
    found = Found(PlaybackId(id="x", accessPolicy="public"), "", "https://x", 0, kind)
    reasons = reasons_to_keep(STREAM, found, {"dev": stack})
    assert [reason.claim for reason in reasons] == claims
    assert text in refusal("x", reasons)


def test_what_came_with_a_declared_stream_is_not_deleted(pulumi: FakePulumi, sandbox: Sandbox) -> None:
    first = first_id_on(sandbox)
    pulumi.prints("export", export(live_stream("concert", DEMO_STREAM_ID, first)))
    refused = run("delete", "--yes", DEMO_STREAM_ID, first)
    assert (refused.exit_code, "give the stream access restrictions" in refused.output) == (1, True)
    assert sandbox.mutating_requests == []


def test_the_doctor_counts_interrupted_creates_of_each_kind(project: Project) -> None:
    project.store(export(pending=(live_stream("a", ""), live_stream("b", ""), live_stream("c", ""))))
    (found,) = project.findings()["interrupted"]
    assert "began to create 3 live streams" in found["message"]


def test_the_doctor_knows_where_streams_were_made(project: Project) -> None:
    """Also one without a playback ID."""
    project.configure(accessTokenId="token", secretKey=SECRET)
    project.store(export(live_stream("concert", playback_id="")))
    (found,) = project.findings()["workspace"]
    assert "the stack's FastPix resources were made in a sandbox" in found["message"]
