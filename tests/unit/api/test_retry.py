"""The retry policy, as a table."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from pulumi_fastpix import errors
from pulumi_fastpix.api.retry import (
    REPLAYED_POST,
    may_repeat,
    outcome_unknown,
    parse_retry_after,
    seconds_before_repeat,
    why,
)


def refused(kind: type[errors.RefusedError], status: int, retry_after: float | None = None) -> errors.RefusedError:
    return kind("try", errors.Refusal(status=status, message="no", retry_after=retry_after))


NOT_SENT = errors.NotReachedError("refused")
LOST = errors.NoResponseError("timed out")
THROTTLED = refused(errors.RateLimitedError, 429)


@pytest.mark.parametrize(
    ("failure", "reading", "creating", "unknown"),
    [
        (NOT_SENT, True, True, False),
        (THROTTLED, True, True, False),
        (LOST, True, False, True),
        (refused(errors.ServerError, 408), True, False, True),
        (refused(errors.ServerError, 500), True, False, True),
        (refused(errors.ServerError, 524), True, False, True),
        (errors.UnexpectedResponseError("html", status=502), True, False, True),
        (errors.UnexpectedResponseError("broken", status=200), True, False, True),
        (errors.UnexpectedResponseError("html", status=404), True, False, True),
        (errors.UnexpectedResponseError("redirect", status=302), False, False, True),
        (refused(errors.AuthenticationError, 401), False, False, False),
        (refused(errors.PermissionDeniedError, 403), False, False, False),
        (refused(errors.NotFoundError, 404), False, False, False),
        (refused(errors.InvalidRequestError, 422), False, False, False),
        (refused(errors.RefusedError, 400), False, False, False),
        (ValueError("a bug of ours"), False, False, False),
    ],
)
def test_each_failure_is_repeated_or_not_by_method_and_outcome(
    failure: Exception, reading: bool, creating: bool, unknown: bool
) -> None:
    for method in ("GET", "DELETE", "PATCH", REPLAYED_POST):
        assert may_repeat(method, failure) is reading
    assert may_repeat("POST", failure) is creating
    assert outcome_unknown(failure) is unknown


@pytest.mark.parametrize(
    ("attempt", "failure", "jitter", "seconds"),
    [
        (1, LOST, 1.0, 0.5),
        (2, LOST, 1.0, 1.0),
        (3, LOST, 0.5, 1.0),
        (9, LOST, 1.0, 10.0),
        (1, LOST, 0.0, 0.0),
        (9, refused(errors.RateLimitedError, 429), 1.0, 10.0),
        (1, refused(errors.RateLimitedError, 429, 5.0), 1.0, 5.5),
        (1, refused(errors.RateLimitedError, 429, 5.0), 0.5, 5.25),
        (9, refused(errors.RateLimitedError, 429, 5.0), 1.0, 5.5),
        (9, refused(errors.RateLimitedError, 429, 30.0), 1.0, 31.0),
        (1, refused(errors.RateLimitedError, 429, 3600.0), 0.0, 60.0),
        (1, refused(errors.RateLimitedError, 429, 3600.0), 1.0, 61.0),
        (1, refused(errors.ServerError, 503, 2.0), 0.0, 2.0),
        (9, refused(errors.ServerError, 503, 2.0), 0.0, 2.0),
        (3, refused(errors.ServerError, 503, 0.0), 1.0, 2.0),
        (1, errors.UnexpectedResponseError("html", status=503, retry_after=4.0), 0.0, 4.0),
    ],
)
def test_the_wait_before_a_repeat_is_what_was_asked_for_or_else_doubles_to_a_limit(
    attempt: int, failure: Exception, jitter: float, seconds: float
) -> None:
    assert seconds_before_repeat(attempt, failure, lambda: jitter) == seconds


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (errors.NotReachedError("Could not try: refused", cause="could not connect (refused)"), "could not connect"),
        (errors.NoResponseError("Could not try: lost", cause="there was no complete response (lost)"), "(lost)"),
        (THROTTLED, "FastPix answered 429"),
        (refused(errors.RateLimitedError, 429, 6.0), "FastPix asked to wait (429, Retry-After: 6)"),
        (refused(errors.ServerError, 503), "FastPix answered 503"),
        (refused(errors.ServerError, 503, 0.0), "FastPix asked to wait (503, Retry-After: 0)"),
        (errors.UnexpectedResponseError("html", status=502), "there was an unexpected response (502)"),
        (
            errors.UnexpectedResponseError("html", status=503, retry_after=4.0),
            "there was an unexpected response (503, Retry-After: 4)",
        ),
    ],
)
def test_the_cause_of_each_failure_is_a_few_words(failure: Exception, cause: str) -> None:
    assert cause in why(failure)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("3", 3.0),
        (" 3 ", 3.0),
        ("Mon, 23 Nov 2026 10:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 10:00:30 -0000", 30.0),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    now = datetime(2026, 11, 23, 10, 0, 0, tzinfo=timezone.utc)
    assert parse_retry_after(header, now) == seconds
