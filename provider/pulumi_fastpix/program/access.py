"""How a Python program declares who can watch: access policies, and restrictions to domains and user agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from inspect import isawaitable
from types import MappingProxyType
from typing import Any, TypedDict

from pulumi import Input, Output

from pulumi_fastpix.resources.access_restrictions.names import DEFAULT_POLICY, USER_AGENTS
from pulumi_fastpix.resources.names import python_name

STATE_NAMES = {python_name(name): name for name in (USER_AGENTS, DEFAULT_POLICY)}
"""The state's names of what is in access restrictions, by their Python names; the others are the same."""
_PYTHON_NAMES = {stored: name for name, stored in STATE_NAMES.items()}


class AccessPolicy(str, Enum):
    """Who can watch.

    Attributes:
        PUBLIC: anyone who has the address.
        PRIVATE: whoever has the address with a `?token=<JWT>`.
    """

    PUBLIC = "public"
    PRIVATE = "private"


class DefaultPolicy(str, Enum):
    """What holds for the domains, or the user agents, that no list has.

    Attributes:
        ALLOW: they are let in; only the list `deny` counts.
        DENY: they are kept out; only the list `allow` counts.
    """

    ALLOW = "allow"
    DENY = "deny"


class AccessRulesArgs:
    """Rules for domains, or for user agents. Without any, everybody is let in.

    Args:
        default_policy: `"allow"` (the default) or `"deny"`: what holds for all that no list has.
        allow: who is let in; without effect unless the default policy is `"deny"`. Domains such as `example.com`; of
            user agents a part of the `User-Agent` header, such as `Mozilla/5.0`.
        deny: who is kept out; without effect if the default policy is `"deny"`.
    """

    def __init__(
        self,
        *,
        default_policy: Input[DefaultPolicy | str | None] = None,
        allow: Input[Sequence[Input[str]] | None] = None,
        deny: Input[Sequence[Input[str]] | None] = None,
    ) -> None:
        self.default_policy = default_policy
        self.allow = allow
        self.deny = deny


class AccessRulesArgsDict(TypedDict, total=False):
    """Rules for domains, or for user agents, as a dict: see :class:`AccessRulesArgs`."""

    default_policy: Input[DefaultPolicy | str | None]
    allow: Input[Sequence[Input[str]] | None]
    deny: Input[Sequence[Input[str]] | None]


class AccessRestrictionsArgs:
    """The domains and user agents that may play a playback ID.

    Args:
        domains: rules for the domains whose pages may play it.
        user_agents: rules for the user agents that may play it.
    """

    def __init__(
        self,
        *,
        domains: Input[AccessRulesArgs | AccessRulesArgsDict | None] = None,
        user_agents: Input[AccessRulesArgs | AccessRulesArgsDict | None] = None,
    ) -> None:
        self.domains = domains
        self.user_agents = user_agents


class AccessRestrictionsArgsDict(TypedDict, total=False):
    """The domains and user agents that may play a playback ID, as a dict: see :class:`AccessRestrictionsArgs`."""

    domains: Input[AccessRulesArgs | AccessRulesArgsDict | None]
    user_agents: Input[AccessRulesArgs | AccessRulesArgsDict | None]


class AccessRules(TypedDict, total=False):
    """Rules for domains, or for user agents, as they are stored: without those that were left out."""

    default_policy: str
    allow: list[str]
    deny: list[str]


class AccessRestrictions(TypedDict, total=False):
    """The domains and user agents that may play a playback ID, as they are stored."""

    domains: AccessRules
    user_agents: AccessRules


def as_stored(value: Any, state_names: Mapping[str, str] = MappingProxyType({})) -> Any:
    """An input as a stack has it: dicts for Args objects, and without what is None. An enum is a string to the SDK.

    What is awaited becomes an Output, since it can be awaited only once.

    Args:
        value: the input.
        state_names: the state's names of keys, by their Python names; all other keys stay as they are.
    """
    if isinstance(value, Output):
        return value.apply(lambda known: as_stored(known, state_names))
    if isawaitable(value):
        return Output.from_input(value).apply(lambda known: as_stored(known, state_names))
    if isinstance(value, (AccessRulesArgs, AccessRestrictionsArgs)):
        value = vars(value)
    if isinstance(value, Mapping):
        return {
            state_names.get(key, key): as_stored(inner, state_names)
            for key, inner in value.items()
            if inner is not None
        }
    if isinstance(value, (list, tuple)):
        return [as_stored(inner, state_names) for inner in value]
    return value


def as_seen(restrictions: Any) -> Any:
    """Stored access restrictions as a program sees them: with Python's names."""
    if isinstance(restrictions, Mapping):
        return {_PYTHON_NAMES.get(key, key): as_seen(inner) for key, inner in restrictions.items()}
    return restrictions
