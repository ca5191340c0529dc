"""`python3 tools/pulumi`: where the engine comes from, as the person who runs it sees it.

Every test runs the real tool as a process, with a PATH that holds nothing but the fakes it put there.
"""

import hashlib
import http.server
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "pulumi"
NOWHERE = "http://127.0.0.1:1"  # nothing listens there, so it refuses at once
FAKE_GO = """
import os, pathlib, sys, time
log = pathlib.Path(os.environ["GO_LOG"])
with log.open("a") as file:
    print(sys.argv[1], os.path.basename(os.getcwd()), "-mod=readonly" in sys.argv, file=file)
if "fail" in os.environ.get("GO_DOES", ""):
    sys.exit("go: the module is gone")
if sys.argv[1] == "list":
    sdk = log.parent / "sdk"
    for script in "python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python":
        (sdk / script).parent.mkdir(parents=True, exist_ok=True)
        (sdk / script).write_text("a script")
    print(sdk)
else:
    program = pathlib.Path(sys.argv[sys.argv.index("-o") + 1], os.path.basename(sys.argv[-1]))
    program.write_text("half a program")
    time.sleep(float(os.environ.get("GO_TAKES", "0")))
    program.write_text("a program")
    program.chmod(0o755)
"""


class Machine:
    """A user's machine: a cache, a PATH with nothing on it yet, and a network that reaches nothing yet."""

    def __init__(self, home: Path) -> None:
        self.cache = home / "cache"
        self.path = home / "bin"
        self.path.mkdir()
        self.go_log = home / "go.log"
        self.go_log.touch()
        self.tool = TOOL
        self.environment = {
            "HOME": str(home),
            "PATH": str(self.path),
            "PULUMI_FASTPIX_CACHE": str(self.cache),
            "PULUMI_FASTPIX_RELEASES": NOWHERE,
            "GO_LOG": str(self.go_log),
        }

    def has(self, program: str, script: str = "", directory: Path | None = None) -> Path:
        """Puts a program on PATH, or into another directory."""
        file = (directory or self.path) / program
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!{sys.executable}\n{script}")
        file.chmod(0o755)
        return file

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, self.tool, *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str) -> "Outcome":
        return Outcome(self.start(*command))

    def go_ran(self) -> list[str]:
        return self.go_log.read_text().splitlines()


class Outcome:
    """What a finished run has said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.out, self.err = process.communicate(timeout=60)
        self.status = process.returncode

    @property
    def directory(self) -> Path:
        assert self.status == 0, self.err
        assert self.out.count("\n") == 1
        return Path(self.out.removesuffix("\n"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def releases(machine: Machine, tmp_path: Path) -> Iterator[Path]:
    """A host with one release for this machine, laid out as Pulumi's; yields the archive it serves."""
    served = tmp_path / "served"
    shutil.copytree(TOOL, tmp_path / "tool", ignore=shutil.ignore_patterns("__pycache__"))
    machine.tool = tmp_path / "tool"
    system = os.uname()
    architecture = {"x86_64": "x64", "aarch64": "arm64"}.get(system.machine, system.machine)
    version = re.search(r'VERSION = "(.+)"', (TOOL / "pinned.py").read_text())
    assert version
    archive = served / f"releases/sdk/pulumi-{version[1]}-{system.sysname.lower()}-{architecture}.tar.gz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as tar:
        for program in "pulumi", "pulumi-language-python":
            content = f"#!/bin/sh\necho released {program}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{program}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (machine.tool / "checksums.txt").write_text(f"{digest}  {archive.name}\n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(served))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        machine.environment["PULUMI_FASTPIX_RELEASES"] = f"http://127.0.0.1:{server.server_port}"
        yield archive
        server.shutdown()
        thread.join()


def test_the_pulumi_on_path_comes_first(machine: Machine, releases: Path) -> None:
    machine.has("pulumi", "print('v3.254.0')")
    machine.has("pulumi-language-python")
    machine.has("go", FAKE_GO)
    assert releases.exists()
    assert machine.run().directory == machine.path
    assert not machine.cache.exists()


def test_the_release_comes_before_a_build(machine: Machine, releases: Path) -> None:
    machine.has("go", FAKE_GO)
    directory = machine.run().directory
    assert sorted(file.name for file in directory.iterdir()) == ["pulumi", "pulumi-language-python"]
    assert subprocess.check_output([directory / "pulumi"], text=True) == "released pulumi\n"
    assert machine.go_ran() == []
    releases.unlink()
    assert machine.run().directory == directory, "it is downloaded once"


def test_where_no_release_can_be_reached_it_is_built(machine: Machine) -> None:
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


