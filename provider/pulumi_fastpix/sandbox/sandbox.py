"""The sandbox as a Python object: a running server, its data and its faults."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox.clock import SystemClock
from pulumi_fastpix.sandbox.data.store import Store
from pulumi_fastpix.sandbox.fastpix.stream_host import Viewer, refusal
from pulumi_fastpix.sandbox.faults.fault import Fault
from pulumi_fastpix.sandbox.faults.injection import Faults
from pulumi_fastpix.sandbox.http.app import build_app
from pulumi_fastpix.sandbox.http.request_log import RequestLog
from pulumi_fastpix.sandbox.http.server import ServerThread, listen
from pulumi_fastpix.sandbox.page.app import Page, with_page
from pulumi_fastpix.sandbox.page.guard import Guard, page_token, page_url
from pulumi_fastpix.sandbox.page.parts import Parts
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
        data: the data file, created if it does not exist; None keeps everything in memory.
        port: the port to listen on, at 127.0.0.1. With 0 it is the port that the data file was first served on, so
            that its base URL stays the same, or a free one if that port is in use or the data file is new.
        latency: seconds by which every response is delayed.
        seed: makes ids and the faults' chance the same on every run.
        faults: the faults to begin with, after the latency.
        switches: how to respond where FastPix's own response is not known.
        clock: the time that latency, rate limits and the request log go by.
        on_request: called with each finished request, on the server's thread.

    Attributes:
        store: the data, to be read and changed without a request.
        faults: the failures to simulate; may be changed while requests run.
        base_url: the base URL for clients, `/v1` included.
        page_url: the address of the page that shows the sandbox in a browser, with the token that opens it. Every
            sandbox on the same data file and port has the same one, until the access token gets another secret key.
        access_token_id: the id of the access token in `environment()`.
        moved_from: the port that the data file was first served on, if that was in use this time and no port was
            asked for; else None.

    Raises:
        DataFileError: the data file cannot be used.
        PortError: the port that was asked for cannot be used.
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
        delay = [Fault(kind="latency", seconds=latency)] if latency else []
        self.faults = Faults([*delay, *faults], seed=seed)
        self._switches = (switches or Switches()).model_copy()
        self._request_log = RequestLog(on_request)
        self.store = Store(data, seed=seed)
        with ExitStack() as if_this_fails:
            if_this_fails.callback(self.store.close)
            remembered = self.store.remembered_port()
            listener = if_this_fails.enter_context(listen(port or remembered or 0, or_any=not port))
            chosen: int = listener.getsockname()[1]
            self.store.remember_port(chosen)
            self.moved_from = remembered if not port and remembered != chosen else None
            self.access_token_id = self.store.access_tokens.default().id
            self.base_url = base_url(chosen)
            parts = Parts(
                store=self.store,
                faults=self.faults,
                request_log=self._request_log,
                switches=self._switches,
                clock=clock or SystemClock(),
            )
            self.page_url = page_url(chosen, self.secret_key)
            page = Page(Guard(page_token(self.secret_key), chosen), parts)
            app = build_app(parts.store, parts.faults, parts.request_log, parts.clock, parts.switches)
            self._server = ServerThread(with_page(app, page), listener)
            if_this_fails.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and close the data file. Work that slow-finish faults have yet to do is not done."""
        self._server.stop()
        self.store.close()

    @property
    def switches(self) -> Switches:
        """How the sandbox responds where FastPix's response is not known; may be changed one by one or all at once."""
        return self._switches

    @switches.setter
    def switches(self, positions: Switches) -> None:
        for name, position in positions:
            setattr(self._switches, name, position)

    @property
    def secret_key(self) -> str:
        """The current secret key of `access_token_id`; another one after `store.access_tokens.rotate_secret`."""
        return self.store.access_tokens.get(self.access_token_id).secret

    def environment(self) -> dict[str, str]:
        """The environment variables that point this package's provider at the sandbox.

        FastPix's SDKs for Python and Node read the credentials from them, but have to be given the address: as
        `server_url` and `serverURL`.
        """
        return environment(self.base_url, self.access_token_id, self.secret_key)

    @property
    def stream_url(self) -> str:
        """Where the sandbox's stream host is: `<stream_url>/<playback ID>.m3u8`."""
        return self.base_url.removesuffix("/v1")

    def can_watch(
        self,
        playback_id: str,
        *,
        token: str | None = None,
        origin: str | None = None,
        user_agent: str | None = "Mozilla/5.0",
    ) -> bool:
        """Whether the stream host lets a viewer watch by this playback ID right now.

        Args:
            playback_id: the playback ID.
            token: the token in the address, as `pulumi_fastpix.signing.playback_token` makes it.
            origin: the page that plays, such as `https://partner.example`; None for a player without one.
            user_agent: the header `User-Agent` of the player; None for a player that sends none.
        """
        viewer = Viewer(token=token, origin=origin, user_agent=user_agent)
        return refusal(playback_id, viewer, self.store, self._switches) is None

    @property
    def requests(self) -> list[LoggedRequest]:
        """All requests to the API in order of arrival, including those in progress."""
        return self._request_log.requests

    @property
    def mutating_requests(self) -> list[LoggedRequest]:
        """The requests with a method that can change something."""
        return [request for request in self.requests if request.mutating]

    def clear_requests(self) -> None:
        """Clear the list of requests; later ones go on counting."""
        self._request_log.clear()


def base_url(port: int) -> str:
    """The base URL of the sandbox at this port."""
    return f"http://127.0.0.1:{port}/v1"


def environment(base_url: str, access_token_id: str, secret_key: str) -> dict[str, str]:
    """The environment variables that point this package's provider at a sandbox."""
    return {
        "FASTPIX_BASE_URL": base_url,
        "FASTPIX_USERNAME": access_token_id,
        "FASTPIX_PASSWORD": secret_key,
        # While this is set, the provider refuses to connect to any other base URL.
        "FASTPIX_SANDBOX": base_url,
    }
