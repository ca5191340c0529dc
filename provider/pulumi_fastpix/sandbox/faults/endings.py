"""The ways a request can end for its client, as values: with a response, dropped, or kept waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal[
    "in progress",
    "answered",
    "answered, work follows",
    "dropped before work",
    "dropped after work",
    "dropped in mid-answer",
    "dropped, work follows",
    "kept waiting, work follows",
    "client left",
    "failed",
]


@dataclass(frozen=True)
class Response:
    """A complete HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    outcome: Outcome = "answered"

    def with_body(self, body: bytes) -> Response:
        """The same response with another body."""
        headers = tuple((name, value) for name, value in self.headers if name.lower() != "content-length")
        return replace(self, headers=headers, body=body)


@dataclass(frozen=True)
class Dropped:
    """The connection is dropped, after half of the `partial` response if there is one."""

    outcome: Outcome
    partial: Response | None = None


@dataclass(frozen=True)
class KeptWaiting:
    """The client gets no response; the connection stays open until the client closes it."""

    outcome: Outcome


Ending: TypeAlias = "Response | Dropped | KeptWaiting"
