"""The accounts in a stack's state: the settings by which its providers reach FastPix, as the engine stored them."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_fastpix.resources.names import NATIVE_PACKAGE
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE, PROVIDER_RESOURCE
from pulumi_fastpix.stack.state import Resource, StackState
from pulumi_fastpix.stack.urns import is_default_provider, name_of, type_of
from pulumi_fastpix.stack.values import text_of

_PROVIDER_TYPES = "pulumi:providers:"

Account = Mapping[str, str | None]
"""Values by their names in `settings.CONFIG_KEYS`, None for one that is encrypted in this export."""


def explicit_accounts(state: StackState) -> dict[str, Account]:
    """The account of each provider resource of the program, by its URN."""
    return {
        resource.urn: _account(resource)
        for resource in state.resources
        if resource.type_token.startswith(_PROVIDER_TYPES) and not is_default_provider(resource.urn)
    }


def provider_resources(state: StackState) -> dict[str, Account]:
    """The accounts of provider resources of ours, by their URNs; a program may have others, of any kind."""
    used = {one.explicit_provider for one in (*state.ours, *(operation.resource for operation in state.interrupted))}
    return {
        urn: account
        for urn, account in explicit_accounts(state).items()
        if urn in used or PROVIDER_RESOURCE in account or type_of(urn) == f"{_PROVIDER_TYPES}{NATIVE_PACKAGE}"
    }


def account_name(provider: str) -> str:
    """What people call the account of a provider resource, given by its URN; empty for the stack's own account."""
    return name_of(provider) if provider else ""


def default_accounts(state: StackState) -> tuple[Account, ...]:
    """The accounts of the default providers of our resources: the engine's copies of the stack's configuration."""
    used = {resource.provider for resource in state.ours}
    return tuple(
        _account(resource)
        for resource in state.resources
        if resource.type_token.startswith(_PROVIDER_TYPES)
        and is_default_provider(resource.urn)
        and resource.urn in used
    )


def _account(provider: Resource) -> Account:
    # The SDK's own provider takes any settings, so ours carry a namespace there and none elsewhere.
    given = {key: provider.inputs.get(f"{NAMESPACE}:{key}", provider.inputs.get(key)) for key in CONFIG_KEYS}
    return {key: text_of(value) for key, value in given.items() if value is not None}
