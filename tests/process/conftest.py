"""Provider processes, whose environment leads to a sandbox."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.sandbox import Sandbox
from support.forked_python import forked
from support.provider_process import ProviderProcess, provider_process, serving


@pytest.fixture
def provider(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    """The dynamic provider's."""
    with provider_process(sandbox.environment(), forked("python")) as provider:
        yield provider


@pytest.fixture(params=["dynamic", "native"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[ProviderProcess]:
    """Each provider's in turn, a real process."""
    if request.param == "dynamic":
        with provider_process(sandbox.environment()) as process:
            yield process
    else:
        command = [sys.executable, "-c", "from pulumi_fastpix.native.serve import main; main()", "127.0.0.1:1"]
        with serving(command, sandbox.environment()) as process:
            yield process.of(f"urn:pulumi:dev::project::{LIVE_PLAYBACK_ID.native_type}::main", None)
