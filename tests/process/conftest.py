"""The dynamic provider's process, whose environment leads to a sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support.forked_python import forked
from support.provider_process import ProviderProcess, provider_process


@pytest.fixture
def provider(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    with provider_process(sandbox.environment(), forked("python")) as provider:
        yield provider
