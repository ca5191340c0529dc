"""A process writes its journal ahead, in whole lines, from many threads; and goes on without one, saying so once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.announce import announcing_through
from pulumi_fastpix.journal.files import files_in, is_being_written
from pulumi_fastpix.journal.noted import MOST_EXISTING
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.journal.writing import Journal, journal_in
from support.noted import NOTED, create
from unit.journal.conftest import EXISTING, WITH_SUPPORT, Start, make, send


def lines(folder: Path) -> list[dict[str, Any]]:
    """What was written, of all files; each line has to be whole."""
    return [json.loads(line) for file in files_in(folder) for line in file.read_bytes().splitlines() if line]


@contextmanager
def warnings() -> Iterator[list[str]]:
    said: list[str] = []
    with announcing_through(lambda severity, text: said.append(f"{severity}: {text}")):
        yield said


def test_a_create_is_noted_ahead_and_step_by_step(journal: Journal, folder: Path) -> None:
    with journal.creating(NOTED) as noting:
        assert [line["event"] for line in lines(folder)] == ["begun"]
        (one,) = LeftOver(folder).creates
        assert (one.key, one.is_sent, one.begun_at[-1]) == (NOTED.key, False, "Z")
        send(noting)
        assert [line["event"] for line in lines(folder)] == ["begun", "existing", "sending"]
        send(noting, ("not", "asked", "again"))
        noting.made("id-1")
    assert [line["event"] for line in lines(folder)] == ["begun", "existing", "sending", "made"]
    (one,) = LeftOver(folder).creates
    assert (one.is_sent, one.id, one.existing) == (True, "id-1", frozenset(EXISTING))


def test_what_has_made_nothing_is_noted_as_never_sent(journal: Journal, folder: Path) -> None:
    with journal.creating(NOTED) as noting:
        send(noting)
        noting.made_nothing()
    assert [one.is_sent for one in LeftOver(folder).creates] == [False]


def test_nothing_is_written_without_a_create_or_a_urn_or_a_journal(journal: Journal, folder: Path) -> None:
    assert journal.left_over(NOTED.urn) == []
    journal.note_recorded(NOTED.urn, "id-1")
    make(journal, replace(NOTED, urn=""))
    journal.end()
    assert not folder.exists()
    make(Journal(None), NOTED)
    assert not folder.exists()


def test_only_the_owner_may_read_it_and_others_see_that_its_process_lives(journal: Journal, folder: Path) -> None:
    make(journal, NOTED)
    (file,) = files_in(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert is_being_written(file)


def test_each_list_is_noted_once_and_a_long_one_never(journal: Journal, folder: Path) -> None:
    many = tuple(str(number) for number in range(MOST_EXISTING + 1))
    of_another = replace(create(3), stream_id="another")
    for one, listed in ((create(1), EXISTING), (create(2), many), (of_another, many)):
        with journal.creating(one) as noting:
            send(noting, listed)
    at_most = replace(create(4), stream_id="at most")
    with journal.creating(at_most) as noting:
        send(noting, many[1:])
    assert [(line["list"][2], len(line["ids"])) for line in lines(folder) if line["event"] == "existing"] == [
        (NOTED.stream_id, 2),
        ("at most", MOST_EXISTING),
    ]
    assert [one.existing and len(one.existing) for one in LeftOver(folder).creates] == [2, 2, None, MOST_EXISTING]


def test_the_file_goes_at_the_end(journal: Journal, folder: Path) -> None:
    journal.end()
    make(journal, NOTED)
    journal.end()
    assert files_in(folder) == []
    journal.end()


def test_the_file_stays_at_an_end_amid_a_create(journal: Journal, folder: Path) -> None:
    make(journal, create(1))
    with journal.creating(create(2)):
        journal.end()
        assert len(LeftOver(folder).creates) == 2
    journal.end()
    assert files_in(folder) == []


def test_the_file_stays_if_pulumi_was_killed(folder: Path) -> None:
    journal = Journal(folder)
    make(journal, NOTED)
    journal.outlive_pulumi()
    journal.end()
    assert len(files_in(folder)) == 1


def test_a_create_that_fails_is_no_longer_under_way(journal: Journal, folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), journal.creating(NOTED):
        raise ZeroDivisionError
    journal.end()
    assert files_in(folder) == []


def test_one_folder_has_one_journal_in_a_process(folder: Path) -> None:
    assert journal_in(folder) is journal_in(Path(str(folder)))
    assert journal_in(None) is journal_in(None)


@pytest.mark.parametrize("where", ["a file", "below a file", "too long a name", "/dev/null", "/dev/full"])
def test_where_nothing_can_be_written_everything_goes_on_with_one_warning(where: str, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    folder = {"below a file": tmp_path / "a file" / "journal", "too long a name": tmp_path / ("x" * 300)}.get(
        where, tmp_path / where
    )
    journal = Journal(folder)
    with warnings() as said:
        assert journal.left_over(NOTED.urn) == []
        journal.note_recorded(NOTED.urn, "id-1")
        for number in range(3):
            make(journal, create(number))
        journal.end()
    (sentence,) = said
    assert f"warning: The journal in {folder} can't be written: " in sentence
    assert "FASTPIX_JOURNAL" in sentence


LIMITED = """
import resource, sys
from pathlib import Path
from pulumi_fastpix.journal.writing import Journal
from support.noted import create
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
journal = Journal(Path(sys.argv[1]))
for number in range(50):
    with journal.creating(create(number)) as noting:
        noting.sending(tuple)
        noting.made(f"id-{number}")
