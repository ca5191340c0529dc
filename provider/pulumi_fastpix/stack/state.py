"""A stack's state as `pulumi stack export` gives it, reduced to what concerns playback IDs. Pure: no command is run.

Values that a stack keeps secret stand in an export as an object with a ciphertext, or with `--show-secrets` with a
plaintext. Inputs are kept as they stand; a stream ID or a setting that can't be read counts as sealed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, SEEN_BY, STREAM_ID
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # how Pulumi marks a secret value in a state file
_STACK_TYPE = "pulumi:pulumi:Stack"
_PROVIDER_TYPES = "pulumi:providers:"
_DEFAULT_PROVIDER = re.compile(r"default(_(\d|http).*)?")
"""Pulumi adds the version, or where the plugin is from; a program's own provider may have a name like `default_eu`."""


Account = Mapping[str, str | None]


class NotAStateError(ValueError):
    """This isn't what `pulumi stack export` prints."""


@dataclass(frozen=True)
class Resource:
    """A playback ID as the state has it, whether it exists or was only begun.

    Attributes:
        urn: how the stack knows it.
        inputs: as they stand in the export.
        outputs: likewise; empty if it was only begun.
        id: the playback ID; empty if it was only begun.
        parent: the URN of its parent; empty if that is the stack itself.
        provider: the URN of its explicit provider; empty if it has none.
        protect: whether Pulumi refuses to delete it.
        external: it was looked up (`.get()`), not made.
        to_be_deleted: it was replaced, and its deletion is still to come.
    """

    urn: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    parent: str = ""
    provider: str = ""
    protect: bool = False
    external: bool = False
    to_be_deleted: bool = False

    @property
    def name(self) -> str:
        """Its name in the program."""
        return name_of(self.urn)

    @property
    def type(self) -> str:
        """Its type token."""
        return _type_of(self.urn)

    @property
    def parent_name(self) -> str:
        """The name of its parent."""
        return name_of(self.parent)

    @property
    def keeps_stream_secret(self) -> bool:
        """Whether the stream it is on is a secret of the stack."""
        return _is_secret(self._properties.get(STREAM_ID))

    @property
    def stream_id(self) -> str | None:
        """The stream it is on; None if it is sealed."""
        return _text(self._properties.get(STREAM_ID))

    @property
    def access_policy(self) -> str | None:
        """Its policy; None if it is sealed."""
        return _text(self._properties.get(ACCESS_POLICY))

    @property
    def seen_by(self) -> str | None:
        """The mark of the workspace in which its stream was last seen."""
        return _text(self.outputs.get(SEEN_BY))

    @property
    def _properties(self) -> Mapping[str, Any]:
        return self.outputs or self.inputs


