"""What a run announces is shown by `pulumi`, through both providers, on the oldest and the newest SDK."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES
from support.engine import NEWEST_SDK, OLDEST_SDK, Run, Stack

ON_UP = {
    "lost": (Fault(kind="drop", when="after", method="POST", times=1), ["Watching", "warning: .* taken for the one"]),
    "failed": (Fault(kind="status", status=500, method="POST", times=1), ["Watching", "warning: .* sent again"]),
    "throttled": (
        Fault(kind="status", status=429, retry_after=4, method="POST", times=1),
        ["waiting .*429, Retry-After: 4"],
    ),
}
"""What happens to the request for a resource, and what is then announced, as patterns."""


RUNS = ("waiting refresh", "refresh in an outage", "up in an outage", "creates")


@pytest.fixture(scope="module", params=[NEWEST_SDK, OLDEST_SDK], ids=["newest-sdk", "oldest-sdk"])
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """What each of `RUNS` printed; names of resources begin with the provider's."""
    assert request.param.is_dir(), "`make test` makes the environment this test needs"
    with Sandbox() as sandbox:
        environ = {**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "8"}
        stack = Stack(tmp_path_factory.mktemp("announcements"), environ, python=request.param)
        streams = {
            f"{provider}-{name}": sandbox.store.live_streams.create()
            for provider in MODULES
            for name in ("main", "another", *ON_UP)
        }

        def declare(*names: str) -> None:
            stack.write_program(
                BOTH_PROVIDERS
                + "".join(
                    f'{module}.LivePlaybackId("{provider}-{name}", stream_id="{streams[f"{provider}-{name}"]}")\n'
                    for provider, module in MODULES.items()
                    for name in names
                )
            )

        declare("main")
        stack.create()
        assert stack.up().status == 0
        for provider in MODULES:
            path = f"*/{streams[f'{provider}-main']}*"
            sandbox.faults.add(Fault(kind="status", status=429, retry_after=4, times=1, path=path))
        waiting = stack.refresh()
        assert waiting.status == 0, waiting.output

        sandbox.faults.add(Fault(kind="status", status=503))
        refresh = stack.refresh()
        assert refresh.status != 0
        declare("another")
        up = stack.up()
        assert up.status != 0

        sandbox.faults.clear()
        for name, (fault, _) in ON_UP.items():
            for provider in MODULES:
                sandbox.faults.add(replace(fault, path=f"*/{streams[f'{provider}-{name}']}/*"))
        declare(*ON_UP)
        creates = stack.up(*AT_ONCE)
        assert creates.status == 0, creates.output

        found = dict(zip(RUNS, (waiting, refresh, up, creates), strict=True))
        basic = base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()).decode()
        for run in found.values():
            assert [secret for secret in (sandbox.secret_key, basic) if secret in run.output] == []
        return found


def assert_announced(pattern: str, provider: str, name: str, run: Run) -> None:
    # The dynamic provider isn't told which resource it works on.
    said = run.said_of(f"native-{name}" if provider == "native" else "project-dev")
    found = [line.strip() for line in said.splitlines() if re.search(pattern, line)]
    assert found, run.output
    assert all(line.startswith(("FastPix: ", "warning: ")) for line in found)


@pytest.mark.parametrize("provider", MODULES)
def test_what_a_create_goes_through_is_announced(provider: str, runs: dict[str, Run]) -> None:
    for name, (_, announcements) in ON_UP.items():
        for pattern in announcements:
            assert_announced(pattern, provider, name, runs["creates"])


@pytest.mark.parametrize("provider", MODULES)
def test_waits_and_outages_are_announced_on_refresh_and_up(provider: str, runs: dict[str, Run]) -> None:
    assert_announced("waiting .*429, Retry-After: 4", provider, "main", runs["waiting refresh"])
    assert_announced("warning: no request to", provider, "main", runs["refresh in an outage"])
    assert_announced("warning: no request to", provider, "another", runs["up in an outage"])
