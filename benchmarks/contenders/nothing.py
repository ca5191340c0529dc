"""The floor: what Pulumi itself takes, with resources that do nothing."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders.on_pulumi import OnPulumi
from benchmarks.work import Work


class Nothing(OnPulumi):
    """A dynamic provider by reference, whose methods return at once (programs/nothing.py)."""

    makes_playback_ids = False

    def __init__(self, parallel: int | None = None, *, checkpoints: bool = True) -> None:
        super().__init__("nothing", "resources that do nothing", parallel, checkpoints=checkpoints)

    def program(self, work: Work, streams: Sequence[str], policy: str) -> str:
        return f"""import nothing

streams = {streams!r}
for number in range({work.ids}):
    nothing.Nothing(f"camera-{{number:04}}", streams[number % len(streams)], {policy!r})
"""