sys.stderr.flush()
journal.outlive_pulumi()
print("all made", end="")
"""


def test_a_full_disk_ends_the_journal_and_nothing_else(folder: Path) -> None:
    """A limit on the size of files stands in for one."""
    completed = subprocess.run(
        [sys.executable, "-c", LIMITED, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | WITH_SUPPORT,
    )
    assert completed.stdout == "all made", completed.stderr
    assert completed.stderr.count("FastPix: warning: The journal in") == completed.stderr.count("\n") == 1
    (file,) = files_in(folder)
    assert file.stat().st_size == 1000
    creates = LeftOver(folder).creates
    assert 0 < len(creates) < 50
    # Of the last one a line may be cut off; all before it are whole.
    assert [one.id for one in creates[:-1]] == [f"id-{number}" for number in range(len(creates) - 1)]


THREADS, PROCESSES, CREATES = 32, 8, 20

WRITES = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pulumi_fastpix.journal.writing import journal_in
from support.noted import create

journal = journal_in(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()

def make(number):
    one = create(f"{{sys.argv[2]}}-{{number}}", f"name-{{sys.argv[2]}}-{{number}}")
    with journal.creating(one) as noting:
        noting.sending(lambda: [str(listed) for listed in range(1000)])
        noting.made(f"id-{{sys.argv[2]}}-{{number}}")
    journal.note_recorded(one.urn, "of nobody")

with ThreadPoolExecutor({THREADS}) as pool:
    for done in [pool.submit(make, number) for number in range({THREADS * CREATES})]:
        done.result()
print("made", flush=True)
sys.stdin.read()
"""


def test_many_threads_of_many_processes_write_whole_lines(folder: Path, start: Start) -> None:
    writers = [start(WRITES, folder, process) for process in range(PROCESSES)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "made\n"
    assert len(files_in(folder)) == PROCESSES
    assert all(map(is_being_written, files_in(folder)))
    for writer in writers:
        writer.kill()
        writer.wait()
    every = lines(folder)
    assert PROCESSES <= [line["event"] for line in every].count("existing") <= PROCESSES * THREADS
    made = {one.id for one in LeftOver(folder).creates if one.is_sent and one.existing}
    assert made == {f"id-{process}-{number}" for process in range(PROCESSES) for number in range(THREADS * CREATES)}


def test_a_failing_disk_is_announced_once_by_many_threads(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal, said, barrier = Journal(tmp_path / "file"), list[str](), threading.Barrier(THREADS)

    def one(number: int) -> None:
        with announcing_through(lambda _, text: said.append(text)):
            barrier.wait(60)
            make(journal, create(number))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(THREADS)))
    assert len(said) == 1
