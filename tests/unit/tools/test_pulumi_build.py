"""`python3 tools/pulumi` builds the engine, once, if no release of it can be downloaded."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from unit.tools.machine import FAKE_GO, TOOL, Machine, Outcome


def test_the_engine_is_built_if_no_release_can_be_downloaded(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    outcome = machine.run()
    programs = {file.name: file for file in outcome.directory.iterdir()}
    assert sorted(programs) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
        "pulumi-language-yaml",
        "pulumi-resource-pulumi-python",
    ]
    assert os.access(programs["pulumi-language-python-exec"], os.X_OK)
    assert machine.go_ran() == [
        "build cli True",
        "build language-python True",
        "build language-yaml True",
        "list cli True",
    ]
    assert "about five minutes" in outcome.err


def test_a_failed_build_shows_the_end_of_the_log_and_leaves_nothing(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    machine.environment["GO_DOES"] = "fail"
    outcome = machine.run()
    assert outcome.status == 1
    assert "`go build` failed" in outcome.err
    assert "go: the module is missing" in outcome.err
    assert [file.suffix for file in machine.cache.iterdir()] == [".lock"]


def test_the_remains_of_a_killed_build_are_not_taken_for_an_engine(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    machine.environment["GO_TAKES"] = "60"
    process = machine.start()
    while not list(machine.cache.glob("*/pulumi")):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    machine.environment["GO_TAKES"] = "0"
    directory = machine.run().directory
    assert (directory / "pulumi").read_text() == "a program"
    assert [file for file in machine.cache.iterdir() if file.is_dir()] == [directory]


def test_a_second_run_waits_for_a_build_under_way(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    machine.environment["GO_TAKES"] = "0.5"
    first = machine.start()
    while not machine.go_ran():
        time.sleep(0.01)
    second = machine.run()
    assert "waiting for it" in second.err
    assert second.directory == Outcome(first).directory
    assert len(set(machine.go_ran())) == len(machine.go_ran())


def test_an_engine_in_the_cache_is_found_at_once(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    built = machine.run().directory
    (machine.path / "go").unlink()

    def seconds() -> float:
        started = time.monotonic()
        outcome = machine.run()
        assert (outcome.directory, outcome.err) == (built, "")
        return time.monotonic() - started

    # 0.06 on a quiet machine, Python's own start included. The quickest of a few, for a loaded one is not quiet.
    assert min(seconds() for _ in range(5)) < 1


def test_a_changed_pin_leads_to_another_engine(machine: Machine, releases: Path) -> None:
    machine.has("go", FAKE_GO)
    releases.unlink()
    before = machine.run().directory
    with (machine.tool / "cli" / "go.sum").open("a") as pins:
        pins.write("example.com/module v1.0.0 h1:abc=\n")
    assert machine.run().directory != before


def test_without_pulumi_and_go_the_error_names_both_to_install(machine: Machine) -> None:
    outcome = machine.run()
    assert outcome.status == 1
    assert outcome.out == ""
    message = outcome.err.splitlines()[-1]
    assert "no `go` on PATH" in message
    assert "Install the Pulumi CLI" in message
    required = re.search(r"^go (.+)$", (TOOL / "cli" / "go.mod").read_text(), re.MULTILINE)
    assert required
    assert f"or install Go {required[1]} or newer" in message
