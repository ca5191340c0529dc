"""The sandbox as Python programs use it: one object that is a running server, its data and its faults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.clock import SystemClock
from pulumi_fastpix.sandbox.data.store import Store
from pulumi_fastpix.sandbox.faults.fault import Fault
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.app import build_app
from pulumi_fastpix.sandbox.http.request_log import RequestLog
from pulumi_fastpix.sandbox.http.server import ServerThread, listen
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

    from pulumi_fastpix.sandbox.clock import Clock
    from pulumi_fastpix.sandbox.http.request_log import LoggedRequest


class Sandbox:
    """FastPix's live-stream API on this machine, served from construction until `close()`.

        with Sandbox() as sandbox:
            subprocess.run(command, env=os.environ | sandbox.environment())

    Args:
        data: the data file, made when there is none; None keeps everything in memory.
        port: where to listen on 127.0.0.1. With 0 it is the port the data file was first served on, so that
            its address stays the same, or one the kernel gives when that is taken or there is none yet.
        latency: seconds each request takes longer.
        seed: makes ids and the faults' chance the same on every run.
        faults: to begin with, after the latency.
        switches: what to answer where FastPix's own answer is not known.
        clock: the time that latency, windows and the request log go by.
        on_request: called with each finished request, on the server's thread.

    Attributes:
        store: the data, to look at and to change behind the API's back.
        faults: what goes wrong; may be changed while requests run.
        base_url: what clients use as their base URL, `/v1` included.
        access_token_id: the data file's first access token.
        moved_from: the port that the data file was first served on, when this time it is another.

    Raises:
        DataFileError: the data file cannot be used.
        PortError: the port cannot be had.
    """

    def __init__(
        self,
        data: str | os.PathLike[str] | None = None,
        *,
        port: int = 0,
        latency: float = 0.0,
        seed: int | None = None,
        faults: Iterable[Fault] = (),
        switches: Switches | None = None,
        clock: Clock | None = None,
        on_request: Callable[[LoggedRequest], None] | None = None,
    ) -> None:
        slowness = [Fault(kind="latency", seconds=latency)] if latency else []
        self.faults = Faults([*slowness, *faults], seed=seed)
        self._switches = (switches or Switches()).model_copy()
        self._request_log = RequestLog(on_request)
        self.store = Store(None if data is None else Path(data), seed=seed)
        try:
            remembered = self.store.remembered_port()
            listener = listen(port or remembered or 0, or_any=not port)
            chosen: int = listener.getsockname()[1]
            self.store.remember_port(chosen)
            self.moved_from = remembered if remembered not in {None, chosen} else None
            self.access_token_id = self.store.access_tokens.default().id
            self.base_url = f"http://127.0.0.1:{chosen}/v1"
            app = build_app(self.store, self.faults, self._request_log, clock or SystemClock(), self._switches)
            self._server = ServerThread(app, listener)
        except BaseException:
            self.store.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and close the data file. Late work of slow-finish faults is not done any more."""
        self._server.stop()
        self.store.close()

    @property
    def switches(self) -> Switches:
        """How it answers where FastPix's answer is not known; may be changed, one by one or all at once."""
        return self._switches

    @switches.setter
    def switches(self, positions: Switches) -> None:
        for name, position in positions:
            setattr(self._switches, name, position)

    @property
    def secret_key(self) -> str:
        """The secret key that goes with `access_token_id`, as it is now."""
        return self.store.access_tokens.get(self.access_token_id).secret

    def environment(self) -> dict[str, str]:
        """The environment variables that point a FastPix client, and this package's provider, here."""
        return {
            "FASTPIX_BASE_URL": self.base_url,
            "FASTPIX_USERNAME": self.access_token_id,
            "FASTPIX_PASSWORD": self.secret_key,
            # The provider refuses to talk to any other address while this is set.
            "FASTPIX_SANDBOX": self.base_url,
        }

    @property
    def requests(self) -> list[LoggedRequest]:
        """All requests to the API in the order of arrival, those in progress included."""
        return self._request_log.requests

    @property
    def mutating_requests(self) -> list[LoggedRequest]:
        """The requests that could have changed something."""
        return [request for request in self.requests if request.mutating]

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._request_log.clear()
