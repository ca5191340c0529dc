"""The sandbox that another process serves of a data file: `sandbox exec --join` runs its command against that one."""

from __future__ import annotations

import http.client
import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_fastpix.sandbox import SandboxError, Store
from pulumi_fastpix.sandbox.page.guard import PAGE_PATH, page_url
from pulumi_fastpix.sandbox.sandbox import base_url, environment

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS_TO_ANSWER = 5


@dataclass(frozen=True)
class Running:
    """What leads to a sandbox: as the attributes and the method of the same names of `Sandbox`."""

    environment: Mapping[str, str]
    stream_url: str
    page_url: str


def running(data: str, port: int | None) -> Running | None:
    """The sandbox that serves this data file at this port, or the file's own one; None if none does."""
    if not os.path.exists(data):  # noqa: PTH110 - unlike Path's, it raises nothing, such as for a name that is too long
        return None
    try:
        with closing(Store(data)) as store:
            port = port or store.remembered_port()
            token = store.access_tokens.default()
    except SandboxError:
        return None  # whoever starts one says what is wrong with the file
    if port is None or not _opens(port, page := page_url(port, token.secret)):
        return None
    address = base_url(port)
    return Running(environment(address, token.id, token.secret), address.removesuffix("/v1"), page)


def _opens(port: int, page: str) -> bool:
    """Whether this is the address of the page: only the sandbox of this data file knows its token."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_ANSWER)) as connection:
        try:
            connection.request("GET", page[page.rindex("/") :])
            return connection.getresponse().headers["Location"] == PAGE_PATH
        except (OSError, http.client.HTTPException):
            return False
