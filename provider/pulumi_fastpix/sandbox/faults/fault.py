"""A fault as a value: the kinds, their fields, and how a fault chooses the requests it hits."""

from __future__ import annotations

from dataclasses import fields
from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass

Kind: TypeAlias = Literal[
    "latency",
    "rate-limit",
    "status",
    "drop",
    "slow-finish",
    "short-list",
    "shuffled-list",
    "broken-body",
    "redirect",
]

REQUIRED: dict[Kind, set[str]] = {
    "latency": {"seconds"},
    "rate-limit": {"requests"},
    "status": {"status"},
    "drop": set(),
    "slow-finish": {"seconds"},
    "short-list": set(),
    "shuffled-list": set(),
    "broken-body": {"body"},
    "redirect": {"location"},
}
OPTIONAL: dict[Kind, set[str]] = {
    "latency": {"spread", "when"},
    "rate-limit": {"seconds", "retry_after"},
    "status": {"body", "when", "retry_after"},
    "drop": {"when"},
    "slow-finish": {"client", "status", "body"},
    "short-list": {"missing"},
    "shuffled-list": set(),
    "broken-body": set(),
    "redirect": {"status", "when"},
}
METHODS = ("*", "GET", "POST", "PUT", "PATCH", "DELETE")
_ERROR_PAGES = {None, "json", "html"}
_BROKEN_BODIES = {"invalid-json", "without-id", "success-false"}


LONGEST_SECONDS = 86_400.0
"""A day: a longer wait is a mistake."""
_MOST = 1_000_000
"""Requests or playback IDs: more of them is a mistake."""

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=LONGEST_SECONDS)]
Number: TypeAlias = Annotated[int, Field(ge=0, le=_MOST)]
Positive: TypeAlias = Annotated[int, Field(ge=1, le=_MOST)]


def _method(given: str) -> str:
    if given.upper() not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}")
    return given.upper()


def _path(given: str) -> str:
    if not given.startswith(("*", "/v1/")):
        raise ValueError("path must begin with /v1/ or with *, because it is compared with the whole path")
    return given


def _location(given: str) -> str:
    if not all("\x21" <= character <= "\x7e" for character in given):
        raise ValueError("location must be an address without blanks and without characters outside ASCII")
    return given


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Fault:
    """A failure to simulate, and the requests it hits.

    The requests are those of `method` whose whole path, from `/v1/` on and without the query, matches the
    pattern `path`; `*` stands for any characters, slashes included. Of these the first `skip` are not hit. Each later
    one is hit with probability `rate`, until `times` requests have been hit. All times in seconds are a day at most,
    and all numbers of requests and playback IDs a million.

    The failure depends on `kind`. The work on a request is whatever the API does for it: create, read, delete.

    `latency`
        The response comes `seconds` later, plus or minus up to `spread`. The delay comes `when="before"` the work
        (the default) or `"after"` it.
    `rate-limit`
        More than `requests` within `seconds` (default 1) get a 429 response, and no work is done on them.
        `Retry-After` is the rest of the window, or `retry_after`.
    `status`
        The response has this `status`, with `body="json"` in FastPix's envelope (the default) or `"html"`, a page
        as Cloudflare sends it for FastPix. It is sent `when="before"` the work (the default), which is then not
        done, or `"after"` it.
    `drop`
        The connection is dropped without a response `when="before"` the work (the default), which is then not done,
        or `"after"` it; or `"mid-answer"`: after the work, with half of the response's body sent.
    `slow-finish`
        The work is done `seconds` later, whatever the client does. The client never gets its result: with
        `client="waiting"` (the default) it gets no response at all, with `"dropped"` its connection is dropped at
        once, with `"answered"` it gets a response of this `status` and `body` at once.
    `short-list`
        A stream's `playbackIds` lack the newest `missing` (default 1); a list of streams lacks the newest streams.
    `shuffled-list`
        A stream's `playbackIds` come in random order.
    `broken-body`
        The work is done, but the `body` of a success is `"invalid-json"`, `"without-id"` or `"success-false"`.
    `redirect`
        The response redirects to `location` with this `status` (default 307). It is sent `when="before"` the work
        (the default), which is then not done, or `"after"` it.

    Raises:
        ValueError: fields are missing, contradict each other or have no meaning for this kind.
    """

    kind: Kind
    method: Annotated[str, AfterValidator(_method)] = "*"
    path: Annotated[str, AfterValidator(_path)] = "*"
    times: Positive | None = None
    skip: Number = 0
    rate: float | None = Field(default=None, ge=0, le=1)

    seconds: Seconds | None = None
    spread: Seconds | None = None
    requests: Number | None = None
    retry_after: Seconds | None = None
    status: int | None = Field(default=None, ge=200, le=599)
    body: Literal["json", "html", "invalid-json", "without-id", "success-false"] | None = None
    when: Literal["before", "after", "mid-answer"] | None = None
    client: Literal["waiting", "dropped", "answered"] | None = None
    missing: Positive | None = None
    location: Annotated[str, AfterValidator(_location)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Fault:
        given = {
            name for name in set().union(*REQUIRED.values(), *OPTIONAL.values()) if getattr(self, name) is not None
        }
        required = REQUIRED[self.kind]
        allowed = required | OPTIONAL[self.kind]
        if missing := required - given:
            raise ValueError(f"a {self.kind!r} fault needs {_listed(missing)}")
        if surplus := given - allowed:
            raise ValueError(f"a {self.kind!r} fault does not take {_listed(surplus)}; it takes {_listed(allowed)}")
        if self.kind == "rate-limit" and self.seconds == 0:
            raise ValueError("seconds must be more than 0: it is the length of the window")
        if self.kind == "redirect" and self.status is not None and not 300 <= self.status < 400:
            raise ValueError("status must be from 300 to 399")
        if self.kind == "broken-body" and self.body not in _BROKEN_BODIES:
            raise ValueError(f"body must be one of {_listed(_BROKEN_BODIES)}")
        if self.kind in {"status", "slow-finish"} and self.body not in _ERROR_PAGES:
            raise ValueError("body must be 'json' or 'html'")
        if self.when == "mid-answer" and self.kind != "drop":
            raise ValueError("when='mid-answer' is for a 'drop' fault only")
        if (self.client == "answered") != (self.kind == "slow-finish" and self.status is not None):
            raise ValueError("client='answered' and status go together")
        if self.spread is not None and self.seconds is not None and self.spread > self.seconds:
            raise ValueError("spread must not be more than seconds: a delay cannot be negative")
        return self

    def __str__(self) -> str:
        """The fault in the form of the option `--fault`; of numbers of seconds, six digits."""
        given = FAULT.dump_python(self, exclude_defaults=True).items()
        return ",".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in given)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request of this method and path can be hit."""
        return self.method in {"*", method} and fnmatchcase(path, self.path)


FAULT = TypeAdapter(Fault)
FAULTS = TypeAdapter(list[Fault])
FIELDS = tuple(field.name for field in fields(Fault))


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "no fields of its own"
