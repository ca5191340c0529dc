"""Which FastPix workspace to talk to, and how patiently: settings, where they come from, in which order.

The *target*, that is the address and the credentials together, comes from one source: the stack's
configuration if that holds any part of it, else the environment. So an environment variable that happens
to be set can neither redirect an existing stack nor send its credentials elsewhere. A provider resource (see
:class:`pulumi_fastpix.Provider`) has a configuration of its own under the same names, and nothing of the stack's.

==========================  ============================  ================================
configuration               environment                   default
==========================  ============================  ================================
``fastpix:accessTokenId``   ``FASTPIX_USERNAME``          required at the first API call
``fastpix:secretKey``       ``FASTPIX_PASSWORD``          required at the first API call
``fastpix:baseUrl``         ``FASTPIX_BASE_URL``          ``https://api.fastpix.com/v1``
``fastpix:timeoutSeconds``  ``FASTPIX_TIMEOUT_SECONDS``   30
``fastpix:retryForSeconds`` ``FASTPIX_RETRY_FOR_SECONDS`` 120
==========================  ============================  ================================

The names of the environment variables for the credentials are those of FastPix's own SDKs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from pulumi_fastpix.addresses import DEFAULT_BASE_URL, normalise_base_url
from pulumi_fastpix.errors import OutsideSandboxError, SettingsError

NAMESPACE = "fastpix"
TARGET_VARIABLES = {
    "accessTokenId": "FASTPIX_USERNAME",
    "secretKey": "FASTPIX_PASSWORD",
    "baseUrl": "FASTPIX_BASE_URL",
}
CREDENTIALS = ("accessTokenId", "secretKey")
SECRET_KEY = f"{NAMESPACE}:secretKey"
"""What must not be in plain text in a stack's configuration."""
DEFAULT_TIMEOUT_SECONDS = 30.0
DEFAULT_RETRY_FOR_SECONDS = 120.0
PATIENCE_VARIABLES = {
    "timeoutSeconds": ("FASTPIX_TIMEOUT_SECONDS", DEFAULT_TIMEOUT_SECONDS),
    "retryForSeconds": ("FASTPIX_RETRY_FOR_SECONDS", DEFAULT_RETRY_FOR_SECONDS),
}
MOST_SECONDS = 86_400.0
"""A day. What waits can't be told to wait for ever, and nobody means to."""
PROVIDER_RESOURCE = "providerResource"
"""The name of the provider resource, in the configuration that :class:`pulumi_fastpix.Provider` gives it: nothing
else tells a provider resource's configuration from a stack's. Stored with stacks, so don't rename it."""

CONFIG_KEYS = (*TARGET_VARIABLES, *PATIENCE_VARIABLES, PROVIDER_RESOURCE)

SANDBOX_VARIABLE = "FASTPIX_SANDBOX"
"""Set by `pulumi-fastpix sandbox exec` to the sandbox's address: nothing else may then be talked to."""

GONE_STREAMS_VARIABLE = "FASTPIX_GONE_STREAMS"
"""Stream ids, separated by commas, that the user knows to be deleted. Only ever read from the environment:
`pulumi refresh` and `pulumi destroy` use the configuration *stored* with the stack, and a stored "gone"
would disarm the guard against the wrong workspace for good."""


# --plaintext, because Pulumi takes some token IDs for secrets and refuses to store them without a word.
SET_COMMANDS = {
    "accessTokenId": "pulumi config set --plaintext fastpix:accessTokenId <access token ID>",
    "secretKey": "pulumi config set --secret fastpix:secretKey",
}

_NO_CREDENTIALS = (
    f"no credentials were found. Set them for this stack with `{SET_COMMANDS['accessTokenId']}` and "
    f"`{SET_COMMANDS['secretKey']}`, or set the environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD"
)

_STORED = (
    "`pulumi refresh` and `pulumi destroy` use the configuration stored by the last `pulumi up`: "
    "after changing it, add --run-program"
)
"""Said where it may be the reason: even when nothing is found, since what is set may not be stored yet."""


class Source(Enum):
    """Where the target was found."""

    CONFIGURATION = "configuration"
    ENVIRONMENT = "environment"
    PROVIDER_RESOURCE = "provider resource"


