"""A dynamic provider as tutorials write it: what somebody without this package would begin with."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders.on_pulumi import PROGRAMS, OnPulumi
from benchmarks.work import Work


class Tutorial(OnPulumi):
    """A class in the program itself, which is pickled by value for each resource (programs/tutorial.py)."""

    ids = range(1, 201)  # beyond, it says no more and takes long

    def __init__(self) -> None:
        super().__init__("tutorial", "dynamic provider as in tutorials", None, checkpoints=True)

    def program(self, work: Work, streams: Sequence[str], policy: str) -> str:
        program = (PROGRAMS / "tutorial.py").read_text()
        return f"""{program}

streams = {streams!r}
for number in range({work.ids}):
    PlaybackId(f"camera-{{number:04}}", streams[number % len(streams)], {policy!r})
"""
