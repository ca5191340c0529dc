"""The real engine and a sandbox: a stack for each test, through both providers."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from pulumi_fastpix.sandbox import Sandbox
from support import shortcuts
from support.cases import MODULES
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack, find_engine
from support.playback_ids import empty_stream
from support.programs import ONE_ID


@pytest.fixture(autouse=True, scope="session")
def engine(request: pytest.FixtureRequest) -> None:
    find_engine()
    if not request.config.getoption("without_shortcuts"):
        shortcuts.take()


@pytest.fixture(params=[DYNAMIC, NATIVE], ids=lambda provider: str(provider.name))
def provider(request: pytest.FixtureRequest) -> ProviderUnderTest:
    """Both providers have to keep the same promises."""
    return cast("ProviderUnderTest", request.param)


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> Stack:
    """A stack whose environment points to the sandbox, created and without a program."""
    stack = Stack(tmp_path, sandbox.environment(), provider)
    stack.write_program("")
    stack.create()
    return stack


@pytest.fixture
def stack_of_both(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """As `stack`, for programs that go both ways at once (`support.cases`)."""
    stack = Stack(tmp_path, sandbox.environment())
    stack.write_program("")
    stack.create()
    return stack


@pytest.fixture
def configured_stack(tmp_path: Path, sandbox: Sandbox, provider: ProviderUnderTest) -> Stack:
    """A stack whose configuration points to the sandbox, while its environment holds nothing of FastPix."""
    stack = Stack(tmp_path, provider=provider)
    stack.write_program(ONE_ID)
    stack.create()
    stack.configure_target(sandbox)
    return stack


@pytest.fixture
def streams(sandbox: Sandbox) -> dict[str, str]:
    """A stream without playback IDs for each provider, by its name."""
    return {provider: empty_stream(sandbox) for provider in MODULES}
