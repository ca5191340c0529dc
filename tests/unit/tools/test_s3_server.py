"""`python3 tools/pulumi/s3_server.py` builds an S3-compatible server for tests, once."""

from __future__ import annotations

from unit.tools.machine import FAKE_GO, TOOL, Machine


def test_it_is_built_once_from_modules_of_known_hashes(machine: Machine) -> None:
    machine.tool = TOOL / "s3_server.py"
    go = machine.has("go", FAKE_GO)
    built = machine.run()
    assert built.directory.read_text() == "a program"
    assert built.directory.is_relative_to(machine.cache)
    go.unlink()
    again = machine.run()
    assert (again.directory, again.err) == (built.directory, "")
    assert machine.go_ran() == ["build s3-server True"]


def test_without_go_it_says_what_is_missing(machine: Machine) -> None:
    machine.tool = TOOL / "s3_server.py"
    missing = machine.run()
    assert (missing.status, missing.out) == (1, "")
    assert "Install Go" in missing.err
    assert "state in S3-compatible storage isn't tested" in missing.err


def test_a_failed_build_shows_the_end_of_the_log(machine: Machine) -> None:
    machine.tool = TOOL / "s3_server.py"
    machine.has("go", FAKE_GO)
    machine.environment["GO_DOES"] = "fail"
    failed = machine.run()
    assert failed.status == 1
    assert "go: the module is missing" in failed.err
    assert "isn't tested" in failed.err
    assert "Pulumi CLI" not in failed.err
