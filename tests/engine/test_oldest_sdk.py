"""The oldest SDK that is allowed, in real processes: the other tests with it begin with it imported."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import through_both
from support.engine import OLDEST_SDK, Stack, counts

PROGRAM = through_both(f'module.LivePlaybackId("main-" + provider, stream_id="{DEMO_STREAM_ID}")')


def test_playback_ids_are_made_read_and_deleted(tmp_path: Path, sandbox: Sandbox) -> None:
    path = os.pathsep.join((str(OLDEST_SDK), os.environ["PATH"]))
    stack = Stack(tmp_path, {**sandbox.environment(), "PATH": path})
    before = {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)}
    stack.write_program(f"pulumi.log.info(pulumi.__file__)\n{PROGRAM}")
    stack.create()
    up = stack.up()
    assert counts(up) == {"created": 3}, up.output
    assert str(OLDEST_SDK.parent) in up.output
    made = {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)} - before
    assert {*stack.ids().values()} == made
    refresh = stack.refresh("--expect-no-changes")
    assert counts(refresh) == {"unchanged": 3}, refresh.output
    destroy = stack.destroy()
    assert counts(destroy) == {"deleted": 3}, destroy.output
    assert {one.id for one in sandbox.store.playback_ids.list(DEMO_STREAM_ID)} == before
