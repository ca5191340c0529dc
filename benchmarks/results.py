"""Keeps what was measured in a file that later runs go on with, because all of it takes hours."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import ROOT
from benchmarks.measuring import Measured
from benchmarks.work import Operation, Work


@dataclass(frozen=True)
class Circumstances:
    """Where and when something was measured."""

    date: str
    machine: str
    versions: str
    command: str
    commit: str


@dataclass(frozen=True)
class Sample:
    """One contender's turn at one work.

    Attributes:
        contender: its name.
        work: what it did.
        turn: counts from 1; the same turn of others was measured in the same round.
        measured: what each operation cost.
        state: bytes of what it remembered after creating.
        circumstances: the index in `Results.circumstances`.
    """

    contender: str
    work: Work
    turn: int
    measured: dict[Operation, Measured]
    state: int
    circumstances: int


@dataclass
class Results:
    """Everything that was measured so far."""

    samples: list[Sample]
    circumstances: list[Circumstances]

    @classmethod
    def load(cls, file: Path) -> Results:
        """The results in a file, or none."""
        if not file.exists():
            return cls([], [])
        stored = json.loads(file.read_text())
        samples = [
            Sample(
                **{
                    **sample,
                    "work": Work(**sample["work"]),
                    "measured": {name: Measured(**one) for name, one in sample["measured"].items()},
                }
            )
            for sample in stored["samples"]
        ]
        return cls(samples, [Circumstances(**each) for each in stored["circumstances"]])

    def save(self, file: Path) -> None:
        """Write all of it, so that an interrupted run loses one turn at most."""
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(self), indent=1))
        unfinished.replace(file)

    def has(self, contender: str, work: Work, turn: int) -> bool:
        return any((one.contender, one.work, one.turn) == (contender, work, turn) for one in self.samples)

    def begin(self, command: str) -> int:
        """Note the circumstances of a run; returns their index."""
        now = Circumstances(
            date=f"{datetime.now(timezone.utc):%Y-%m-%d}",
            machine=_machine(),
            versions=_versions(),
            command=command,
            commit=_first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        )
        if now not in self.circumstances:
            self.circumstances.append(now)
        return self.circumstances.index(now)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = os.cpu_count()
    return f"{cores} cores, {memory:.0f} GiB of memory, {platform.system()} on {platform.machine()}"


def _versions() -> str:
    from importlib.metadata import version  # noqa: PLC0415  # beside its only use

    pulumi, tofu = _first_line("pulumi", "version"), _first_line("tofu", "version")
    found = [f"Python {platform.python_version()}", f"Pulumi {pulumi} with SDK {version('pulumi')}", tofu]
    return ", ".join(part for part in found if part)


def _first_line(*command: str) -> str:
    """What a command says first; nothing if there is none."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return run.stdout.partition("\n")[0]
