"""What the benchmark makes of its measurements: medians, the floor, the page and the plots."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.measuring import Measured
from benchmarks.page import BEGIN, END, write_page
from benchmarks.results import Circumstances, Results, Sample
from benchmarks.summary import Cell, summarise
from benchmarks.work import Work

SMALL, LARGE = Work(64, 0.1, 3), Work(640, 0.1, 32)


def sample(contender: str, seconds: float, requests: int = 0, turn: int = 1, work: Work = SMALL) -> Sample:
    return Sample(contender, work, turn, {"create": Measured(seconds, requests, 32, 2**20)}, 1500 * work.ids, 0)


def created(*samples: Sample) -> dict[str, Cell]:
    return {row.contender: row.cells["create"] for row in summarise(samples)[SMALL]}


@pytest.mark.parametrize(("pulumi_alone", "floor"), [(0.1, 0.3), (2.0, 2.0)])
def test_the_floor_is_what_the_slower_one_takes_pulumi_or_the_server(pulumi_alone: float, floor: float) -> None:
    """65 requests, 32 at once, wait for the server three times."""
    cells = created(sample("nothing-32", pulumi_alone), sample("dynamic-32", 3.0, requests=65))
    assert cells["dynamic-32"].floor == pytest.approx(floor)


def test_without_pulumi_alone_the_floor_is_not_known() -> None:
    cells = created(sample("nothing", 0.5), sample("native-32", 3.0, requests=65), sample("opentofu", 3.0, requests=65))
    assert cells["native-32"].floor is None
    assert cells["opentofu"].floor == pytest.approx(0.7)


def test_of_several_turns_the_median_counts() -> None:
    cell = created(*(sample("dynamic", seconds, 64, turn) for turn, seconds in enumerate((9.0, 1.0, 2.0), 1)))[
        "dynamic"
    ]
    assert (cell.median, cell.seconds) == (2.0, [1.0, 2.0, 9.0])


def test_results_are_the_same_after_they_were_stored(tmp_path: Path) -> None:
    results = Results(
        [sample("dynamic", 1.5, 64)], [Circumstances("2026-11-28", "2 cores", "", "make benchmark", "c0ffee")]
    )
    results.save(tmp_path / "new" / "results.json")
    assert Results.load(tmp_path / "new" / "results.json") == results


def test_the_page_keeps_its_words_and_gets_tables_and_a_plot_for_each_latency(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    samples = [
        sample("dynamic-32", 1.5, 64),
        sample("dynamic-32", 9.5, 640, work=LARGE),
        sample("nothing-32", 1.0, work=LARGE),
    ]
    for _ in range(2):
        write_page(page, Results(samples, []))
        text = page.read_text()
        assert text.startswith(f"before\n{BEGIN}\n")
        assert text.endswith(f"\n{END}\nafter\n")
        assert "old" not in text
        assert "| dynamic provider, `--parallel 32` | 9.5, 4.75 x |" in text
        assert "| dynamic provider, `--parallel 32` | 640, 32 | 1.5 KB | 1 MiB |" in text
        assert "![Seconds by number of playback IDs, 0.1 s for each request](page/0.1-seconds.svg)" in text
        ET.parse(tmp_path / "page" / "0.1-seconds.svg")  # noqa: S314  # our own file


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("words\n")
    with pytest.raises(ValueError, match="lacks the line"):
        write_page(page, Results([], []))
    assert page.read_text() == "words\n"
