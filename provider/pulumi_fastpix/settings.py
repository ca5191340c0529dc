"""Which FastPix workspace to talk to, and how patiently: settings, where they come from, in which order.

The *target*, that is the address and the credentials together, comes from one source: the stack's
configuration if that holds any part of it, else the environment. So an environment variable that happens
to be set can neither redirect an existing stack nor send its credentials elsewhere.

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
import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from pulumi_fastpix.errors import SettingsError

DEFAULT_BASE_URL = "https://api.fastpix.com/v1"

NAMESPACE = "fastpix"
TARGET_VARIABLES = {
    "accessTokenId": "FASTPIX_USERNAME",
    "secretKey": "FASTPIX_PASSWORD",
    "baseUrl": "FASTPIX_BASE_URL",
}
PATIENCE_VARIABLES = {
    "timeoutSeconds": ("FASTPIX_TIMEOUT_SECONDS", 30.0),
    "retryForSeconds": ("FASTPIX_RETRY_FOR_SECONDS", 120.0),
}
CONFIG_KEYS = (*TARGET_VARIABLES, *PATIENCE_VARIABLES)

SANDBOX_VARIABLE = "FASTPIX_SANDBOX"
"""Set by `pulumi-fastpix sandbox exec` to the sandbox's address: nothing else may then be talked to."""

GONE_STREAMS_VARIABLE = "FASTPIX_GONE_STREAMS"
"""Stream ids, separated by commas, that the user knows to be deleted. Only ever read from the environment:
`pulumi refresh` and `pulumi destroy` use the configuration *stored* with the stack, and a stored "gone"
would disarm the guard against the wrong workspace for good."""


_NO_CREDENTIALS = (
    # --plaintext, because Pulumi takes some token IDs for secrets and refuses to store them without a word.
    "no credentials were found. Set them for this stack with `pulumi config set --plaintext "
    "fastpix:accessTokenId <access token ID>` and `pulumi config set --secret fastpix:secretKey`, or set the "
    "environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD"
)


class Source(Enum):
    """Where the target was found."""

    CONFIGURATION = "configuration"
    ENVIRONMENT = "environment"


@dataclass(frozen=True)
class Settings:
    """A complete, checked set of settings.

    Attributes:
        access_token_id: the user name of FastPix's Basic authentication.
        secret_key: its password; kept out of `repr`.
        base_url: the API's address with its version path, without a trailing slash.
        source: where the three above were found.
        timeout_seconds: how long to wait for a connection, and for each part of an answer.
        retry_for_seconds: how long one operation may go on trying.
        gone_streams: streams the user vouches for as deleted, for this run only.
    """

    access_token_id: str
    secret_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    source: Source = Source.ENVIRONMENT
    timeout_seconds: float = 30.0
    retry_for_seconds: float = 120.0
    gone_streams: frozenset[str] = frozenset()

    @property
    def seen_by(self) -> str:
        """A mark of the workspace that is being looked at: 12 hex digits, of identifiers only.

        It is stored with every playback ID, so that a stream that can't be seen is known to be looked for
        in the same place as before.
        """
        return hashlib.sha256(f"{self.base_url}\n{self.access_token_id}".encode()).hexdigest()[:12]

    @property
    def credentials_hint(self) -> str:
        """Where the credentials were found, and how to make better ones count: for 401 and 403."""
        if self.source is Source.ENVIRONMENT:
            return (
                "The credentials came from the environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD: "
                "check that both belong to one access token of the right workspace"
            )
        return (
            "The credentials came from the configuration (fastpix:accessTokenId and fastpix:secretKey): check "
            "that both belong to one access token of the right workspace. `pulumi refresh` and "
            "`pulumi destroy` use the configuration stored by the last `pulumi up`; after changing it, "
            "add --run-program"
        )


