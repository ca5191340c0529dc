"""The provider plugin `pulumi-resource-fastpix`: a thin adapter between Pulumi's protocol and the lifecycle."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN_ON_THE_WIRE

from pulumi_fastpix.errors import InvalidInputError
from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.resources.base import UNKNOWN, Unknown
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.live_playback_id.inputs import check_inputs
from pulumi_fastpix.resources.live_playback_id.lifecycle import diff
from pulumi_fastpix.resources.live_playback_id.names import STREAM_ID

Result = TypeVar("Result")

WORKERS = 32
"""How many calls are made to FastPix at once, at most. Pulumi starts no more than `--parallel` says."""


class Plugin(protocol.Provider):
    """Answers the engine. What takes time runs on a pool of threads, so that the event loop stays free."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="fastpix")
        self._connection = Connection({}, os.environ)

    async def get_schema(self, request: protocol.GetSchemaRequest) -> protocol.GetSchemaResponse:
        """The package's schema, from which SDKs in other languages are made."""
        del request
        return protocol.GetSchemaResponse(json.dumps(schema()))

    async def check_config(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Take any configuration: what is wrong with it is said when it is needed. The secret key is stored as one.

        The schema calls it secret, but that doesn't reach the provider that Pulumi makes of the stack's configuration.
        """
        inputs = dict(request.new_inputs)
        secret_key = inputs.get("secretKey")
        if secret_key and not isinstance(_plain_value(secret_key), Unknown):
            inputs["secretKey"] = secret_key.with_secret(is_secret=True)
        return protocol.CheckResponse(inputs)

    async def diff_config(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        """Never replace a provider: other credentials don't make other playback IDs."""
        del request
        return protocol.DiffResponse(detailed_diff={})

    async def configure(self, request: protocol.ConfigureRequest) -> protocol.ConfigureResponse:
        """Keep the configuration."""
        config = {key: value for key, value in _plain(request.args).items() if not isinstance(value, Unknown)}
        self._connection = Connection(config, os.environ)
        # Without `accept_secrets` the engine itself keeps secret what was secret.
        return protocol.ConfigureResponse(accept_secrets=False, supports_preview=False)

    async def check(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Fill in defaults, and report every problem of the inputs at once."""
        inputs, problems = check_inputs(_plain(request.new_inputs))
        # What was given goes back as it came, maybe secret or not known yet; None has got its default.
        given = {key: value for key, value in request.new_inputs.items() if value.value is not None}
        checked = {key: given.get(key) or PropertyValue(value) for key, value in inputs.items()}
        secrets = {key for key, value in request.new_inputs.items() if value.is_secret}
        return protocol.CheckResponse(
            checked, [protocol.CheckFailure(*problem.told(secret=problem.key in secrets)) for problem in problems]
        )

    async def diff(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        """Say which inputs need a new playback ID."""
        change = diff(_plain(request.old_state), _plain(request.new_inputs))
        replacement = protocol.PropertyDiff(protocol.PropertyDiffKind.UPDATE_REPLACE, input_diff=False)
        return protocol.DiffResponse(
            changes=bool(change.replaces),
            replaces=list(change.replaces),
            diffs=list(change.replaces),
            detailed_diff=dict.fromkeys(change.replaces, replacement),
        )

    async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
        """Make the playback ID."""
        made = await self._run(lambda: self._connection.lifecycle().create(_plain(request.properties), request.timeout))
        return protocol.CreateResponse(made.id, _values(made.state))

    async def read(self, request: protocol.ReadRequest) -> protocol.ReadResponse:
        """Read it as it is now; an empty id tells the engine that it is gone."""
        props = {**_plain(request.inputs), **_plain(request.properties)}
        playback_id = request.resource_id
        if STREAM_ID not in props:
            stream_id, separator, playback_id = request.resource_id.partition("/")
            if not separator:
                raise InvalidInputError(
                    "The playback ID or its stream can't be right: a stream ID is required. To import it, give "
                    "<stream ID>/<playback ID>."
                )
            props = {STREAM_ID: stream_id}
        found = await self._run(lambda: self._connection.lifecycle().read(playback_id, props))
        if found is None:
            return protocol.ReadResponse("")
        return protocol.ReadResponse(found.id, _values(found.state), _values(found.inputs))

    async def update(self, request: protocol.UpdateRequest) -> protocol.UpdateResponse:
        """Keep what is stored: no input can be changed in place."""
        return protocol.UpdateResponse(request.olds)

    async def delete(self, request: protocol.DeleteRequest) -> None:
        """Delete the playback ID."""
        state = _plain(request.properties)
        await self._run(lambda: self._connection.lifecycle().delete(request.resource_id, state, request.timeout))

    async def cancel(self) -> None:
        """After one Ctrl-C: let what is under way end, and send nothing new."""
        self._connection.cancel()

    async def _run(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)


def _plain(properties: Mapping[str, PropertyValue]) -> dict[str, Any]:
    return {key: _plain_value(value) for key, value in properties.items()}


def _plain_value(value: PropertyValue) -> Any:
    # The SDK hands a value that isn't known yet over as the string that stands for it on the wire.
    if isinstance(value.value, Computed) or value.value == UNKNOWN_ON_THE_WIRE:
        return UNKNOWN
    if isinstance(value.value, Mapping):
        return _plain(value.value)
    if isinstance(value.value, (list, tuple)):
        return [_plain_value(item) for item in value.value]
    return value.value


def _values(state: Mapping[str, str]) -> dict[str, PropertyValue]:
    return {key: PropertyValue(value) for key, value in state.items()}