@dataclass(frozen=True)
class Settings:
    """A complete, checked set of settings.

    Attributes:
        access_token_id: the user name of FastPix's Basic authentication.
        secret_key: its password; kept out of `repr`.
        base_url: the API's address with its version path, without a trailing slash.
        source: where the three above were found.
        provider_resource: the name of the provider resource, if that is where.
        timeout_seconds: how long to wait for a connection, and for each part of an answer.
        retry_for_seconds: how long one operation may go on trying.
        gone_streams: streams the user vouches for as deleted, for this run only.
    """

    access_token_id: str
    secret_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    source: Source = Source.ENVIRONMENT
    provider_resource: str = ""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    retry_for_seconds: float = DEFAULT_RETRY_FOR_SECONDS
    gone_streams: frozenset[str] = frozenset()

    @property
    def workspace_mark(self) -> str:
        """A mark of the workspace that is being looked at: 12 hex digits, of identifiers only.

        It is stored with every playback ID as `seenBy`, so that a stream that can't be seen is known to be looked for
        in the same place as before.
        """
        return hashlib.sha256(f"{self.base_url}\n{self.access_token_id}".encode()).hexdigest()[:12]

    @property
    def credentials_hint(self) -> str:
        """Where the credentials were found, and how to make better ones count: for 401 and 403."""
        check = "check that both belong to one access token of the right workspace"
        if self.source is Source.ENVIRONMENT:
            return f"The credentials came from the environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD: {check}"
        if self.source is Source.PROVIDER_RESOURCE:
            return f"The credentials came from the provider resource '{self.provider_resource}': {check}. {_STORED}"
        return (
            f"The credentials came from the configuration (fastpix:accessTokenId and fastpix:secretKey, of the stack "
            f"or of a provider resource): {check}. {_STORED}"
        )