@pytest.mark.parametrize("version", ["v3.253.9", "v2.300.0", "no version at all"])
def test_an_old_or_broken_pulumi_on_path_is_passed_over(machine: Machine, version: str) -> None:
    pulumi = machine.has("pulumi", f"print({version!r})")
    machine.has("pulumi-language-python")
    machine.has("go", FAKE_GO)
    outcome = machine.run()
    assert outcome.directory.parent == machine.cache
    assert f"{pulumi} does not report version 3.254 or newer" in outcome.err


def test_a_pulumi_that_cannot_run_python_programs_is_passed_over(machine: Machine) -> None:
    machine.has("pulumi", "print('v4.0.0')")
    machine.has("go", FAKE_GO)
    outcome = machine.run()
    assert outcome.directory.parent == machine.cache
    assert "without pulumi-language-python" in outcome.err


def test_a_linked_pulumi_may_have_its_language_host_beside_the_real_file(machine: Machine, tmp_path: Path) -> None:
    real = machine.has("pulumi", "print('v3.300.1-alpha.1')", tmp_path / "opt")
    machine.has("pulumi-language-python", directory=tmp_path / "opt")
    (machine.path / "pulumi").symlink_to(real)
    assert machine.run().directory == machine.path


def test_an_archive_with_another_checksum_is_refused(machine: Machine, releases: Path) -> None:
    """Nothing of it is kept or run; the engine is built instead, where it can be."""
    with releases.open("ab") as archive:
        archive.write(b"one byte more")
    outcome = machine.run()
    assert outcome.status == 1
    assert "was refused: its SHA-256 is" in outcome.err
    machine.has("go", FAKE_GO)
    assert (machine.run().directory / "pulumi").read_text() == "a program"


def test_without_go_one_sentence_says_what_to_install(machine: Machine) -> None:
    outcome = machine.run()
    assert outcome.status == 1
    assert outcome.out == ""
    last = outcome.err.splitlines()[-1]
    assert "no `go` on PATH" in last
    assert "Install the Pulumi CLI" in last
    asked = re.search(r"^go (.+)$", (TOOL / "cli" / "go.mod").read_text(), re.MULTILINE)
    assert asked
    assert f"or install Go {asked[1]} or newer" in last


def test_a_failed_build_shows_the_end_of_the_log_and_leaves_nothing(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    machine.environment["GO_DOES"] = "fail"
    outcome = machine.run()
    assert outcome.status == 1
    assert "`go build` failed" in outcome.err
    assert "go: the module is gone" in outcome.err
    assert [file.suffix for file in machine.cache.iterdir()] == [".lock"]


def test_what_a_killed_build_leaves_is_not_taken_for_an_engine(machine: Machine) -> None:
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


def test_two_at_once_build_once(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    machine.environment["GO_TAKES"] = "0.5"
    first = machine.start()
    while not machine.go_ran():
        time.sleep(0.01)
    second = machine.run()
    assert "waiting for it" in second.err
    assert second.directory == Outcome(first).directory
    assert len(set(machine.go_ran())) == len(machine.go_ran())


def test_the_second_call_is_instant(machine: Machine) -> None:
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


def test_a_changed_pin_asks_for_another_engine(machine: Machine, releases: Path) -> None:
    machine.has("go", FAKE_GO)
    releases.unlink()
    before = machine.run().directory
    with (machine.tool / "cli" / "go.sum").open("a") as pins:
        pins.write("example.com/module v1.0.0 h1:abc=\n")
    assert machine.run().directory != before


def test_a_command_runs_with_the_engine_on_path(machine: Machine) -> None:
    """And with its own exit status, and able to be interrupted even if its caller was not."""
    machine.has("go", FAKE_GO)
    script = (
        "import os, shutil, signal, sys;"
        "print(os.path.dirname(shutil.which('pulumi')), signal.getsignal(signal.SIGINT) != signal.SIG_IGN);"
        "sys.exit(7)"
    )
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = machine.start(sys.executable, "-c", script)
    finally:
        signal.signal(signal.SIGINT, before)
    outcome = Outcome(process)
    assert outcome.status == 7
    assert outcome.out == f"{machine.run().directory} True\n"


def test_a_command_that_does_not_exist_is_a_sentence(machine: Machine) -> None:
    machine.has("go", FAKE_GO)
    outcome = machine.run("no-such-command")
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1] == "pulumi engine: no-such-command cannot be run: No such file or directory."


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    version = re.search(r'VERSION = "(.+)"', (TOOL / "pinned.py").read_text())
    assert version
    assert f"require github.com/pulumi/pulumi/pkg/v3 {version[1]}\n" in (TOOL / "cli" / "go.mod").read_text()
    archives = re.findall(r"^[0-9a-f]{64}  (.+)$", (TOOL / "checksums.txt").read_text(), re.MULTILINE)
    assert archives == [
        f"pulumi-{version[1]}-{platform}.tar.gz"
        for platform in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64")
    ]
