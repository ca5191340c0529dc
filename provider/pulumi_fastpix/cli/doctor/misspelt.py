"""Finds settings without a meaning, because their names are misspelt. No value is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pulumi_fastpix.cli.doctor.findings import Check, Finding, warning
from pulumi_fastpix.settings.names import (
    DELETED_STREAMS_VARIABLE,
    NAMESPACE,
    SANDBOX_VARIABLE,
    SIGNING_KEY_ID_VARIABLE,
    SIGNING_PRIVATE_KEY_VARIABLE,
    STREAM_URL_VARIABLE,
    TARGET_VARIABLES,
    TIME_VARIABLES,
)
from pulumi_fastpix.settings.target import setting_text

_KEYS = (*TARGET_VARIABLES, *TIME_VARIABLES)
_VARIABLES = (
    *TARGET_VARIABLES.values(),
    *(variable for variable, _ in TIME_VARIABLES.values()),
    SANDBOX_VARIABLE,
    DELETED_STREAMS_VARIABLE,
    SIGNING_KEY_ID_VARIABLE,
    SIGNING_PRIVATE_KEY_VARIABLE,
    STREAM_URL_VARIABLE,
)
_PREFIX = "FASTPIX_"
_SHORTENED = {
    "FASTPIX_USER": "FASTPIX_USERNAME",
    "FASTPIX_TIMEOUT": "FASTPIX_TIMEOUT_SECONDS",
    "FASTPIX_RETRY_FOR": "FASTPIX_RETRY_FOR_SECONDS",
}
"""What these can only mean, though they are shorter by half."""
_FOREIGN = {
    "FASTPIX_ACCESS_TOKEN": "accessTokenId",
    "FASTPIX_ACCESS_TOKEN_ID": "accessTokenId",
    "FASTPIX_TOKEN_ID": "accessTokenId",
    "FASTPIX_SECRET_KEY": "secretKey",
}
"""Names from FastPix's own samples, or after our keys in the configuration: a program may read them itself."""


def check_configured_keys(keys: Iterable[str], project: str) -> list[Finding]:
    """Find what is configured under `fastpix:` and isn't a setting.

    Args:
        keys: those of the stack's configuration, without the namespace.
        project: the project's name. If it is "fastpix", the namespace holds the program's own configuration as well.
    """
    findings = []
    for key in keys:
        meant = _closest(key, _KEYS, 0.6)
        if key not in _KEYS and (meant or project != NAMESPACE):
            settings = ", ".join(f"{NAMESPACE}:{known}" for known in _KEYS)
            name = f"{NAMESPACE}:{key}"
            findings.append(
                warning(
                    Check.SETTINGS,
                    f"{name} in the stack's configuration isn't a setting"
                    + (f"; did you mean {NAMESPACE}:{meant}?" if meant else f": the settings are {settings}"),
                    f"Remove it with `pulumi config rm {name}`"
                    + (f", and set {NAMESPACE}:{meant} if that was meant." if meant else "."),
                )
            )
    return findings


def check_variables(environ: Mapping[str, str]) -> list[Finding]:
    """Find environment variables named almost as ours: those with other names may be for FastPix's own SDKs."""
    findings = []
    for variable in sorted(environ):
        if not variable.startswith(_PREFIX) or variable in _VARIABLES or not setting_text(environ[variable]):
            continue
        known = {name.removeprefix(_PREFIX): name for name in _VARIABLES}
        meant = _SHORTENED.get(variable) or known.get(_closest(variable.removeprefix(_PREFIX), known, 0.8))
        if meant:
            findings.append(
                warning(
                    Check.SETTINGS,
                    f"the environment variable {variable} isn't a setting; did you mean {meant}?",
                    f"Rename it if that was meant; otherwise nothing of this package reads {variable}.",
                )
            )
    return findings


def check_foreign_credentials(config: Mapping[str, str], environ: Mapping[str, str]) -> list[Finding]:
    """Find environment variables of other tools that may hold credentials, where ours are missing.

    Args:
        config: the stack's values of `settings.CONFIG_KEYS`.
        environ: the environment `pulumi` is run in.
    """
    return [
        warning(
            Check.SETTINGS,
            f"{variable} is set, which this package doesn't read: did you mean {TARGET_VARIABLES[key]}?",
            f"Set {TARGET_VARIABLES[key]} to the same value if that was meant.",
        )
        for variable, key in _FOREIGN.items()
        if setting_text(environ.get(variable))
        and not setting_text(config.get(key))
        and not setting_text(environ.get(TARGET_VARIABLES[key]))
    ]


def _closest(name: str, known: Iterable[str], cutoff: float) -> str:
    """The one most like the name, whatever their case; empty if none is."""
    by_lower_case = {one.lower(): one for one in known}
    closest = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=cutoff)
    return by_lower_case[closest[0]] if closest else ""
