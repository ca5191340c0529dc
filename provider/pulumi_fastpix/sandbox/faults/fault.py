"""What can go wrong between a client and FastPix, each as a value one can write down, send or put in a test."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
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
_METHODS = ("*", "GET", "POST", "PUT", "PATCH", "DELETE")
_ERROR_PAGES = {None, "json", "html"}
_BROKEN_BODIES = {"invalid-json", "without-id", "success-false"}


def _method(given: str) -> str:
    if given.upper() not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(_METHODS)}")
    return given.upper()


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Fault:
    """One thing that goes wrong, and for which requests.

    Which requests: those of `method` whose whole path, from `/v1/` on and without the query, matches the
    pattern `path`; `*` stands for anything, slashes included. Of these the first `skip` are left alone, then each is
    hit with probability `rate`, until `times` have been hit.

    What goes wrong, by `kind`:

    `latency`
        It takes `seconds` longer, give or take up to `spread`; `when="after"` the work is done first.
    `rate-limit`
        More than `requests` within `seconds` (default 1) are answered 429 and are not worked on.
        `Retry-After` says how long the window lasts, or `retry_after`.
    `status`
        The answer is `status`, as `body="json"` in FastPix's envelope (the default) or `"html"`, as its edge
        sends. `when="before"` (the default) the request is not worked on, `"after"` it is, all the same.
    `drop`
        The connection is dropped without an answer `when="before"` (the default) or `"after"` the work is
        done, or `"mid-answer"`: after it, with half of the body sent.
    `slow-finish`
        The work is done `seconds` later, whatever the client does. Until then and ever after the
        `client="waiting"` (the default) hears nothing; or it is `"dropped"` or `"answered"` with `status`
        at once.
    `short-list`
        A stream's `playbackIds` lack the first `missing` (default 1): the newest, in the order the sandbox
        lists them by default.
    `shuffled-list`
        A stream's `playbackIds` come in random order.
    `broken-body`
        The work is done, but the body of a success is `"invalid-json"`, `"without-id"` or `"success-false"`.
    `redirect`
        The answer is `status` (default 307) and the `location`, `when="before"` or `"after"` the work.

    Raises:
        ValueError: fields are missing, contradict each other or mean nothing for this kind.
    """

    kind: Kind
    method: Annotated[str, AfterValidator(_method)] = "*"
    path: str = Field(default="*", pattern=r"^(\*|/v1/)")
    times: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    rate: float | None = Field(default=None, ge=0, le=1)

    seconds: float | None = Field(default=None, ge=0)
    spread: float | None = Field(default=None, ge=0)
    requests: int | None = Field(default=None, ge=0)
    retry_after: float | None = Field(default=None, ge=0)
    status: int | None = Field(default=None, ge=200, le=599)
    body: Literal["json", "html", "invalid-json", "without-id", "success-false"] | None = None
    when: Literal["before", "after", "mid-answer"] | None = None
    client: Literal["waiting", "dropped", "answered"] | None = None
    missing: int | None = Field(default=None, ge=1)
    location: str | None = Field(default=None, pattern=r"^[\x21-\x7e]*$")

    @model_validator(mode="after")
    def _check(self) -> Fault:
        given = {
            name for name in set().union(*REQUIRED.values(), *OPTIONAL.values()) if getattr(self, name) is not None
        }
        required = REQUIRED[self.kind]
        allowed = required | OPTIONAL[self.kind]
        if lacking := required - given:
            raise ValueError(f"a {self.kind!r} fault needs {_listed(lacking)}")
        if useless := given - allowed:
            raise ValueError(f"{_listed(useless)} means nothing for a {self.kind!r} fault; it takes {_listed(allowed)}")
        if self.kind == "rate-limit" and self.seconds == 0:
            raise ValueError("seconds must be more than 0: that is how long the window lasts")
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
            raise ValueError("spread must not be more than seconds: time does not run backwards")
        return self

    def matches(self, method: str, path: str) -> bool:
        """Whether a request of this method and path is one that may be hit."""
        return self.method in {"*", method} and fnmatchcase(path, self.path)


FAULT = TypeAdapter(Fault)
FAULTS = TypeAdapter(list[Fault])


def in_words(error: ValidationError) -> str:
    """What is wrong with a fault or a switch, in one line."""
    problems = []
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"])
        what = one["msg"].removeprefix("Value error, ")
        problems.append(f"{where}: {what}" if where else what)
    return "; ".join(problems)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing more"
