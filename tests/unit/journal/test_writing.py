"""A process's own file: written ahead, gone with the process, and no reason for a create to fail."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

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


UNWRITABLE = f"""
import resource, signal, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pulumi_fastpix.journal.writing import Journal
from pulumi_fastpix.journal.noted import NotedCreate

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
journal = Journal(Path(sys.argv[1]))

def create(number):
    with journal.creating(NotedCreate(str(number), {URN!r}, "LivePlaybackId", "mark")) as noting:
        noting.sending(list)
        noting.made("p")
        return number

with ThreadPoolExecutor({THREADS}) as pool:
    print(sum(pool.map(create, range(100))))
"""
"""Makes a hundred creates with a journal in a folder, of which each file may have so many bytes."""


@pytest.mark.parametrize(
    ("folder", "most_bytes", "reason"),
    [
        pytest.param("file/journal", 10**6, "Not a directory", id="no folder can be made"),
        pytest.param("journal", 1000, "", id="a line is cut off"),
        pytest.param("journal", 0, "File too large", id="there is no room at all"),
    ],
)
def test_a_journal_that_cannot_be_written_is_announced_once(
    tmp_path: Path, folder: str, most_bytes: int, reason: str
) -> None:
    """The limit of a file's size stands in for a full disk: both cut a line off, or refuse it."""
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-c", UNWRITABLE, str(tmp_path / folder), str(most_bytes)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(ended.stdout) == sum(range(100))
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"FastPix: warning: The journal in {tmp_path / folder} can't be written: {reason}")
    assert "Everything goes on without it" in line


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
