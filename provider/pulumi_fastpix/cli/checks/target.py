"""Which FastPix the provider would talk to, with whose credentials, and what FastPix answers to one small call."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix import settings
from pulumi_fastpix.api import Client
from pulumi_fastpix.cli.checks.findings import Finding, ok, problem, warning
from pulumi_fastpix.errors import (
    AuthenticationError,
    FastPixError,
    NotReachedError,
    PermissionDeniedError,
    RateLimitedError,
    SettingsError,
    UnexpectedAnswerError,
)
from pulumi_fastpix.settings import NAMESPACE, SANDBOX_VARIABLE, TARGET_VARIABLES, Settings, Source

PATIENCE_SECONDS = 5.0
"""For one small call: whoever asks what is wrong wants an answer soon."""


def check_settings(config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[list[Finding], Settings | None]:
    """What the provider makes of the configuration and the environment.

    Returns:
        The findings, and the settings if they can be used.
    """
    findings = [ok("settings", f"{place}: {held}") for place, held in _held(config, environ).items()]
    try:
        settings.refuse_configured_target_in_sandbox(config, environ)
        found = settings.read_settings(config, environ)
    except SettingsError as error:
        sandboxed = "sandbox exec" in str(error)
        advice = (
            "Run this outside `sandbox exec`, or unset FASTPIX_SANDBOX if it is left over."
            if sandboxed
            else "Set what is named. `pulumi-fastpix sandbox exec -- …` needs none of it."
        )
        return [*findings, problem("sandbox" if sandboxed else "settings", str(error), advice)], None
    ambient = in_environment(environ)
    if found.source is Source.CONFIGURATION and ambient:
        findings.append(
            warning(
                "settings",
                f"{', '.join(ambient)} in the environment count for nothing here: the stack's configuration holds a "
                f"target, and both come from one source",
                "Unset them, or remove the target from the stack's configuration, whichever you didn't mean.",
            )
        )
    if environ.get(SANDBOX_VARIABLE):
        findings.append(ok("sandbox", f"this runs under `pulumi-fastpix sandbox exec`, at {found.base_url}"))
    return findings, found


def in_environment(environ: Mapping[str, str]) -> list[str]:
    """The environment variables that say something about the target."""
    return [variable for variable in TARGET_VARIABLES.values() if environ.get(variable)]


def check_call(found: Settings) -> Finding:
    """List one stream: shows that the address, the network and the credentials are right."""
    client = Client(found)
    try:
        streams = client.streams(limit=1, patience=client.patience(PATIENCE_SECONDS))
    except RateLimitedError as error:
        return warning("call", str(error), "The credentials were not looked at; try again in a while.")
    except FastPixError as error:
        return problem("call", str(error), _advice(error))
    finally:
        client.close()
    seen = "and shows a live stream" if streams else "but shows no live stream: is it the right workspace?"
    return ok(
        "call",
        f"{found.base_url} takes the credentials {seen} (reading; whether they may write shows only by writing)",
    )


def _advice(error: FastPixError) -> str:
    if isinstance(error, (AuthenticationError, PermissionDeniedError)):
        return "Set the ID and the secret key of one access token, of the workspace that the streams are in."
    if isinstance(error, NotReachedError):
        return "Check the address, this machine's DNS and proxy (HTTPS_PROXY), and the firewalls between."
    if isinstance(error, UnexpectedAnswerError):
        return "Check the address, and what answers there in FastPix's place."
    return "Try again in a while. If it stays, FastPix's support can find the request by its cf-ray."


def _held(config: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """What is set where, as set or unset only."""
    named = {f"{NAMESPACE}:{key}": bool(config.get(key)) for key in TARGET_VARIABLES}
    ambient = {variable: bool(environ.get(variable)) for variable in TARGET_VARIABLES.values()}
    return {
        place: ", ".join(f"{name} {'set' if is_set else 'unset'}" for name, is_set in names.items())
        for place, names in (("configuration", named), ("environment", ambient))
    }
