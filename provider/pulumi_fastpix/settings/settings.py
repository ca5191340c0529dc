"""Which FastPix workspace to talk to, and how long to try: settings, where they come from, in which order.

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

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_fastpix.errors import SettingsError
from pulumi_fastpix.settings.addresses import DEFAULT_BASE_URL, normalise_base_url
from pulumi_fastpix.settings.names import (
    CREDENTIALS,
    DEFAULT_RETRY_FOR_SECONDS,
    DEFAULT_TIMEOUT_SECONDS,
    DELETED_STREAMS_VARIABLE,
    JOURNAL_OFF,
    JOURNAL_VARIABLE,
    MOST_SECONDS,
    TIME_VARIABLES,
)
from pulumi_fastpix.settings.sandbox_guard import refuse_configured_target_in_sandbox, refuse_other_addresses
from pulumi_fastpix.settings.target import Source, find_target, problems_of_credentials, setting_text
from pulumi_fastpix.settings.workspace_mark import workspace_mark

_STORED = (
    "`pulumi refresh` and `pulumi destroy` use the configuration stored by the last `pulumi up`: "
    "after changing it, add --run-program"
)
"""Wherever this may be the reason: even when nothing is found, since a new value may not be stored yet."""


@dataclass(frozen=True)
class Settings:
    """A complete, checked set of settings.

    Attributes:
        access_token_id: the user name of FastPix's Basic authentication.
        secret_key: its password; kept out of `repr`.
        base_url: the API's address with its version path, without a trailing slash.
        source: where the three above were found.
        provider_resource: the name of the provider resource, if that is where.
        timeout_seconds: how long one attempt may take: connecting, for ten seconds at most, and the whole response.
        retry_for_seconds: how long one operation may go on trying.
        deleted_streams: streams the user vouches for as deleted, for this run only.
    """

    access_token_id: str
    secret_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    source: Source = Source.ENVIRONMENT
    provider_resource: str = ""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    retry_for_seconds: float = DEFAULT_RETRY_FOR_SECONDS
    deleted_streams: frozenset[str] = frozenset()

    @property
    def workspace_mark(self) -> str:
        """The mark of this workspace, which is stored with every object as `seenBy`."""
        return workspace_mark(self.base_url, self.access_token_id)

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
    """Find the target and the times, or report in one message everything that is wrong with them.

    Args:
        config: values of :data:`CONFIG_KEYS` without their namespace; absent or None where not set.
        environ: the environment.

    Raises:
        SettingsError: something is missing or malformed.
        OutsideSandboxError: they lead out of the sandbox.
    """
    refuse_configured_target_in_sandbox(config, environ)
    target = find_target(config, environ)
    problems = [*problems_of_credentials(target)]

    base_url = DEFAULT_BASE_URL
    try:
        base_url = normalise_base_url(target.values["baseUrl"] or DEFAULT_BASE_URL)
    except ValueError as error:
        problems.append(f"{target.name('baseUrl')} {error}")

    seconds = {}
    for key, (variable, default) in TIME_VARIABLES.items():
        value, name = setting_text(config.get(key)), target.name_in_configuration(key)
        if not value:
            value, name = setting_text(environ.get(variable)), variable
        try:
            seconds[key] = _positive_seconds(value) if value else default
        except ValueError:
            problems.append(
                f"{name} must be a number of seconds greater than 0 and at most {MOST_SECONDS:.0f}, but is {value!r}"
            )

    problems += problems_of_journal(environ)
    if problems:
        # The environment's mistakes are corrected there; but with nothing in it, the configuration was probably meant.
        advice = f"{_STORED}." if target.source is not Source.ENVIRONMENT or not target.held() else ""
        complete = all(target.values[key] for key in CREDENTIALS)
        verdict = "FastPix's settings can't be used" if complete else "FastPix is not configured"
        raise SettingsError(f"{verdict}: {'; '.join(problems)}.", advice)
    settings = Settings(
        access_token_id=target.values["accessTokenId"],
        secret_key=target.values["secretKey"],
        base_url=base_url,
        source=target.source,
        provider_resource=target.provider_resource,
        timeout_seconds=seconds["timeoutSeconds"],
        retry_for_seconds=seconds["retryForSeconds"],
        deleted_streams=frozenset(filter(None, map(str.strip, environ.get(DELETED_STREAMS_VARIABLE, "").split(",")))),
    )
    refuse_other_addresses(settings.base_url, environ)
    return settings


def problems_of_journal(environ: Mapping[str, str]) -> list[str]:
    """What is wrong with the journal's folder, if anything: providers and commands run in folders of their own."""
    journal = environ.get(JOURNAL_VARIABLE, "")
    if journal in {"", JOURNAL_OFF} or Path(journal).is_absolute():
        return []
    return [f"{JOURNAL_VARIABLE} must be an absolute path or `{JOURNAL_OFF}`, but is {journal!r}"]


def _positive_seconds(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError
    return seconds
