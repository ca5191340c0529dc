"""From samples to the numbers that are shown: medians, spread, and the floor beside each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.results import Sample
from benchmarks.work import Operation, Work


@dataclass(frozen=True)
class Cell:
    """One contender at one operation of one work.

    Attributes:
        seconds: of each turn, the shortest first.
        requests: the median of the turns, and so on.
        floor: the least time possible in seconds, measured in the same run; None where that isn't known.
    """

    seconds: Sequence[float]
    requests: int
    at_once: int
    memory: int
    floor: float | None

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def above_floor(self) -> float | None:
        return self.median / self.floor if self.floor else None


@dataclass(frozen=True)
class Row:
    """One contender at one work.

    Attributes:
        contender: its name.
        turns: how many there were.
        cells: by operation.
        state: bytes of what it remembers, for each playback ID.
        memory: the most that it had resident in any operation, in bytes.
    """

    contender: str
    turns: int
    cells: Mapping[Operation, Cell]
    state: float

    @property
    def memory(self) -> int:
        return max(cell.memory for cell in self.cells.values())


def summarise(samples: Sequence[Sample]) -> dict[Work, list[Row]]:
    """The rows of each work, in the order of the contenders."""
    turns: dict[tuple[Work, str | None], list[Sample]] = defaultdict(list)
    for sample in samples:
        turns[sample.work, sample.contender].append(sample)
    rows: dict[Work, list[Row]] = defaultdict(list)
    for work in sorted({sample.work for sample in samples}):
        for name, contender in CONTENDERS.items():
            own = turns.get((work, name), [])
            if own:
                rows[work].append(_row(own, turns.get((work, contender.floor), []), contender))
    return rows


def _row(own: Sequence[Sample], idle: Sequence[Sample], contender: Contender) -> Row:
    work, cells = own[0].work, {}
    for operation in own[0].measured:
        costs = [sample.measured[operation] for sample in own]
        requests = round(median(cost.requests for cost in costs))
        waiting = math.ceil(requests / contender.at_once) * work.latency
        pulumi_alone = [median(sample.measured[operation].seconds for sample in idle)] if idle else []
        cells[operation] = Cell(
            seconds=sorted(cost.seconds for cost in costs),
            requests=requests,
            at_once=round(median(cost.at_once for cost in costs)),
            memory=round(median(cost.memory for cost in costs)),
            floor=max([waiting, *pulumi_alone]) if idle or contender.floor is None else None,
        )
    return Row(own[0].contender, len(own), cells, median(sample.state for sample in own) / work.ids)
