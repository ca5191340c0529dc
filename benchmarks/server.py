"""The sandbox in a process of its own, so that it takes no time from the interpreter that is measured."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.work import Work
from pulumi_fastpix.sandbox import LoggedRequest, Store
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency


@dataclass(frozen=True)
class Server:
    """A sandbox that other processes use.

    Attributes:
        environ: the variables that lead a program to it.
        streams: the streams of the work, without playback IDs in the beginning.
        store: its data.
    """

    environ: dict[str, str]
    streams: list[str]
    store: Store

    def policies(self) -> list[str]:
        """The access policy of each playback ID that there is."""
        return [one.access_policy for stream_id in self.streams for one in self.store.playback_ids.list(stream_id)]

    def forget_requests(self) -> None:
        self._ask("DELETE")

    def count_requests(self) -> tuple[int, int]:
        """How many requests have arrived, and how many of them were in progress at once."""
        arrived = [LoggedRequest(**logged) for logged in self._ask("GET").json()]
        return len(arrived), peak_concurrency(arrived)

    def _ask(self, method: str) -> requests.Response:
        url = f"{self.environ['FASTPIX_BASE_URL'].removesuffix('/v1')}/_sandbox/requests"
        credentials = self.environ["FASTPIX_USERNAME"], self.environ["FASTPIX_PASSWORD"]
        response = requests.request(method, url, auth=credentials, timeout=60)
        response.raise_for_status()
        return response


@contextmanager
def serving(folder: Path, work: Work) -> Iterator[Server]:
    """A server for this work, with its data in the folder."""
    data = folder / "sandbox.db"
    executable = Path(sys.executable).parent / "pulumi-fastpix"
    command = [str(executable), "sandbox", "--data", str(data), "--latency", str(work.latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            environ = _printed_variables(process)
            store = Store(data)
            streams = [store.live_streams.create() for _ in range(work.streams)]
            for stream_id in streams:
                for came_with_it in store.playback_ids.list(stream_id):
                    store.playback_ids.delete(stream_id, came_with_it.id)
            yield Server(environ, streams, store)
        finally:
            process.send_signal(signal.SIGTERM)


def _printed_variables(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the sandbox prints for a shell, the last of which tells programs that this is a sandbox."""
    environ: dict[str, str] = {}
    for line in process.stdout or ():
        name, _, value = line.removeprefix("export ").partition("=")
        (environ[name],) = shlex.split(value)
        if name == "FASTPIX_SANDBOX":
            return environ
    raise RuntimeError("The sandbox ended before it served.")
