"""What a run announces is shown by `pulumi`, through both providers, on the oldest and the newest SDK."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.engine import NATIVE, NEWEST_SDK, OLDEST_SDK, ProviderUnderTest, Run, Stack

ON_UP = {
    "lost": (Fault(kind="drop", when="after", method="POST", times=1), ["Watching", "warning: .* taken for the one"]),
    "failed": (Fault(kind="status", status=500, method="POST", times=1), ["Watching", "warning: .* sent again"]),
    "throttled": (
        Fault(kind="status", status=429, retry_after=4, method="POST", times=1),
        ["waiting .*429, Retry-After: 4"],
    ),
}
"""What happens to the request for a resource, and what is then announced, as patterns."""


def lines_about(resource: str, run: Run) -> list[str]:
    """The lines below "Diagnostics:" that belong to a resource."""
    found = re.search(rf"^  \S+ \({re.escape(resource)}\):\n((?:(?:    .*)?\n)+)", run.diagnostics, flags=re.MULTILINE)
    return [line.strip() for line in found.group(1).splitlines()] if found else []


@pytest.fixture(params=[NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def stack(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> Stack:
    assert request.param.is_dir(), "`make test` makes the environment this test needs"
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "8"}, provider, request.param)
    stack.write_program("")
    stack.create()
    return stack


def assert_announced(pattern: str, resource: str, run: Run, stack: Stack, sandbox: Sandbox) -> None:
    # The dynamic provider isn't told which resource it works on.
    place = resource if stack.provider is NATIVE else "project-dev"
    found = [line for line in lines_about(place, run) if re.search(pattern, line)]
    assert found, run.output
    assert all(line.startswith(("FastPix: ", "warning: ")) for line in found)
    basic = base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()).decode()
    assert [secret for secret in (sandbox.secret_key, basic) if secret in run.output] == []


def test_what_a_create_goes_through_is_announced(stack: Stack, sandbox: Sandbox) -> None:
    streams = {name: sandbox.store.live_streams.create() for name in ON_UP}
    for name, (fault, _) in ON_UP.items():
        sandbox.faults.add(replace(fault, path=f"*/{streams[name]}/*"))
    stack.write_program(f"""
for name, stream in {streams}.items():
    fastpix.LivePlaybackId(name, stream_id=stream)
""")
    up = stack.up()
    assert up.status == 0, up.output
    for name, (_, announcements) in ON_UP.items():
        for pattern in announcements:
            assert_announced(pattern, name, up, stack, sandbox)


def test_waits_and_outages_are_announced_on_refresh_and_up(stack: Stack, sandbox: Sandbox) -> None:
    ours, another = sandbox.store.live_streams.create(), sandbox.store.live_streams.create()
    stack.write_program(f'fastpix.LivePlaybackId("main", stream_id="{ours}")')
    assert stack.up().status == 0

    sandbox.faults.add(Fault(kind="status", status=429, retry_after=4, times=1))
    refresh = stack.refresh()
    assert refresh.status == 0, refresh.output
    assert_announced("waiting .*429, Retry-After: 4", "main", refresh, stack, sandbox)

    sandbox.faults.add(Fault(kind="status", status=503))
    refresh = stack.refresh()
    assert refresh.status != 0
    assert_announced("warning: no request to", "main", refresh, stack, sandbox)
    stack.write_program(f'fastpix.LivePlaybackId("another", stream_id="{another}")')
    up = stack.up()
    assert up.status != 0
    assert_announced("warning: no request to", "another", up, stack, sandbox)
