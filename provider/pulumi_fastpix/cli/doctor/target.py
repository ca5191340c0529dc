"""Checks the settings by which the provider would call FastPix, and the response to one small call."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.errors import (
    AuthenticationError,
    FastPixError,
    NotFoundError,
    NotReachedError,
    OutsideSandboxError,
    PermissionDeniedError,
    RateLimitedError,
    SettingsError,
    UnexpectedResponseError,
)
from pulumi_fastpix.settings import settings
from pulumi_fastpix.settings.addresses import DEFAULT_BASE_URL
from pulumi_fastpix.settings.names import CREDENTIALS, NAMESPACE, SANDBOX_VARIABLE, TARGET_VARIABLES
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.settings.target import Source, setting_text

SECONDS = 5.0
"""For one small call, unless the settings allow it less: a diagnosis is wanted soon."""

_SANDBOXED = {
    **{TARGET_VARIABLES[key]: "a-sandbox-s" for key in CREDENTIALS},
    TARGET_VARIABLES["baseUrl"]: "http://127.0.0.1/v1",
    SANDBOX_VARIABLE: "http://127.0.0.1/v1",
}
"""An environment as `sandbox exec` makes it."""


def check_settings(
    config: Mapping[str, str], environ: Mapping[str, str], *, needed: bool = True
) -> tuple[list[Finding], Settings | None]:
    """Find the settings as the provider does.

    Args:
        config: the stack's values of `settings.CONFIG_KEYS`.
        environ: the environment `pulumi` is run in.
        needed: whether something goes through the stack's own account, or may do so.

    Returns:
        The findings, and the settings if they can be used.
    """
    findings = [ok(Check.SETTINGS, f"{place}: {held}") for place, held in _held(config, environ).items()]
    try:
        found = settings.read_settings(config, environ)
    except OutsideSandboxError as error:
        return [*findings, problem(Check.SANDBOX, error.happened, error.advice)], None
    except SettingsError as error:
        if not needed and not in_environment(environ) and not config:
            message = "all FastPix resources of the stack go through provider resources, so the stack needs no account"
            return [*findings, ok(Check.SETTINGS, message)], None
        advice = f"Correct the settings that are named. {error.advice}".rstrip()
        if _fine_in_sandbox(config, environ):
            advice += " `pulumi-fastpix sandbox exec -- …` needs none of them."
        return [*findings, problem(Check.SETTINGS, error.happened, advice)], None
    ambient = in_environment(environ)
    if found.source is Source.CONFIGURATION and ambient:
        findings.append(
            warning(
                Check.SETTINGS,
                f"{', '.join(ambient)} in the environment {'is' if len(ambient) == 1 else 'are'} ignored: address and "
                f"credentials are taken from one source, here the stack's configuration",
                "Unset the variables; or, if they are the right ones, remove address and credentials from the stack's "
                "configuration.",
            )
        )
    if setting_text(environ.get(SANDBOX_VARIABLE)):
        message = f"{SANDBOX_VARIABLE} is set, as by `pulumi-fastpix sandbox exec`: only {found.base_url} is called"
        findings.append(ok(Check.SANDBOX, message))
    return findings, found


def in_environment(environ: Mapping[str, str]) -> list[str]:
    """The environment variables that hold a part of the target."""
    return [variable for variable in TARGET_VARIABLES.values() if setting_text(environ.get(variable))]


def check_call(found: Settings, environ: Mapping[str, str]) -> Finding:
    """List one stream, which needs the right address, network and credentials."""
    try:
        # Without announcements: they are for operations that last.
        seconds = min(SECONDS, found.retry_for_seconds)
        with Client(found, report=lambda _: None) as client:
            streams = client.live_streams.newest(limit=1, deadline=client.deadline(seconds))
    except RateLimitedError as error:
        return warning(Check.API_CALL, error.happened, "The credentials were not checked; try again in a while.")
    except FastPixError as error:
        return problem(Check.API_CALL, error.happened, _advice(error, environ))
    seen = "and lists a live stream" if streams else "but lists no live stream: is it the right workspace?"
    return ok(
        Check.API_CALL,
        f"{found.base_url} accepts the credentials {seen} (for reading; only a change shows whether they may write)",
    )


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


def _held(config: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Which parts of the target are set, by place; no values."""
    named = {f"{NAMESPACE}:{key}": config.get(key) for key in TARGET_VARIABLES}
    ambient = {variable: environ.get(variable) for variable in TARGET_VARIABLES.values()}
    return {
        place: ", ".join(f"{name} {'set' if setting_text(value) else 'unset'}" for name, value in values.items())
        for place, values in (("configuration", named), ("environment", ambient))
    }


def _fine_in_sandbox(config: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Whether `sandbox exec` would correct everything: it sets the target, not time-outs and not the configuration."""
    try:
        settings.read_settings(config, {**environ, **_SANDBOXED})
    except SettingsError:
        return False
    return True
