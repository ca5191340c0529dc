"""`make benchmark` runs, measures what it says, and writes its page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import benchmarks.__main__
from support import shortcuts
from support.engine import NEWEST_SDK

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
PAGES = PAGE.read_text(), (ROOT / "docs" / "large-stacks.md").read_text()
CONTENDERS = ["nothing-32", "dynamic-32", "native-32", "tutorial", "plain_requests", "vendor_sdk"]
IDS = 2
TURNS = re.compile(r"^round", flags=re.MULTILINE)


def arguments_for(folder: Path, *arguments: str) -> list[str]:
    page = folder / "page.md"
    if not page.exists():
        page.write_text(PAGE.read_text())
    options = [f"--ids={IDS}", "--latency=0.02", "--results", str(folder / "results.json"), "--page", str(page)]
    return [*options, "--contenders", *CONTENDERS, *arguments]


def benchmark(folder: Path, *arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "benchmarks", *arguments_for(folder, *arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_benchmark_measures_what_it_says_and_writes_its_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, because it takes long: each contender does everything."""
    # How long it takes is no matter here: in this process, Pulumi is spared some of its work, and what it starts, too.
    monkeypatch.setattr(sys, "executable", str(shortcuts.commands_of(NEWEST_SDK) / "python"))
    benchmarks.__main__.main(arguments_for(tmp_path, "--rounds=1"))
    assert len(TURNS.findall(capsys.readouterr().out)) == len(CONTENDERS)
    check_requests(tmp_path / "results.json")
    check_page(tmp_path)

    page = (tmp_path / "page.md").read_text()
    assert TURNS.findall(benchmark(tmp_path, "--rounds=1")) == []
    assert (tmp_path / "page.md").read_text() == page
    assert "6 turns are left for the next run." in benchmark(tmp_path, "--rounds=2", "--minutes=0")

    commands = [found for page in PAGES for found in re.findall(r"^\$ make benchmark ARGS='(.*)'$", page, re.MULTILINE)]
    assert len(commands) == 2
    for command in commands:
        assert "turns are left for the next run." in benchmark(tmp_path, *command.split(), "--minutes=0")


def check_requests(results: Path) -> None:
    samples = json.loads(results.read_text())["samples"]
    requests = {
        sample["contender"]: {operation: cost["requests"] for operation, cost in sample["measured"].items()}
        for sample in samples
    }
    assert list(requests) == CONTENDERS
    assert set(requests["nothing-32"].values()) == {0}
    each_by_itself = {"create": IDS, "refresh": IDS, "replace all": 2 * IDS, "destroy": IDS}
    assert requests["plain_requests"] == requests["vendor_sdk"] == each_by_itself
    assert requests["tutorial"] == {**each_by_itself, "second up": 0, "preview": 0}
    for ours in (requests["dynamic-32"], requests["native-32"]):
        assert [ours["second up"], ours["preview"], ours["refresh"], ours["destroy"]] == [0, 0, 1, IDS]
        assert ours["create"] >= IDS


def check_page(folder: Path) -> None:
    page, committed = (folder / "page.md").read_text(), PAGE.read_text()
    assert page.startswith(committed.partition("<!-- Measured:")[0])
    assert page.endswith(committed.rpartition("<!-- End")[2])
    assert "### 2 playback IDs on 1 stream, 0.02 s" in page
    assert len(re.findall(r"^\| native provider, `--parallel 32` \|", page, flags=re.MULTILINE)) == 2
    assert str(folder) not in page
    (plot,) = re.findall(r"!\[.*\]\((.*)\)", page.partition("<!-- Measured:")[2])
    assert ET.parse(folder / plot).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  # our own file