def read_settings(config: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Find the target and the patience, or say in one message everything that is wrong with them.

    Args:
        config: values of :data:`CONFIG_KEYS` without their namespace; absent or None where not set.
        environ: the environment.

    Raises:
        SettingsError: something is missing, malformed, or would leave the sandbox.
    """
    source = _source_of_target(config)
    if source is Source.CONFIGURATION:
        target = {key: _text(config.get(key)) for key in TARGET_VARIABLES}
    else:
        target = {key: _text(environ.get(variable)) for key, variable in TARGET_VARIABLES.items()}
    problems = [*_credential_problems(target, source)]

    base_url = DEFAULT_BASE_URL
    try:
        base_url = normalise_base_url(target["baseUrl"] or DEFAULT_BASE_URL)
    except ValueError as error:
        problems.append(f"{_name('baseUrl', source)} {error}")

    patience = {}
    for key, (variable, default) in PATIENCE_VARIABLES.items():
        value, name = _text(config.get(key)), f"{NAMESPACE}:{key}"
        if not value:
            value, name = _text(environ.get(variable)), variable
        try:
            patience[key] = _positive_seconds(value) if value else default
        except ValueError:
            problems.append(f"{name} must be a number of seconds greater than 0, but is {value!r}")

    if problems:
        raise SettingsError("FastPix can't be called: " + "; ".join(problems) + ".")
    settings = Settings(
        access_token_id=target["accessTokenId"],
        secret_key=target["secretKey"],
        base_url=base_url,
        source=source,
        timeout_seconds=patience["timeoutSeconds"],
        retry_for_seconds=patience["retryForSeconds"],
        gone_streams=frozenset(filter(None, map(str.strip, environ.get(GONE_STREAMS_VARIABLE, "").split(",")))),
    )
    _stay_in_sandbox(settings.base_url, environ)
    return settings


def refuse_configured_target_in_sandbox(config: Mapping[str, object], environ: Mapping[str, str]) -> None:
    """Refuse a stack whose configuration holds a target when it is run under `sandbox exec`.

    The configuration goes before the environment, so such a stack would talk to the real FastPix while its
    user believes to be in the sandbox.

    Raises:
        SettingsError: the configuration holds a part of the target, and the sandbox's marker is set.
    """
    if not environ.get(SANDBOX_VARIABLE) or _source_of_target(config) is Source.ENVIRONMENT:
        return
    held = ", ".join(f"{NAMESPACE}:{key}" for key in TARGET_VARIABLES if _text(config.get(key)))
    raise SettingsError(
        f"This runs under `pulumi-fastpix sandbox exec`, but the stack's configuration holds a target of its "
        f"own ({held}), which would be used instead of the sandbox. Nothing was done. Use a stack without it, "
        f"or run Pulumi without `sandbox exec`."
    )


def normalise_base_url(value: str) -> str:
    """Bring an address into the one form that is stored and compared.

    Lower-case scheme and host, no default port, no trailing slash.

    Raises:
        ValueError: it isn't an address credentials may be sent to; the text goes on a subject ("must ...").
    """
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError(f"must be an address like {DEFAULT_BASE_URL}, but is {value!r}") from None
    if "@" in parts.netloc:
        raise ValueError("must not contain credentials; set the access token and the secret key instead")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or " " in value:
        raise ValueError(f"must be an address like {DEFAULT_BASE_URL}, but is {value!r}")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"must begin with https:// (credentials are sent in clear over http://, "
            f"which is allowed to this machine only), but is {value!r}"
        )
    if port == {"http": 80, "https": 443}[parts.scheme]:
        port = None
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, without asking DNS."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _source_of_target(config: Mapping[str, object]) -> Source:
    held = any(_text(config.get(key)) for key in TARGET_VARIABLES)
    return Source.CONFIGURATION if held else Source.ENVIRONMENT


def _credential_problems(target: Mapping[str, str], source: Source) -> list[str]:
    missing = [key for key in ("accessTokenId", "secretKey") if not target[key]]
    if len(missing) == 2 and source is Source.ENVIRONMENT:
        return [_NO_CREDENTIALS]
    problems = [
        f"{_name(key, source)} is missing, though {_others(target, source)} is set (the address and the "
        f"credentials are taken from one source, here the {source.value})"
        for key in missing
    ]
    problems += [
        f"{_name(key, source)} contains white space, which no FastPix credential does: it was probably pasted "
        f"with a line break"
        for key in ("accessTokenId", "secretKey")
        if any(character.isspace() for character in target[key])
    ]
    return problems


def _others(target: Mapping[str, str], source: Source) -> str:
    return " and ".join(_name(key, source) for key in TARGET_VARIABLES if target[key])


def _name(key: str, source: Source) -> str:
    return f"{NAMESPACE}:{key}" if source is Source.CONFIGURATION else TARGET_VARIABLES[key]


def _stay_in_sandbox(base_url: str, environ: Mapping[str, str]) -> None:
    sandbox = environ.get(SANDBOX_VARIABLE)
    if sandbox and normalise_base_url(sandbox) != base_url:
        raise SettingsError(
            f"This runs under `pulumi-fastpix sandbox exec` at {sandbox}, but the settings name {base_url}. "
            f"Nothing was done. Leave FASTPIX_BASE_URL as `sandbox exec` sets it, or run without it."
        )


def _positive_seconds(value: str) -> float:
    seconds = float(value)
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError
    return seconds


def _text(value: object) -> str:
    """A setting as text; a blank one counts as not set, but inner and trailing white space is kept to be seen."""
    text = "" if value is None else str(value)
    return text if text.strip() else ""
