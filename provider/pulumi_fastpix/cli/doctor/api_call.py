"""Checks FastPix's response to one small call."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.errors import (
    AuthenticationError,
    FastPixError,
    NoResponseError,
    NotFoundError,
    NotReachedError,
    PermissionDeniedError,
    RateLimitedError,
    UnexpectedResponseError,
)
from pulumi_fastpix.settings.addresses import DEFAULT_BASE_URL
from pulumi_fastpix.settings.names import SANDBOX_VARIABLE, TARGET_VARIABLES
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.settings.target import setting_text

_SECONDS = 5.0


def seconds_for_call(found: Settings) -> float:
    """How long a call is tried, unless the settings allow it less: a diagnosis is wanted soon."""
    return min(_SECONDS, found.retry_for_seconds)


def check_call(client: Client, environ: Mapping[str, str]) -> Finding:
    """List one stream, which needs the right address, network and credentials."""
    try:
        deadline = client.deadline(seconds_for_call(client.settings))
        streams = client.live_streams.newest(limit=1, deadline=deadline)
    except RateLimitedError as error:
        return warning(Check.API_CALL, error.happened, "The credentials were not checked; try again in a while.")
    except FastPixError as error:
        return problem(Check.API_CALL, _happened(error, seconds_for_call(client.settings)), _advice(error, environ))
    seen = "and lists a live stream" if streams else "but lists no live stream: is it the right workspace?"
    return ok(
        Check.API_CALL,
        f"{client.settings.base_url} accepts the credentials {seen} (for reading; only a change shows whether they may "
        f"write)",
    )


def _happened(error: FastPixError, seconds: float) -> str:
    """What happened. A time-out is that of the last attempt, which had only what was left of the time for all."""
    if isinstance(error, (NotReachedError, NoResponseError)):
        return f"{error.happened} This was tried for {seconds:g} s in all, perhaps several times."
    return error.happened


def _advice(error: FastPixError, environ: Mapping[str, str]) -> str:
    if isinstance(error, (AuthenticationError, PermissionDeniedError)):
        return error.advice
    if isinstance(error, NotReachedError) and setting_text(environ.get(SANDBOX_VARIABLE)):
        return (
            f"No sandbox is running there, and {SANDBOX_VARIABLE} makes the provider refuse everything else. Run this "
            f"under `pulumi-fastpix sandbox exec`; or, for the real FastPix, unset {SANDBOX_VARIABLE} and the "
            f"variables set with it ({', '.join(TARGET_VARIABLES.values())})."
        )
    if isinstance(error, NotReachedError):
        return "Check the address, this machine's DNS and proxy (HTTPS_PROXY), and the firewalls between."
    if isinstance(error, (UnexpectedResponseError, NotFoundError)):
        return (
            f"Check the address: it needs its version path, as in {DEFAULT_BASE_URL}. Check that no proxy or other "
            f"server responds in FastPix's place."
        )
    return "Try again in a while. If it fails again, FastPix's support can find the request by its cf-ray."
