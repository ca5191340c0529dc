"""A plain HTTP client for a sandbox."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox import Sandbox


def connected(sandbox: Sandbox) -> socket.socket:
    """A connection to the sandbox, for requests that no client library sends."""
    return socket.create_connection(("127.0.0.1", int(sandbox.base_url.split(":")[2].removesuffix("/v1"))), timeout=10)


class Client(requests.Session):
    """A session with one sandbox and its credentials; paths are relative to the base URL."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.auth = (sandbox.access_token_id, sandbox.secret_key)
        self.trust_env = False  # no proxy and no .netrc of the user who runs the tests
        self.base_url = sandbox.base_url

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 10)
        kwargs.setdefault("allow_redirects", False)
        address = url if url.startswith("http") else self.base_url + url
        return super().request(method, address, *args, **kwargs)


class Browser(requests.Session):
    """What a browser sends and keeps, once it has opened the page of a sandbox; paths are relative to the page's."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.trust_env = False
        self.page = f"{sandbox.stream_url}/_sandbox/page/"
        self.get(sandbox.page_url)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 10)
        address = url if url.startswith("http") else self.page + url
        return super().request(method, address, *args, **kwargs)

    def send_form(self, name: str, **fields: str) -> requests.Response:
        """Send a form of the page, as a browser does; the response is the one it leads to."""
        return self.post(name, data=fields, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
