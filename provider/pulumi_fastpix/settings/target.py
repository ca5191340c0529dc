"""The target: the address and the credentials, from one source. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pulumi_fastpix.settings.credentials import foreign_characters_in
from pulumi_fastpix.settings.names import CREDENTIALS, NAMESPACE, PROVIDER_RESOURCE, SET_COMMANDS, TARGET_VARIABLES

_NO_CREDENTIALS = (
    f"no credentials were found. Set them for this stack with `{SET_COMMANDS['accessTokenId']}` and "
    f"`{SET_COMMANDS['secretKey']}`, or set the environment variables FASTPIX_USERNAME and FASTPIX_PASSWORD, "
    "as `pulumi-fastpix sandbox exec` does for a sandbox"
)


class Source(Enum):
    """Where the target was found."""

    CONFIGURATION = "configuration"
    ENVIRONMENT = "environment"
    PROVIDER_RESOURCE = "provider resource"


@dataclass(frozen=True)
class Target:
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


def find_target(config: Mapping[str, object], environ: Mapping[str, str]) -> Target:
    """The target that counts: the provider resource's own, else the configuration's, else the environment's."""
    configured = {key: setting_text(config.get(key)) for key in TARGET_VARIABLES}
    if provider_resource := setting_text(config.get(PROVIDER_RESOURCE)):
        return Target(Source.PROVIDER_RESOURCE, configured, provider_resource)
    if any(configured.values()):
        return Target(Source.CONFIGURATION, configured)
    return Target(
        Source.ENVIRONMENT, {key: setting_text(environ.get(variable)) for key, variable in TARGET_VARIABLES.items()}
    )


def problems_of_credentials(target: Target) -> list[str]:
    """Everything that is wrong with the credentials, none of them shown."""
    missing = [key for key in CREDENTIALS if not target.values[key]]
    if len(missing) == 2 and target.source is Source.ENVIRONMENT:
        return [_NO_CREDENTIALS]
    problems = [_missing(key, target) for key in missing]
    problems += [
        f"{target.name(key)} contains {characters}, which FastPix credentials never do: check for "
        f"characters copied along with it"
        for key in CREDENTIALS
        if (characters := foreign_characters_in(target.values[key]))
    ]
    return problems


def _missing(key: str, target: Target) -> str:
    held = target.held()
    others = f"{' and '.join(map(target.name, held))} {'is' if len(held) == 1 else 'are'}"
    if target.source is Source.PROVIDER_RESOURCE:
        return f"{target.name(key)} is missing (a provider resource takes nothing from the stack or the environment)"
    remedy = f": run `{SET_COMMANDS[key]}`" if target.source is Source.CONFIGURATION else ""
    return (
        f"{target.name(key)} is missing, though {others} set (the address and the credentials are taken from one "
        f"source, here the {target.source.value}){remedy}"
    )


def setting_text(value: object) -> str:
    """A setting as text; a blank one counts as not set, but inner and trailing white space is kept to be seen."""
    text = "" if value is None else str(value)
    return text if text.strip() else ""
