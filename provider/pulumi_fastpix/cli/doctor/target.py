"""Which FastPix the provider would talk to, with whose credentials, and what FastPix answers to one small call."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.doctor.findings import Finding, ok, problem, warning
from pulumi_fastpix.errors import (
    AuthenticationError,
    FastPixError,
    NotFoundError,
    NotReachedError,
    OutsideSandboxError,
    PermissionDeniedError,
    RateLimitedError,
    SettingsError,
    UnexpectedAnswerError,
)
from pulumi_fastpix.settings import Settings, settings
from pulumi_fastpix.settings.addresses import DEFAULT_BASE_URL
from pulumi_fastpix.settings.names import CREDENTIALS, NAMESPACE, SANDBOX_VARIABLE, TARGET_VARIABLES
from pulumi_fastpix.settings.target import Source, setting_text

PATIENCE_SECONDS = 5.0
"""For one small call: whoever asks what is wrong wants an answer soon."""

_SANDBOXED = {
    **{TARGET_VARIABLES[key]: "a-sandbox-s" for key in CREDENTIALS},
    TARGET_VARIABLES["baseUrl"]: "http://127.0.0.1/v1",
    SANDBOX_VARIABLE: "http://127.0.0.1/v1",
}
"""An environment as `sandbox exec` makes it."""


def check_settings(
    config: Mapping[str, str], environ: Mapping[str, str], *, needed: bool = True
) -> tuple[list[Finding], Settings | None]:
    """What the provider makes of the configuration and the environment.

    Args:
        config: the stack's values of `settings.CONFIG_KEYS`.
        environ: the environment `pulumi` is run in.
        needed: whether something goes through the stack's own account, or may do so.

    Returns:
        The findings, and the settings if they can be used.
    """
    findings = [ok("settings", f"{place}: {held}") for place, held in _held(config, environ).items()]
    try:
        found = settings.read_settings(config, environ)
    except OutsideSandboxError as error:
        advice = f"Run this outside `sandbox exec`, or unset {SANDBOX_VARIABLE} if it is left over or was set by hand."
        return [*findings, problem("sandbox", str(error), advice)], None
    except SettingsError as error:
        if not needed and not in_environment(environ) and not config:
            says = "every playback ID of the stack goes through a provider resource, so the stack needs no account"
            return [*findings, ok("settings", says)], None
        advice = "Set what is named."
        if _fine_in_sandbox(config, environ):
            advice += " `pulumi-fastpix sandbox exec -- …` needs none of it."
        return [*findings, problem("settings", str(error), advice)], None
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
    if setting_text(environ.get(SANDBOX_VARIABLE)):
        says = f"{SANDBOX_VARIABLE} is set, as by `pulumi-fastpix sandbox exec`: only {found.base_url} is talked to"
        findings.append(ok("sandbox", says))
    return findings, found


def in_environment(environ: Mapping[str, str]) -> list[str]:
    """The environment variables that say something about the target."""
    return [variable for variable in TARGET_VARIABLES.values() if setting_text(environ.get(variable))]


def check_call(found: Settings, environ: Mapping[str, str]) -> Finding:
    """List one stream: shows that the address, the network and the credentials are right."""
    try:
        with Client(found) as client:
            streams = client.live_streams.newest(limit=1, deadline=client.deadline(PATIENCE_SECONDS))
    except RateLimitedError as error:
        return warning("call", str(error), "The credentials were not looked at; try again in a while.")
    except FastPixError as error:
        return problem("call", str(error), _advice(error, environ))
    seen = "and shows a live stream" if streams else "but shows no live stream: is it the right workspace?"
    return ok(
        "call",
        f"{found.base_url} takes the credentials {seen} (reading; whether they may write shows only by writing)",
    )


def _advice(error: FastPixError, environ: Mapping[str, str]) -> str:
    if isinstance(error, (AuthenticationError, PermissionDeniedError)):
        return "Set the ID and the secret key of one access token, of the workspace that the streams are in."
    if isinstance(error, NotReachedError) and setting_text(environ.get(SANDBOX_VARIABLE)):
        return (
            f"No sandbox is running there, and {SANDBOX_VARIABLE} makes the provider refuse everything else. Run this "
            f"under `pulumi-fastpix sandbox exec`; or, for the real FastPix, unset {SANDBOX_VARIABLE} and what was set "
            f"with it ({', '.join(TARGET_VARIABLES.values())})."
        )
    if isinstance(error, NotReachedError):
        return "Check the address, this machine's DNS and proxy (HTTPS_PROXY), and the firewalls between."
    if isinstance(error, (UnexpectedAnswerError, NotFoundError)):
        return (
            f"Check the address, which needs its version path as in {DEFAULT_BASE_URL}, and what answers there in "
            f"FastPix's place."
        )
    return "Try again in a while. If it stays, FastPix's support can find the request by its cf-ray."


def _held(config: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """What is set where, as set or unset only."""
    named = {f"{NAMESPACE}:{key}": config.get(key) for key in TARGET_VARIABLES}
    ambient = {variable: environ.get(variable) for variable in TARGET_VARIABLES.values()}
    return {
        place: ", ".join(f"{name} {'set' if setting_text(value) else 'unset'}" for name, value in values.items())
        for place, values in (("configuration", named), ("environment", ambient))
    }


def _fine_in_sandbox(config: Mapping[str, str], environ: Mapping[str, str]) -> bool:
    """Whether all that is wrong is what `sandbox exec` would set: not the configuration, and not the patience."""
    try:
        settings.read_settings(config, {**environ, **_SANDBOXED})
    except SettingsError:
        return False
    return True