def read_settings(config: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Find the target and the patience, or say in one message everything that is wrong with them.

    Args:
        config: values of :data:`CONFIG_KEYS` without their namespace; absent or None where not set.
        environ: the environment.

    Raises:
        SettingsError: something is missing or malformed.
        OutsideSandboxError: they lead out of the sandbox.
    """
    refuse_configured_target_in_sandbox(config, environ)
    target = _find_target(config, environ)
    problems = [*_credential_problems(target)]

    base_url = DEFAULT_BASE_URL
    try:
        base_url = normalise_base_url(target.values["baseUrl"] or DEFAULT_BASE_URL)
    except ValueError as error:
        problems.append(f"{target.name('baseUrl')} {error}")

    patience = {}
    for key, (variable, default) in PATIENCE_VARIABLES.items():
        value, name = setting_text(config.get(key)), target.name_in_configuration(key)
        if not value:
            value, name = setting_text(environ.get(variable)), variable
        try:
            patience[key] = _positive_seconds(value) if value else default
        except ValueError:
            problems.append(
                f"{name} must be a number of seconds greater than 0 and at most {MOST_SECONDS:.0f}, but is {value!r}"
            )

    if problems:
        # The environment's mistakes are corrected there; but with nothing in it, the configuration was probably meant.
        advice = f" {_STORED}." if target.source is not Source.ENVIRONMENT or not target.held() else ""
        raise SettingsError(f"FastPix can't be called: {'; '.join(problems)}.{advice}")
    settings = Settings(
        access_token_id=target.values["accessTokenId"],
        secret_key=target.values["secretKey"],
        base_url=base_url,
        source=target.source,
        provider_resource=target.provider_resource,
        timeout_seconds=patience["timeoutSeconds"],
        retry_for_seconds=patience["retryForSeconds"],
        gone_streams=frozenset(filter(None, map(str.strip, environ.get(GONE_STREAMS_VARIABLE, "").split(",")))),
    )
    _stay_in_sandbox(settings.base_url, environ)
    return settings


def refuse_configured_target_in_sandbox(config: Mapping[str, object], environ: Mapping[str, str]) -> None:
    """Refuse a target in the configuration when Pulumi is run under `sandbox exec`.

    The configuration goes before the environment, so such a stack would talk to the real FastPix while its
    user believes to be in the sandbox.

    Raises:
        OutsideSandboxError: the configuration holds a part of the target, and the sandbox's marker is set.
    """
    target = _find_target(config, environ)
    if not setting_text(environ.get(SANDBOX_VARIABLE)) or target.source is Source.ENVIRONMENT:
        return
    if target.source is Source.PROVIDER_RESOURCE:
        holder = f"the provider resource '{target.provider_resource}' is a target of its own"
    else:
        held = " and ".join(map(target.name, target.held()))
        holder = f"the configuration of the stack, or of a provider resource, holds a target of its own ({held})"
    raise OutsideSandboxError(
        f"This runs under `pulumi-fastpix sandbox exec`, but {holder}, which would be used instead of the sandbox "
        f"({SANDBOX_VARIABLE} is set). "
        f"Nothing was done. Use a stack or a provider resource without it, or run Pulumi without `sandbox exec`."
    )


def setting_text(value: object) -> str:
    """A setting as text; a blank one counts as not set, but inner and trailing white space is kept to be seen."""
    text = "" if value is None else str(value)
    return text if text.strip() else ""


@dataclass(frozen=True)
class _Target:
    """Address and credentials as they were found: values of :data:`TARGET_VARIABLES`, empty where not set."""

    source: Source
    values: Mapping[str, str]
    provider_resource: str = ""

    def name(self, key: str) -> str:
        """What a setting is called where it was found."""
        return TARGET_VARIABLES[key] if self.source is Source.ENVIRONMENT else self.name_in_configuration(key)

    def name_in_configuration(self, key: str) -> str:
        """What a setting is called in the configuration that counts."""
        of_whom = f" of the provider resource '{self.provider_resource}'" if self.provider_resource else ""
        return f"{NAMESPACE}:{key}{of_whom}"

    def held(self) -> list[str]:
        """The keys that have a value."""
        return [key for key, value in self.values.items() if value]


def _find_target(config: Mapping[str, object], environ: Mapping[str, str]) -> _Target:
    configured = {key: setting_text(config.get(key)) for key in TARGET_VARIABLES}
    if provider_resource := setting_text(config.get(PROVIDER_RESOURCE)):
        return _Target(Source.PROVIDER_RESOURCE, configured, provider_resource)
    if any(configured.values()):
        return _Target(Source.CONFIGURATION, configured)
    return _Target(
        Source.ENVIRONMENT, {key: setting_text(environ.get(variable)) for key, variable in TARGET_VARIABLES.items()}
    )


def _credential_problems(target: _Target) -> list[str]:
    missing = [key for key in CREDENTIALS if not target.values[key]]
    if len(missing) == 2 and target.source is Source.ENVIRONMENT:
        return [_NO_CREDENTIALS]
    problems = [_missing(key, target) for key in missing]
    problems += [
        f"{target.name(key)} contains {stain}, which no FastPix credential does: it was probably pasted with "
        f"something around it"
        for key in CREDENTIALS
        if (stain := stain_of(target.values[key]))
    ]
    return problems


def stain_of(credential: str) -> str | None:
    """What a credential contains that can't belong to it, such as a line break from pasting; None if nothing."""
    if any(character.isspace() for character in credential):
        return "white space"
    return None if credential.isprintable() else "invisible characters"


def _missing(key: str, target: _Target) -> str:
    others = " and ".join(map(target.name, target.held()))
    if target.source is Source.PROVIDER_RESOURCE:
        return f"{target.name(key)} is missing (a provider resource takes nothing from the stack or the environment)"
    remedy = f": run `{SET_COMMANDS[key]}`" if target.source is Source.CONFIGURATION else ""
    return (
        f"{target.name(key)} is missing, though {others} is set (the address and the credentials are taken from one "
        f"source, here the {target.source.value}){remedy}"
    )


def _stay_in_sandbox(base_url: str, environ: Mapping[str, str]) -> None:
    sandbox = setting_text(environ.get(SANDBOX_VARIABLE))
    if not sandbox:
        return
    try:
        allowed = normalise_base_url(sandbox)
    except ValueError:
        raise OutsideSandboxError(
            f"{SANDBOX_VARIABLE} is set, but not to the address of a sandbox as `pulumi-fastpix sandbox exec` sets it, "
            f"and while it is set nothing else is talked to. Nothing was done. Unset it, or run this under `sandbox "
            f"exec`."
        ) from None
    if allowed != base_url:
        raise OutsideSandboxError(
            f"This runs under `pulumi-fastpix sandbox exec` at {sandbox}, but the settings name {base_url}. "
            f"Nothing was done. Leave FASTPIX_BASE_URL as `sandbox exec` sets it, or run without it, with "
            f"{SANDBOX_VARIABLE} unset."
        )


def _positive_seconds(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError
    return seconds
