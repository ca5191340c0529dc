"""Pulumi ends a provider process by SIGINT, whichever thread gets it, and kills it five seconds later."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.playback_ids import INPUTS
from support.provider_process import ProviderProcess

PULUMI_KILLS_AFTER_SECONDS = 5


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux lets the thread be chosen")
def test_a_signal_to_another_thread_ends_the_process_in_time(either: ProviderProcess) -> None:
    either.check({}, INPUTS)
    assert either.end_by_another_thread() < PULUMI_KILLS_AFTER_SECONDS - 1