@dataclass(frozen=True)
class StackState:
    """What a stack's state says of playback IDs.

    Attributes:
        stack: its name.
        project: the name of its project.
        playback_ids: those it has, owned and looked up.
        pending_creates: those that a run began to create and didn't get to record.
        pending_others: how many other operations on playback IDs a run didn't get to end.
        pending_elsewhere: URNs of other resources that runs began to create and didn't get to record, each once.
        accounts: for each explicit provider, by URN, its values of `settings.CONFIG_KEYS`; None where sealed.
        default_accounts: the same of the default providers that playback IDs go through: the engine's copy of the
            stack's configuration.
        urns: of everything that is in the stack and isn't to be deleted.
    """

    stack: str
    project: str
    playback_ids: tuple[Resource, ...] = ()
    pending_creates: tuple[Resource, ...] = ()
    pending_others: int = 0
    pending_elsewhere: tuple[str, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    default_accounts: tuple[Account, ...] = ()
    urns: frozenset[str] = frozenset()

    @property
    def every(self) -> tuple[Resource, ...]:
        """All playback IDs, also those only begun, in the state's order."""
        return (*self.playback_ids, *self.pending_creates)

    @property
    def sealed(self) -> bool:
        """Whether something that is needed to talk to FastPix can't be read: ask for it with `--show-secrets`."""
        used = {resource.provider for resource in self.every}
        return any(resource.stream_id is None or resource.access_policy is None for resource in self.every) or any(
            value is None for urn, account in self.accounts.items() if urn in used for value in account.values()
        )


def parse(exported: Any) -> StackState:
    """Read an export.

    Raises:
        NotAStateError: it is none.
    """
    deployment = exported.get("deployment") if isinstance(exported, dict) else None
    if not isinstance(deployment, dict):
        raise NotAStateError('an object with a "deployment" was expected')
    try:
        resources = list(deployment.get("resources") or [])
        operations = list(deployment.get("pending_operations") or [])
        stack, project = _stack_and_project([*resources, *(operation["resource"] for operation in operations)])
        begun = [operation["resource"] for operation in operations if operation["type"] == "creating"]
        ours = [operation for operation in operations if _is_playback_id(operation["resource"]["type"])]
        creates = [raw for raw in begun if _is_playback_id(raw["type"])]
        accounts = dict(_accounts(resources))
        used = {_urn_of_provider(raw) for raw in resources if _is_playback_id(raw["type"])}
        return StackState(
            stack=stack,
            project=project,
            playback_ids=tuple(_resource(raw) for raw in resources if _is_playback_id(raw["type"])),
            pending_creates=tuple(_resource(raw) for raw in creates),
            pending_others=len(ours) - len(creates),
            pending_elsewhere=tuple(dict.fromkeys(raw["urn"] for raw in begun if not _is_playback_id(raw["type"]))),
            accounts={urn: account for urn, account in accounts.items() if not _is_default(urn)},
            default_accounts=tuple(accounts[urn] for urn in accounts if _is_default(urn) and urn in used),
            urns=frozenset(raw["urn"] for raw in resources if not raw.get("delete")),
        )
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise NotAStateError(f"a resource has an unexpected form ({error!r})") from None


def name_of(urn: str) -> str:
    """The last part of `urn:pulumi:<stack>::<project>::<types>::<name>`; a name may contain colons itself."""
    return urn.split("::", 3)[3]


def urn_of(state: StackState, type_: str, name: str, parent: str) -> str:
    """The URN that a resource has in a stack.

    Args:
        state: the stack's.
        type_: its type token.
        name: its name.
        parent: its parent's URN; empty for the stack itself.
    """
    types = f"{parent.split('::', 3)[2]}${type_}" if parent else type_
    return f"urn:pulumi:{state.stack}::{state.project}::{types}::{name}"


def _resource(raw: Mapping[str, Any]) -> Resource:
    provider = _urn_of_provider(raw)
    parent = raw.get("parent", "")
    return Resource(
        urn=raw["urn"],
        inputs=raw.get("inputs") or {},
        outputs=raw.get("outputs") or {},
        id=raw.get("id", ""),
        parent="" if not parent or _type_of(parent) == _STACK_TYPE else parent,
        provider="" if not provider or _is_default(provider) else provider,
        protect=raw.get("protect", False),
        external=raw.get("external", False),
        to_be_deleted=raw.get("delete", False),
    )


def _urn_of_provider(raw: Mapping[str, Any]) -> str:
    """A resource refers to its provider as `<URN>::<id>`."""
    return str(raw.get("provider", "")).rpartition("::")[0]


def _accounts(resources: list[dict[str, Any]]) -> Iterator[tuple[str, Account]]:
    for raw in resources:
        if raw["type"].startswith(_PROVIDER_TYPES):
            inputs = raw.get("inputs") or {}
            # The SDK's own provider takes any settings, so ours carry a namespace there and none elsewhere.
            given = {key: inputs.get(f"{NAMESPACE}:{key}", inputs.get(key)) for key in CONFIG_KEYS}
            yield raw["urn"], {key: _text(value) for key, value in given.items() if value is not None}


def _text(value: object) -> str | None:
    if isinstance(value, dict) and _is_secret(value):
        if "plaintext" not in value:
            return None
        value = json.loads(value["plaintext"])
    return None if value is None else str(value)


def _stack_and_project(resources: list[dict[str, Any]]) -> tuple[str, str]:
    if not resources:
        return "", ""
    stack, project = resources[0]["urn"].split("::", 2)[:2]
    return stack.removeprefix("urn:pulumi:"), project


def _is_playback_id(type_: str) -> bool:
    return type_ in (LIVE_PLAYBACK_ID.dynamic_type, LIVE_PLAYBACK_ID.native_type)


def _is_secret(value: object) -> bool:
    return isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET


def _is_default(provider_urn: str) -> bool:
    return _DEFAULT_PROVIDER.fullmatch(name_of(provider_urn)) is not None


def _type_of(urn: str) -> str:
    return urn.split("::", 3)[2].rpartition("$")[2]
