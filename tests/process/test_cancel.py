"""Pulumi's Cancel reaches both providers: fails if a newer SDK has moved what the dynamic one relies on for that.

`make test-floor` runs this on the oldest SDK, too.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix.dynamic.provider_process.cancel import call_on_cancel
from pulumi_fastpix.resources.base import CALLS_AT_ONCE
from pulumi_fastpix.sandbox import Fault, Sandbox
from support.playback_ids import INPUTS
from support.provider_process import ProviderProcess, ProviderProcessError


def test_cancel_ends_as_many_waiting_calls_as_pulumi_may_make(either: ProviderProcess, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="status", status=429, retry_after=60, method="POST"))
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        calls = [pool.submit(either.create, INPUTS) for _ in range(CALLS_AT_ONCE)]
        while len(sandbox.mutating_requests) < CALLS_AT_ONCE:
            time.sleep(0.01)
        either.cancel()
        for call in calls:
            with pytest.raises(ProviderProcessError, match="interrupted, so nothing new is sent"):
                call.result(20)
    assert len(sandbox.mutating_requests) == CALLS_AT_ONCE


def test_nothing_else_in_the_process_is_taken_for_cancel(provider: ProviderProcess, sandbox: Sandbox) -> None:
    """A delete is answered with the same empty message."""
    for _ in range(2):
        made, state = provider.create(INPUTS)
        provider.delete(made, state)
    assert len(sandbox.mutating_requests) == 4


def test_a_process_without_a_provider_of_ours_answers_cancel(provider: ProviderProcess) -> None:
    provider.cancel()


def test_outside_the_process_nothing_is_changed() -> None:
    call_on_cancel(lambda: None)
    assert not hasattr(sys.modules["__main__"], "empty_pb2")
