"""The oldest SDK that is allowed, in real processes: the other tests with it begin with it imported."""

from __future__ import annotations

import os
from pathlib import Path

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import through_both
from support.engine import NEWEST_SDK, OLDEST_SDK, Stack, counts

PROGRAM = "pulumi.log.info(pulumi.__file__)\n" + through_both("""
concert = module.LiveStream("concert-" + provider)
main = module.LivePlaybackId("main-" + provider, stream_id=concert.id)
module.SigningKey("viewers-" + provider)
""")
LATER = through_both(f'module.LivePlaybackId("later-" + provider, stream_id="{DEMO_STREAM_ID}")')
MADE_LATER = {"later-dynamic", "later-native"}


def test_what_is_made_with_it_is_no_difference_for_the_newest_one_and_the_reverse(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    path = os.pathsep.join((str(OLDEST_SDK), os.environ["PATH"]))
    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program(PROGRAM)
    stack.create()
    up = stack.up(PATH=path)
    assert counts(up) == {"created": 7}, up.output
    assert str(OLDEST_SDK.parent) in up.output
    made = stack.states_with_secrets()

    sandbox.clear_requests()
    stack.write_program(PROGRAM + LATER)
    up = stack.up("--refresh")
    assert counts(up) == {"created": 2, "unchanged": 7}, up.output
    assert str(NEWEST_SDK.parent) in up.output
    assert [one.method for one in sandbox.mutating_requests] == ["POST", "POST"]
    of_both = stack.states_with_secrets()
    assert {name: state for name, state in of_both.items() if name not in MADE_LATER} == made

    sandbox.clear_requests()
    up = stack.up("--refresh", "--expect-no-changes", PATH=path)
    assert counts(up) == {"unchanged": 9}, up.output
    assert str(OLDEST_SDK.parent) in up.output
    assert sandbox.mutating_requests == []
    assert stack.states_with_secrets() == of_both
    destroy = stack.destroy(PATH=path)
    assert counts(destroy) == {"deleted": 9}, destroy.output
    assert len(sandbox.store.live_streams.list()) == len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1
    assert sandbox.store.signing_keys.list() == []
