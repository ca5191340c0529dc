"""Checks the settings by which the provider would call FastPix for the stack's own account."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.errors import OutsideSandboxError, SettingsError
from pulumi_fastpix.settings import settings
from pulumi_fastpix.settings.names import CREDENTIALS, NAMESPACE, SANDBOX_VARIABLE, TARGET_VARIABLES
from pulumi_fastpix.settings.settings import Settings
from pulumi_fastpix.settings.target import Source, setting_text

_SANDBOXED = {
    **{TARGET_VARIABLES[key]: "a-sandbox-s" for key in CREDENTIALS},
    TARGET_VARIABLES["baseUrl"]: "http://127.0.0.1/v1",
    SANDBOX_VARIABLE: "http://127.0.0.1/v1",
}
"""An environment as `sandbox exec` makes it."""

_NOT_NEEDED = "all FastPix resources of the stack go through provider resources, so the stack needs no account"


def check_settings(
    config: Mapping[str, str], environ: Mapping[str, str], *, needed: bool = True, made_in_sandbox: bool = False
) -> tuple[list[Finding], Settings | None]:
    """Find the settings as the provider does.

    Args:
        config: the stack's values of `settings.CONFIG_KEYS`.
        environ: the environment `pulumi` is run in.
        needed: whether something goes through the stack's own account, or may do so.
        made_in_sandbox: whether what goes through it was made in a sandbox.

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
            return [*findings, ok(Check.SETTINGS, _NOT_NEEDED)], None
        in_sandbox = _fine_in_sandbox(config, environ)
        return [*findings, _unusable(error, made_in_sandbox=made_in_sandbox, in_sandbox=in_sandbox)], None
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


def _unusable(error: SettingsError, *, made_in_sandbox: bool, in_sandbox: bool) -> Finding:
    if made_in_sandbox and in_sandbox:
        message = "this stack was made in a sandbox, and outside of the sandbox there are no usable settings for it"
        advice = (
            "Use it in the sandbox, with the sandbox's data file: `pulumi-fastpix sandbox exec --data FILE -- …` for "
            "each command, this one and those of Pulumi. Before the stack can use an account, it has to be destroyed "
            "there."
        )
        return problem(Check.SETTINGS, message, advice)
    advice = f"Correct the settings that are named. {error.advice}".rstrip()
    if in_sandbox:
        advice += " `pulumi-fastpix sandbox exec -- …` needs none of them."
    return problem(Check.SETTINGS, error.happened, advice)


def in_environment(environ: Mapping[str, str]) -> list[str]:
    """The environment variables that hold a part of the target."""
    return [variable for variable in TARGET_VARIABLES.values() if setting_text(environ.get(variable))]


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
