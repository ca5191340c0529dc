"""Finds settings without a meaning, because their names are misspelt. No value is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pulumi_fastpix.cli.doctor.findings import Check, Finding, warning
from pulumi_fastpix.settings.names import (
    DELETED_STREAMS_VARIABLE,
    NAMESPACE,
    SANDBOX_VARIABLE,
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
)
_PREFIX = "FASTPIX_"


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
        known = [name.removeprefix(_PREFIX) for name in _VARIABLES]
        if meant := _closest(variable.removeprefix(_PREFIX), known, 0.8):
            findings.append(
                warning(
                    Check.SETTINGS,
                    f"the environment variable {variable} isn't a setting; did you mean {_PREFIX}{meant}?",
                    f"Rename it if that was meant; otherwise nothing of this package reads {variable}.",
                )
            )
    return findings


def _closest(name: str, known: Iterable[str], cutoff: float) -> str:
    """The one most like the name, whatever their case; empty if none is."""
    by_lower_case = {one.lower(): one for one in known}
    closest = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=cutoff)
    return by_lower_case[closest[0]] if closest else ""
