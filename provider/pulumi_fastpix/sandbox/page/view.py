"""What the page shows, as the values that its templates print."""

from __future__ import annotations

import inspect
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from pulumi_fastpix.sandbox.data.records import StreamStatus
from pulumi_fastpix.sandbox.page.fault_fields import FAULT_KINDS, REQUEST_INPUTS
from pulumi_fastpix.sandbox.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fastpix.sandbox.data.overview import Overview
    from pulumi_fastpix.sandbox.http.request_log import LoggedRequest
    from pulumi_fastpix.sandbox.page.parts import Parts

MOST_OBJECTS = 20
"""Of each kind, of each stream's playback IDs, and of each list of restrictions: there can be thousands."""
MOST_REQUESTS = 50


@dataclass(frozen=True)
class _RequestRow:
    """A request, as a row of the table."""

    number: int
    time: str
    method: str
    target: str
    result: str
    level: Literal["pending", "good", "refused", "failed"]
    notes: list[str]
    faults: tuple[str, ...]


class View:
    """Collects what the page shows."""

    def __init__(self, parts: Parts) -> None:
        self._faults = parts.faults
        self._log = parts.request_log
        self._switches = parts.switches
        self._clock = parts.clock

    def live(self, overview: Overview) -> dict[str, Any]:
        """What changes while the page is open."""
        requests = self._log.requests
        # The log's times are on the sandbox's clock, which may begin anywhere, and rests while the machine sleeps.
        epoch = time.time() - self._clock.now()
        defaults = Switches()
        return {
            "data": overview,
            "most": MOST_OBJECTS,
            "faults": self._faults.active,
            "request_count": len(requests),
            "requests": [_row(request, epoch) for request in reversed(requests[-MOST_REQUESTS:])],
            "changed": {name: value for name, value in self._switches if value != getattr(defaults, name)},
            "statuses": get_args(StreamStatus),
            "all_have_status": None if self._switches.stream_status == "own" else self._switches.stream_status,
        }

    def forms(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The forms, with what was given in one that was refused."""
        return {
            "given": given,
            "kinds": FAULT_KINDS,
            "request_inputs": REQUEST_INPUTS,
            "switches": [
                (name, getattr(self._switches, name), get_args(field.annotation), _DECIDES.get(name, ""))
                for name, field in Switches.model_fields.items()
            ],
        }


def _row(request: LoggedRequest, epoch: float) -> _RequestRow:
    took = [] if request.finished is None else [f"{(request.finished - request.started) * 1000:.0f} ms"]
    outcome = [] if request.status is None or request.outcome == "answered" else [request.outcome]
    differs = request.work_status not in {None, request.status}
    return _RequestRow(
        number=request.number,
        time=time.strftime("%H:%M:%S", time.localtime(epoch + request.started)),
        method=request.method,
        target=f"{request.path}?{request.query}" if request.query else request.path,
        result=request.outcome if request.status is None else str(request.status),
        level=_level(request),
        notes=[*outcome, *([f"API: {request.work_status}"] if differs else []), *took],
        faults=request.faults,
    )


def _level(request: LoggedRequest) -> Literal["pending", "good", "refused", "failed"]:
    if request.outcome == "in progress":
        return "pending"
    if request.status is None or request.status >= 500:
        return "failed"
    return "good" if request.status < 400 else "refused"


def _described() -> dict[str, str]:
    """What each switch decides, as the docstring of the switches says; nothing where Python drops docstrings."""
    section = (inspect.getdoc(Switches) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+): (.+(?:\n        .+)*)", section, flags=re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text).replace("`", "") for name, text in entries}


_DECIDES = _described()
