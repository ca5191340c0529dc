"""When a failed request is worth repeating, how long to wait first, and why: pure functions of what happened.

The policy, in the order in which it is decided:

- *Never sent* (connection refused, DNS, TLS handshake, proxy, connect time-out): repeat, whatever the method.
- *429*, in whatever body: repeat, whatever the method; FastPix or its edge refused before doing anything.
- *Sent, no complete response; 408; 5xx; a response that isn't FastPix's own*: it may have been carried out.
  Repeat GET, DELETE and PATCH, for which twice is as good as once: FastPix's PATCH sets values. Never repeat a POST: it
  would make a second ID. But FastPix answers the create of a signing key again if its `Idempotency-Key` is the same.
- *A redirect*: it may have been carried out, too, but don't repeat anything; the response would be the same.
- *Everything else FastPix refuses*: nothing was done. Don't repeat.

Between attempts: what `Retry-After` asks for, up to a cap, and hardly more; without it, exponential backoff with full
jitter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from pulumi_fastpix.errors import (
    FastPixError,
    NoResponseError,
    NotReachedError,
    RateLimitedError,
    ServerError,
    UnexpectedResponseError,
)

FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 10.0
MAX_RETRY_AFTER_SECONDS = 60.0
MAX_JITTER_SECONDS = 1.0
"""Beyond what was asked for, a tenth of which is the most otherwise: so that not all threads come back at once."""


REPLAYED_POST = "POST, replayed"
"""In place of a method: a create that FastPix answers with the same object again, by its `Idempotency-Key`."""


def may_repeat(method: str, failure: BaseException) -> bool:
    """Whether a request with this method may be sent again after this failure."""
    if isinstance(failure, (NotReachedError, RateLimitedError)):
        return True
    return method in ("GET", "DELETE", "PATCH", REPLAYED_POST) and outcome_unknown(failure) and not is_redirect(failure)


def outcome_unknown(failure: BaseException) -> bool:
    """Whether the request may have been carried out although it failed."""
    return isinstance(failure, (NoResponseError, ServerError, UnexpectedResponseError))


def is_redirect(failure: BaseException) -> bool:
    """Whether something between answered with a redirect, which nobody follows."""
    return isinstance(failure, UnexpectedResponseError) and 300 <= failure.status < 400


def seconds_before_repeat(attempt: int, failure: BaseException | None, jitter: Callable[[], float]) -> float:
    """How long to wait after the given attempt, counted from 1.

    Args:
        attempt: how many times the request has been sent.
        failure: how the last attempt ended.
        jitter: a source of numbers from 0 to 1.
    """
    # One that asks to come back at once would be obeyed without end.
    if asked := min(_asked_to_wait(failure) or 0.0, MAX_RETRY_AFTER_SECONDS):
        return asked + min(asked / 10, MAX_JITTER_SECONDS) * jitter()
    return min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1)) * jitter()


def why(failure: BaseException | None) -> str:
    """Why a request that may be repeated failed, in a few words."""
    asked = _asked_to_wait(failure)
    asks = "" if asked is None else f", Retry-After: {asked:.0f}"
    if isinstance(failure, (RateLimitedError, ServerError)):
        status = failure.refusal.status
        return f"FastPix asked to wait ({status}{asks})" if asks else f"FastPix answered {status}"
    if isinstance(failure, UnexpectedResponseError):
        return f"there was an unexpected response ({failure.status}{asks})"
    return failure.cause if isinstance(failure, FastPixError) else ""


def parse_retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header in either of its forms; None if it can't be understood."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())


def _asked_to_wait(failure: BaseException | None) -> float | None:
    if isinstance(failure, (RateLimitedError, ServerError)):
        return failure.refusal.retry_after
    return failure.retry_after if isinstance(failure, UnexpectedResponseError) else None
