"""Draws seconds by number of playback IDs as SVG, readable on a light and on a dark page, without a library to plot."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from benchmarks.contenders import CONTENDERS
from benchmarks.summary import Row
from benchmarks.work import OPERATIONS, Operation, Work

WIDTH, HEIGHT = 320, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 10, 28, 26
"""The room around the lines in each panel."""
COLUMNS, LEGEND_ROW = 3, 18
COLOURS: Mapping[str, str] = {
    "nothing": "grey",
    "dynamic": "blue",
    "native": "orange",
    "tutorial": "red",
    "opentofu": "purple",
    "plain_requests": "green",
    "vendor_sdk": "brown",
}
"""By the first part of a contender's name; the others of one kind have dashes."""
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 12px }
.axis { stroke: #d0d7de }
path { fill: none; stroke-width: 2 }
.grey { stroke: #8c959f } .blue { stroke: #0969da } .orange { stroke: #d4730a } .red { stroke: #cf222e }
.purple { stroke: #8250df } .green { stroke: #1a7f37 } .brown { stroke: #9a6700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.axis { stroke: #3d444d }
.grey { stroke: #768390 } .blue { stroke: #58a6ff } .orange { stroke: #f0883e } .red { stroke: #ff7b72 }
.purple { stroke: #d2a8ff } .green { stroke: #56d364 } .brown { stroke: #e3b341 }
}
"""


class Scale:
    """A logarithmic axis: from values to places in a panel.

    Args:
        values: all that are to be shown.
        first: the place of the least.
        last: the place of the largest.
    """

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self.least, self.largest = min(values), max(values)
        self._first, self._last = first, last

    def __call__(self, value: float) -> float:
        span = math.log(self.largest / self.least) or 1.0
        return self._first + (self._last - self._first) * math.log(value / self.least) / span

    def ticks(self) -> list[float]:
        """The round values within: 1, 2 and 5 of each power of ten."""
        powers = range(math.floor(math.log10(self.least)), math.ceil(math.log10(self.largest)) + 1)
        return [
            tick for power in powers for digit in (1, 2, 5) if self.least <= (tick := digit * 10**power) <= self.largest
        ]


def plot(rows: Mapping[Work, Sequence[Row]]) -> str:
    """One panel for each operation, one line for each contender."""
    shown = [one for one in OPERATIONS if any(one in row.cells for its in rows.values() for row in its)]
    names = [name for name in CONTENDERS if any(row.contender == name for its in rows.values() for row in its)]
    panels = [
        f'<g transform="translate({index % COLUMNS * WIDTH},{index // COLUMNS * HEIGHT})">'
        f"{''.join(_panel(operation, rows, names))}</g>"
        for index, operation in enumerate(shown)
    ]
    top = math.ceil(len(shown) / COLUMNS) * HEIGHT
    width, height = COLUMNS * WIDTH, top + math.ceil(len(names) / COLUMNS) * LEGEND_ROW + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<style>{STYLE}</style>{''.join(panels)}{''.join(_legend(names, top))}</svg>\n"
    )


def _panel(operation: Operation, rows: Mapping[Work, Sequence[Row]], names: Sequence[str]) -> Iterator[str]:
    points = {
        name: [(work.ids, row.cells[operation].median) for work, its in sorted(rows.items()) for row in its
               if row.contender == name and operation in row.cells]
        for name in names
    }  # fmt: skip
    every = [point for line in points.values() for point in line]
    across = Scale([ids for ids, _ in every], LEFT, WIDTH - RIGHT)
    up = Scale([seconds for _, seconds in every], HEIGHT - BOTTOM, TOP)
    yield f'<text class="title" x="{LEFT}" y="16">{escape(operation)}, seconds</text>'
    for tick in up.ticks():
        yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(tick):.1f}" y2="{up(tick):.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{up(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for ids in sorted({ids for ids, _ in every}):
        yield f'<text x="{across(ids):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{ids:,}</text>'
    for name, line in points.items():
        places = [(across(ids), up(seconds)) for ids, seconds in line]
        if len(places) == 1:
            places.append((places[0][0] - 8, places[0][1]))
        for (x1, y1), (x2, y2) in pairwise(places):
            yield f"<path {_style(name)} d='M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}'/>"


def _legend(names: Sequence[str], top: int) -> Iterator[str]:
    for index, name in enumerate(names):
        x, y = index % COLUMNS * WIDTH + 10, top + index // COLUMNS * LEGEND_ROW + 10
        yield f"<path {_style(name)} d='M{x} {y} h28'/>"
        yield f'<text x="{x + 36}" y="{y + 4}">{escape(CONTENDERS[name].title.replace("`", ""))}</text>'


def _style(name: str) -> str:
    """A contender's colour; dashes for Pulumi's default parallelism, dots without checkpoints."""
    family, _, rest = name.partition("-")
    dashes = {"": "6 3", "32": ""}.get(rest, "1 4") if family in ("nothing", "dynamic", "native") else ""
    return f"class='{COLOURS[family]}'" + (f" stroke-dasharray='{dashes}'" if dashes else "")
