"""The fields of a fault as inputs of the page's form: those that every fault has, and those of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from pulumi_fastpix.sandbox.faults.fault import METHODS, OPTIONAL, REQUIRED, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Input:
    """A field to fill in.

    Attributes:
        name: the name of the field.
        label: what it is called.
        hint: what it means to leave it empty.
        initial: what it has at first.
        options: what can be chosen; none where a text can be written. The empty one leaves the field out.
    """

    name: str
    label: str
    hint: str = ""
    initial: str = ""
    options: Sequence[str] = ()


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault, what it does, and its inputs."""

    name: Kind
    effect: str
    inputs: Sequence[Input]


REQUEST_INPUTS = (
    Input("method", "Method", initial="*", options=METHODS),
    Input("path", "Path", "* stands for any characters", "*"),
    Input("times", "Times", "empty: every request"),
    Input("skip", "Skip first", "empty: none"),
    Input("rate", "Probability", "from 0 to 1; empty: always"),
)
"""Which requests a fault hits."""

_EFFECTS: dict[Kind, str] = {
    "latency": "The response comes later.",
    "rate-limit": "More requests than these within these seconds get 429.",
    "status": "The response has this status, as an outage or a limit would give.",
    "drop": "The connection is dropped without a response.",
    "slow-finish": "The work is done later, whatever the client does; the client never gets its result.",
    "short-list": "The newest playback IDs of a stream, or the newest streams, are missing in lists.",
    "shuffled-list": "A stream's playback IDs come in random order.",
    "broken-body": "The work is done, and the body of the response can't be used.",
    "redirect": "The response redirects to another address.",
}
_LABELS = {
    "seconds": Input("seconds", "Seconds", initial="2"),
    "spread": Input("spread", "Plus or minus, in seconds", "empty: none"),
    "requests": Input("requests", "Requests", initial="5"),
    "retry_after": Input("retry_after", "Retry-After, in seconds"),
    "status": Input("status", "Status", initial="503"),
    "body": Input("body", "Body", options=("", "json", "html")),
    "when": Input("when", "When", options=("", "before", "after")),
    "client": Input("client", "Client", options=("", "waiting", "dropped", "answered")),
    "missing": Input("missing", "Missing", "empty: 1"),
    "location": Input("location", "Location", initial="https://fastpix.example/"),
}
_OF_KIND: dict[tuple[Kind, str], Input] = {
    ("rate-limit", "seconds"): Input("seconds", "Within seconds", "empty: 1"),
    ("slow-finish", "status"): Input("status", "Status", "for a client that is answered"),
    ("redirect", "status"): Input("status", "Status", "empty: 307"),
    ("drop", "when"): Input("when", "When", options=("", "before", "after", "mid-answer")),
    ("broken-body", "body"): Input("body", "Body", options=("invalid-json", "without-id", "success-false")),
}


def _input(kind: Kind, name: str) -> Input:
    return _OF_KIND.get((kind, name), _LABELS[name])


FAULT_KINDS = [
    FaultKind(
        kind,
        _EFFECTS[kind],
        # Those that it needs come first, and of these and the others, each in the order above.
        [_input(kind, name) for names in (REQUIRED[kind], OPTIONAL[kind]) for name in _LABELS if name in names],
    )
    for kind in get_args(Kind)
]
