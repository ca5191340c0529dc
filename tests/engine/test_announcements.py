"""What a run announces is shown by `pulumi`, through both providers, on the oldest and the newest SDK."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, GIVES_UP_SOON, MODULES
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack

ON_UP = {
    "lost": (Fault(kind="drop", when="after", method="POST", times=1), ["Watching", "warning: .* taken for the one"]),
    "failed": (Fault(kind="status", status=500, method="POST", times=1), ["Watching", "warning: .* sent again"]),
    "throttled": (
        Fault(kind="status", status=429, retry_after=3, method="POST", times=1),
        ["waiting .*429, Retry-After: 3"],
    ),
}
"""What happens to the request for a resource, and what is then announced, as patterns."""


def assert_announced(pattern: str, provider: str, name: str, run: Run) -> None:
    # The dynamic provider isn't told which resource it works on.
    said = run.said_of(f"native-{name}" if provider == "native" else "project-dev")
    found = [line.strip() for line in said.splitlines() if re.search(pattern, line)]
    assert found, run.output
    assert all(line.startswith(("FastPix: ", "warning: ")) for line in found)


@pytest.mark.parametrize("python", [NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def test_what_creates_go_through_and_waits_and_outages_are_announced(
    python: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    assert python.is_dir(), "`make test` makes the environment this test needs"
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "8"}, python=python)
    names = ("main", *ON_UP)
    streams = {
        (provider, name): sandbox.store.live_streams.create() for provider in MODULES for name in (*names, "another")
    }

    def declare(*names: str) -> None:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f'{module}.LivePlaybackId("{provider}-{name}", stream_id="{streams[provider, name]}")\n'
                for provider, module in MODULES.items()
                for name in names
            )
        )

    declare(*names)
    stack.create()
    for provider in MODULES:
        for name, (fault, _) in ON_UP.items():
            sandbox.faults.add(replace(fault, path=f"*/{streams[provider, name]}/*"))
    creates = stack.up(*AT_ONCE)
    assert creates.status == 0, creates.output

    sandbox.faults.clear()
    for provider in MODULES:
        path = f"*/{streams[provider, 'main']}*"
        sandbox.faults.add(Fault(kind="status", status=429, retry_after=3, times=1, path=path))
    waiting = stack.refresh("--target=**::*-main")
    assert waiting.status == 0, waiting.output

    sandbox.faults.add(Fault(kind="status", status=503))
    refresh = stack.refresh("--target=**::*-main", **GIVES_UP_SOON)
    assert refresh.status != 0
    declare(*names, "another")
    up = stack.up(**GIVES_UP_SOON)
    assert up.status != 0

    for provider in MODULES:
        for name, (_, announcements) in ON_UP.items():
            for pattern in announcements:
                assert_announced(pattern, provider, name, creates)
        assert_announced("waiting .*429, Retry-After: 3", provider, "main", waiting)
        assert_announced("warning: no request to", provider, "main", refresh)
        assert_announced("warning: no request to", provider, "another", up)
    basic = base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()).decode()
    for run in (creates, waiting, refresh, up):
        assert [secret for secret in (sandbox.secret_key, basic) if secret in run.output] == []
