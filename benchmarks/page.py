"""Writes what was measured into a page, between two marks, so that the words around it stay a person's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.plots import plot
from benchmarks.results import Circumstances, Results
from benchmarks.summary import Cell, Row, summarise
from benchmarks.work import OPERATIONS, Work

BEGIN = "<!-- Measured: written by `make benchmark`, not by hand. -->"
END = "<!-- End of what was measured. -->"


def write_page(page: Path, results: Results) -> None:
    """Replace what stands between the marks, and the plots in the folder of the page's name.

    Raises:
        ValueError: the page lacks a mark.
    """
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks the line {BEGIN if not begin else END!r}.")
    rows = summarise(results.samples)
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    plots = []
    for latency in sorted({work.latency for work in rows}):
        drawn = folder / f"{latency:g}-seconds.svg"
        drawn.write_text(plot({work: its for work, its in rows.items() if work.latency == latency}))
        title = f"Seconds by number of playback IDs, {latency:g} s for each request"
        plots.append(f"![{title}]({folder.name}/{drawn.name})")
    parts = [before + begin, _circumstances(results.circumstances), *plots, tables(results), end]
    page.write_text("\n\n".join(parts) + after)


def tables(results: Results) -> str:
    """Two tables for each work."""
    return "\n\n".join(_section(work, rows) for work, rows in summarise(results.samples).items())


def _circumstances(runs: Sequence[Circumstances]) -> str:
    lines = [
        f"- {run.date}, at commit {run.commit}: {run.machine}; {run.versions}. Command: `{run.command}`" for run in runs
    ]
    return "\n".join(lines)


def _section(work: Work, rows: Sequence[Row]) -> str:
    turns = max(row.turns for row in rows)
    shown = [operation for operation in OPERATIONS if any(operation in row.cells for row in rows)]
    return "\n\n".join(
        [
            f"### {work.name}",
            f"Seconds: the median of {turns} rounds (shortest-longest), and how many times the floor that is."
            if turns > 1
            else "Seconds, and how many times the floor that is.",
            _table(("", *shown), [[_title(row), *(_seconds(row.cells.get(each)) for each in shown)] for row in rows]),
            "Requests, and the most of them at once; the state for each playback ID; the largest memory.",
            _table(
                ("", *shown, "state", "memory"),
                [
                    [_title(row), *(_requests(row.cells.get(each)) for each in shown), *_sizes(row)]
                    for row in rows
                    if any(cell.requests for cell in row.cells.values())
                ],
            ),
        ]
    )


def _title(row: Row) -> str:
    return CONTENDERS[row.contender].title


def _seconds(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    shortest, longest = cell.seconds[0], cell.seconds[-1]
    spread = f" ({shortest:.1f}-{longest:.1f})" if len(cell.seconds) > 1 else ""
    times = f", {cell.above_floor:.2f} x" if cell.above_floor else ""
    return f"{cell.median:.1f}{spread}{times}"


def _requests(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    return f"{cell.requests:,}, {cell.at_once}" if cell.requests else "0"


def _sizes(row: Row) -> list[str]:
    return [f"{row.state / 1000:.1f} KB", f"{row.memory / 2**20:.0f} MiB" if row.memory else "-"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
