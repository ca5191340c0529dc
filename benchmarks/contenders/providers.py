"""This package: its dynamic and its native provider."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders.on_pulumi import OnPulumi
from benchmarks.work import Work
from support.engine import ProviderUnderTest


class Ours(OnPulumi):
    """One of our providers."""

    def __init__(self, provider: ProviderUnderTest, parallel: int | None = None, *, checkpoints: bool = True) -> None:
        super().__init__(provider.name, f"{provider.name} provider", parallel, checkpoints=checkpoints)
        self._imports = provider.imports

    def program(self, work: Work, streams: Sequence[str], policy: str) -> str:
        return f"""{self._imports}
streams = {streams!r}
for number in range({work.ids}):
    stream_id = streams[number % len(streams)]
    fastpix.LivePlaybackId(f"camera-{{number:04}}", stream_id=stream_id, access_policy={policy!r})
"""
