"""A contender that is a Pulumi program: its stack, and the commands."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.contenders.contender import Contender, Prepared
from benchmarks.server import Server
from benchmarks.work import Operation, Work
from support.engine import Stack

COMMANDS: Mapping[Operation, Sequence[str]] = {
    "create": ("up", "--yes", "--skip-preview"),
    "second up": ("up", "--yes", "--skip-preview"),
    "preview": ("preview",),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "replace all": ("up", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
PROGRAMS = Path(__file__).parents[1] / "programs"
MOST_AT_ONCE = 32
"""What the providers are built for."""


class OnPulumi(Contender):
    """A program of Pulumi's.

    Args:
        name: the name and the title, with Pulumi as it is by itself.
        title: what the page calls it.
        parallel: Pulumi's `--parallel`; its own default otherwise, which is four for each core.
        checkpoints: whether Pulumi saves the state while it runs; else at the end only (docs/large-stacks.md), which is
            measured where it matters.
    """

    def __init__(self, name: str, title: str, parallel: int | None, *, checkpoints: bool) -> None:
        suffix = (f"-{parallel}" if parallel else "") + ("" if checkpoints else "-without-checkpoints")
        self.name = name + suffix
        self.title = (
            title
            + (f", `--parallel {parallel}`" if parallel else "")
            + ("" if checkpoints else ", without checkpoints")
        )
        self.floor = None if name == "nothing" else f"nothing{suffix}"
        self.at_once = min(parallel or 4 * (os.cpu_count() or 1), MOST_AT_ONCE)
        self.arguments = ["--parallel", str(parallel)] if parallel else []
        self.environ = {} if checkpoints else {"PULUMI_SKIP_CHECKPOINTS": "true"}
        if not checkpoints:
            self.ids = range(1000, self.ids.stop)

    @abstractmethod
    def program(self, work: Work, streams: Sequence[str], policy: str) -> str:
        """The program that declares all playback IDs with this access policy."""

    def prepare(self, folder: Path, work: Work, server: Server) -> Prepared:
        return _PreparedStack(self, folder, work, server)


class _PreparedStack(Prepared):
    def __init__(self, contender: OnPulumi, folder: Path, work: Work, server: Server) -> None:
        self._contender, self._work, self._streams = contender, work, server.streams
        self._stack = Stack(folder, {**server.environ, "PYTHONPATH": str(PROGRAMS), **contender.environ})
        self._write("public")
        self._stack.create()
        self.folder, self.environ = self._stack.program_folder, self._stack.environ
        self.state = self._stack.state_folder / ".pulumi" / "stacks" / "project" / "dev.json"

    def command(self, operation: Operation) -> Sequence[str]:
        if operation == "replace all":
            self._write("private")
        return ["pulumi", "--non-interactive", "--color=never", *COMMANDS[operation], *self._contender.arguments]

    def _write(self, policy: str) -> None:
        program = self._contender.program(self._work, self._streams, policy)
        (self._stack.program_folder / "Pulumi.yaml").write_text("name: project\nruntime: python\n")
        (self._stack.program_folder / "__main__.py").write_text(program)
