"""The Pulumi dynamic provider: a thin adapter between Pulumi's protocol and the lifecycle.

FROZEN: this module's path and the name of the provider class. Every stored resource holds a pickle that
refers to the class by both; a rename would leave existing stacks unable to refresh or destroy. If one is ever
needed, a shim under the old name has to stay for ever.

The provider has no attributes when a program declares a resource, so nothing but that reference is pickled.
What `configure` adds exists in the provider process only.

`lifecycle` and what it needs (requests, pydantic) are imported when they are used: a program that declares
resources needs only the provider's class, and should not pay for an HTTP stack at every preview.
"""

from __future__ import annotations

import os
from typing import Any

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

from pulumi_fastpix.dynamic.expected_errors import keeps_trace, show_as_one_line
from pulumi_fastpix.resources.base import UNKNOWN
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.live_playback_id.inputs import check_inputs
from pulumi_fastpix.resources.names import PROVIDER_KEY
from pulumi_fastpix.settings.names import CONFIG_KEYS, NAMESPACE


class LivePlaybackIdProvider(ResourceProvider):
    """Creates, reads and deletes live playback IDs for Pulumi."""

    serialize_as_secret_always = False  # there is no secret in it, and an encryption per resource is slow

    _connection: Connection

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the configuration. Missing credentials are only complained of when they are needed."""
        show_as_one_line()
        config = {key: req.config.get(f"{NAMESPACE}:{key}") for key in CONFIG_KEYS}
        self._connection = Connection(config, os.environ)

    @keeps_trace
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Fill in defaults, and report every problem of the inputs at once."""
        inputs, problems = check_inputs(_known_or_unknown(news))
        # What isn't known yet goes back as Pulumi knows it; None has got its default.
        checked = {key: news[key] if value is UNKNOWN else value for key, value in inputs.items()}
        return CheckResult(checked, [CheckFailure(*problem.told()) for problem in problems])

    @keeps_trace
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Say which inputs need a new playback ID."""
        from pulumi_fastpix.resources.live_playback_id.lifecycle import diff

        change = diff(_olds, _known_or_unknown(_news), same_door=PROVIDER_KEY in _olds)
        if change.replaces:
            # Without an answer of ours the engine computes what it displays itself: just the changed inputs.
            return DiffResult(changes=None, replaces=list(change.replaces))
        return DiffResult(changes=change.moves)

    @keeps_trace
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make the playback ID."""
        made = self._connection.lifecycle().create(props)
        return CreateResult(made.id, {**made.state})

    @keeps_trace
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Read it as it is now; an empty id tells the engine that it is gone."""
        found = self._connection.lifecycle().read(id_, props)
        if found is None:
            return ReadResult("", {})
        return ReadResult(found.id, {**found.state}, {**found.inputs})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Keep the outputs, since no input can be changed in place; the base class would empty them."""
        return UpdateResult(dict(_olds))

    @keeps_trace
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the playback ID."""
        self._connection.lifecycle().delete(_id, _props)


def _known_or_unknown(props: dict[str, Any]) -> dict[str, Any]:
    """The same properties, with Pulumi's unknown values replaced by the lifecycle's."""
    return {key: UNKNOWN if isinstance(value, pulumi.output.Unknown) else value for key, value in props.items()}
