"""Between Pulumi's protocol for dynamic providers and our resource types.

A provider has no attributes of its own when a program declares a resource, so nothing but a reference to its class is
pickled. What `configure` adds exists in the provider process only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from pulumi_fastpix.announce import warn
from pulumi_fastpix.dynamic.call import storing_what_is_partly_done, urn_of_call
from pulumi_fastpix.dynamic.provider_process.calls import answer_more_calls_at_once
from pulumi_fastpix.dynamic.provider_process.cancel import call_on_cancel
from pulumi_fastpix.dynamic.provider_process.ending import end_by_a_signal_to_any_thread
from pulumi_fastpix.dynamic.provider_process.errors import keeps_trace, show_as_one_line
from pulumi_fastpix.resources.base import NOTHING, UNKNOWN, ResourceType, Values
from pulumi_fastpix.resources.names import PROVIDER_KEY
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE

if TYPE_CHECKING:
    from pulumi_fastpix.resources.connection import Connection
    from pulumi_fastpix.resources.lifecycle import Lifecycle


class Adapter(ResourceProvider):
    """A dynamic provider for one resource type. Subclasses name it, and nothing else."""

    resource_type: ClassVar[ResourceType]

    serialize_as_secret_always = False  # there is no secret in it, and an encryption per resource is slow

    _connection: Connection

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the configuration. Missing credentials are an error only once they are needed."""
        # Here, because a program that declares resources never comes here.
        from pulumi_fastpix.resources.connection import Connection  # noqa: PLC0415  # see above

        show_as_one_line()
        answer_more_calls_at_once()
        end_by_a_signal_to_any_thread()
        config = {key: req.config.get(f"{NAMESPACE}:{key}") for key in CONFIG_KEYS}
        self._connection = Connection(config, os.environ)
        call_on_cancel(self._connection.cancel)

    @keeps_trace
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Fill in defaults, and report every problem of the inputs at once."""
        inputs, problems = self.resource_type.check(_plain(news))
        return CheckResult(_to_pulumi(inputs), [CheckFailure(*problem.report()) for problem in problems])

    @keeps_trace
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Tell the engine which inputs differ, and which of them need a new object."""
        olds, news = _plain(_olds), _plain(_news)
        self._connection.note_stored(self.resource_type, _id, olds, urn_of_call())
        change = self.resource_type.diff(olds, news)
        if change.replaces:
            self._connection.note_replacement(self.resource_type, _id, olds)
        if warning := self.resource_type.warning_of_replacement(_id, change.replaces, news):
            warn(warning)
        if warning := self._connection.warning_of_other_credentials(self.resource_type, _id, olds):
            warn(warning)
        if change.replaces or change.updates:
            # Without a response of ours the engine computes what it displays itself: just the changed inputs.
            return DiffResult(changes=None, replaces=list(change.replaces))
        # State that the native provider wrote has no provider of ours in it: an update puts it there.
        return DiffResult(changes=PROVIDER_KEY not in _olds)

    @keeps_trace
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the object."""
        with storing_what_is_partly_done(props):
            made = self._lifecycle().create(_plain(props), urn=urn_of_call())
        return CreateResult(made.id, made.state)

    @keeps_trace
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read the object as it is now; an empty id tells the engine that it is deleted."""
        plain = _plain(props)
        found = self._lifecycle(id_, plain).read(id_, plain)
        if found is None:
            return ReadResult("", {})
        return ReadResult(found.id, found.state, found.inputs)

    @keeps_trace
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Change the object in place. The base class would empty the outputs."""
        olds, news = _plain(_olds), _plain(_news)
        if PROVIDER_KEY not in _olds:
            # The state moves here from the native provider, which alone stores what can be derived from the id.
            derived = self.resource_type.derived_outputs(_id, olds)
            olds = {key: value for key, value in olds.items() if key not in derived}
            if not self.resource_type.diff(olds, news).updates:
                # That takes no call, and so no credentials.
                return UpdateResult(olds)
        with storing_what_is_partly_done(_news, stored=True):
            return UpdateResult(self._lifecycle(_id, olds).update(_id, olds, news).state)

    @keeps_trace
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the object."""
        state = _plain(_props)
        self._lifecycle(_id, state).delete(_id, state)

    def _lifecycle(self, id_: str = "", state: Values = NOTHING) -> Lifecycle:
        return self._connection.lifecycle(self.resource_type, id_, state, urn_of_call())


def _plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """Pulumi's properties as plain values, without what belongs to the protocol."""
    return {key: plain_value(value) for key, value in props.items() if key != PROVIDER_KEY}


def plain_value(value: Any) -> Any:
    """One of Pulumi's values as a plain value."""
    if isinstance(value, pulumi.output.Unknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: plain_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_value(inner) for inner in value]
    return value


def _to_pulumi(value: Any) -> Any:
    """Plain values as the SDK takes them: with its own value for what isn't known yet."""
    if value is UNKNOWN:
        return pulumi.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _to_pulumi(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_to_pulumi(inner) for inner in value]
    return value
