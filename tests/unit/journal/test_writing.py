"""A process's own file: written ahead, gone with the process, and no reason for a create to fail."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from pulumi_fastpix.announce import announcing_through
from pulumi_fastpix.journal.files import files_in
from pulumi_fastpix.journal.noted import MOST_EXISTING, NotedCreate
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.journal.writing import Journal, journal_in

URN = "urn:pulumi:dev::project::fastpix:index:LivePlaybackId::main"
CREATE = NotedCreate("k", URN, "LivePlaybackId", "mark", stream_id="s", kind="public")
THREADS, PROCESSES = 32, 8

A_PROCESS = f"""
import os, signal, sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.journal.noted import NotedCreate

journal, process = Journal(Path(sys.argv[1])), sys.argv[2]

def create(number):
    noted = NotedCreate(f"{{process}}-{{number}}", {URN!r}, "LivePlaybackId", "mark", stream_id="s" * 500)
    with journal.creating(noted) as noting:
        noting.sending(lambda: ["before"])
        noting.made(f"made-{{process}}-{{number}}")

with ThreadPoolExecutor({THREADS}) as pool:
    list(pool.map(create, range(200)))
os.kill(os.getpid(), signal.SIGKILL)
"""


def events(folder: Path) -> list[str]:
    """The events in all files."""
    lines = [line for file in files_in(folder) for line in file.read_text().splitlines() if line]
    return [json.loads(line)["event"] for line in lines]


def test_each_step_is_noted_before_the_next(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal").creating(CREATE) as noting:
        assert events(tmp_path / "journal") == ["begun"]
        noting.sending(lambda: ["before"])
        noting.sending(lambda: ["later"])
        assert events(tmp_path / "journal") == ["begun", "existing", "sending"]
        noting.made("p")
        assert events(tmp_path / "journal") == ["begun", "existing", "sending", "made"]
    (found,) = LeftOver(tmp_path / "journal").creates
    assert (found.key, found.id, found.existing) == ("k", "p", frozenset({"before"}))
    assert found.begun_at.endswith("Z")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "journal"
    with Journal(folder).creating(CREATE):
        pass
    (file,) = files_in(folder)
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_nothing_is_written_without_a_create_or_a_urn(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    journal = Journal(folder)
    journal.note_recorded(URN, "p")
    assert journal.left_over(URN) == []
    with journal.creating(NotedCreate("k", "", "LivePlaybackId", "mark")) as noting:
        noting.sending(list)
        noting.made("p")
    journal.end()
    assert not folder.exists()


def ids(number: int) -> list[str]:
    return [str(one) for one in range(number)]


def test_what_existed_is_noted_once_and_unless_it_is_too_much(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for stream_id, number in (("few", MOST_EXISTING), ("many", MOST_EXISTING + 1), ("few", 3)):
        create = NotedCreate(stream_id, URN, "LivePlaybackId", "mark", stream_id=stream_id)
        with journal.creating(create) as noting:
            noting.sending(partial(ids, number))
    existing = {one.stream_id: one.existing for one in LeftOver(tmp_path).creates}
    assert len(existing["few"] or ()) == MOST_EXISTING
    assert existing["many"] is None


def in_a_process(folder: Path, steps: str) -> int:
    """Make a create in a process of its own, with these steps, and end it by SIGINT as Pulumi does."""
    program = f"""
import os, signal, threading, time
from pathlib import Path
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.journal.noted import NotedCreate

journal = Journal(Path({str(folder)!r}))

def create(during=lambda: None):
    with journal.creating(NotedCreate("k", {URN!r}, "LivePlaybackId", "mark")) as noting:
        noting.sending(list)
        during()
        noting.made("p")

{steps}
os.kill(os.getpid(), signal.SIGINT)
time.sleep(10)
"""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param("create()", [], id="idle"),
        pytest.param(
            "began = threading.Event()\n"
            "threading.Thread(target=create, args=[lambda: (began.set(), time.sleep(0.5))]).start()\n"
            "began.wait()",
            ["p"],
            id="amid a create",
        ),
        pytest.param("create()\njournal.outlive_pulumi()", ["p"], id="Pulumi was killed"),
    ],
)
def test_a_process_that_is_asked_to_end_removes_its_file(tmp_path: Path, steps: str, left: list[str]) -> None:
    assert in_a_process(tmp_path, steps) == -signal.SIGINT
    assert [one.id for one in LeftOver(tmp_path).creates] == left


def test_what_pulumi_knows_of_is_not_left_over(tmp_path: Path) -> None:
    killed = Journal(tmp_path)
    for key, urn, id_ in (("made", URN, "p"), ("in doubt", f"{URN}2", ""), ("other", f"{URN}3", "q")):
        with killed.creating(NotedCreate(key, urn, "LivePlaybackId", "mark")) as noting:
            noting.sending(list)
            if id_:
                noting.made(id_)
    journal = Journal(tmp_path)
    assert [one.key for one in journal.left_over(f"{URN}2")] == ["in doubt"]
    journal.note_recorded("as it is called now", "p")
    journal.note_recorded(f"{URN}2", "r")
    journal.note_recorded(f"{URN}3", "r")
    assert [one.key for one in LeftOver(tmp_path).creates] == ["other"]
    assert journal.left_over(f"{URN}2") == []


def a_file_in_its_place(folder: Path) -> None:
    folder.write_text("")


def full(folder: Path) -> None:
    """What is written to the only file that there may be goes to a device that is full."""
    folder.mkdir()


@pytest.mark.parametrize("break_", [a_file_in_its_place, full])
def test_a_journal_that_cannot_be_written_is_announced_once(
    tmp_path: Path, break_: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "journal"
    break_(folder)
    if break_ is full:
        monkeypatch.setattr("pulumi_fastpix.journal.writing.new_file", lambda _: Path("/dev/full"))
        monkeypatch.setattr("os.O_EXCL", 0)
    announced: list[str] = []
    lock = threading.Lock()

    def channel(severity: str, text: str) -> None:
        with lock:
            announced.append(f"{severity}: {text}")

    journal = Journal(folder)

    def create(number: int) -> None:
        with announcing_through(channel), journal.creating(CREATE) as noting:
            noting.sending(lambda: [str(number)])
            noting.made("p")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(create, range(100)))
    (text,) = announced
    reason = "No space left on device" if break_ is full else "File exists"
    assert text.startswith(f"warning: The journal in {folder} can't be written: {reason}. Everything goes on without")


def test_many_processes_with_many_threads_write_whole_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-c", A_PROCESS, str(tmp_path)]
    processes = [subprocess.Popen([*command, str(number)]) for number in range(PROCESSES)]
    assert [process.wait() for process in processes] == [-signal.SIGKILL] * PROCESSES
    assert len(files_in(tmp_path)) == PROCESSES
    assert sorted(set(events(tmp_path))) == ["begun", "existing", "made", "sending"]
    wanted = {
        (f"{process}-{number}", f"made-{process}-{number}") for process in range(PROCESSES) for number in range(200)
    }
    assert {(one.key, one.id) for one in LeftOver(tmp_path).creates} == wanted


def test_a_process_has_one_journal_for_each_folder(tmp_path: Path) -> None:
    assert journal_in(tmp_path) is journal_in(tmp_path)
    assert journal_in(None) is not journal_in(tmp_path)
