"""The provider plugin `pulumi-resource-fastpix`: between Pulumi's protocol and our resource types."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import PropertyValue

from pulumi_fastpix.announce import announcing_through, warn
from pulumi_fastpix.errors import InvalidInputError, OutsideSandboxError
from pulumi_fastpix.native.engine_log import EngineLog
from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.native.values import plain, plain_value, properties
from pulumi_fastpix.resources.base import CALLS_AT_ONCE, NOTHING, Path, ResourceType, Unknown, Values
from pulumi_fastpix.resources.connection import Connection
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.stack.urns import type_of

Result = TypeVar("Result")

OF_THE_ENGINE = ("version", "pluginDownloadURL")
"""What the engine keeps beside the settings of a provider: which plugin serves it."""


class Plugin(protocol.Provider):
    """Answers the engine. Whatever takes time runs on a pool of threads, so that the event loop stays free.

    Args:
        resource_types: those that it serves.
        log: shows what is announced.
    """

    def __init__(self, resource_types: Sequence[ResourceType], log: EngineLog) -> None:
        self._log = log
        self._warned: set[tuple[str, str]] = set()
        # By both tokens: what was made here before its stack moved to the dynamic provider, and is still to be deleted,
        # has that one's token by then, but this provider.
        self._by_token = {token: one for one in resource_types for token in (one.native_type, one.dynamic_type)}
        self._by_function = {one.function: one for one in resource_types}
        self._pool = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="fastpix")
        self._connection = Connection({}, os.environ)
        self._refusal: OutsideSandboxError | None = None

    async def get_schema(self, request: protocol.GetSchemaRequest) -> protocol.GetSchemaResponse:
        """The package's schema, from which SDKs in other languages are made."""
        del request
        return protocol.GetSchemaResponse(json.dumps(schema()))

    async def check_config(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Take any configuration: an invalid one is an error only once it is needed. Make the secret key a secret.

        The schema calls it secret, but that doesn't reach the provider that Pulumi makes of the stack's configuration.
        """
        inputs = dict(request.new_inputs)
        secret_key = inputs.get("secretKey")
        if secret_key and not isinstance(plain_value(secret_key), Unknown):
            inputs["secretKey"] = secret_key.with_secret(is_secret=True)
        return protocol.CheckResponse(inputs)

    async def diff_config(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        """Never replace a provider: other credentials don't make other objects. And another version changes nothing."""
        before, now = (
            {key: value for key, value in settings.items() if key not in OF_THE_ENGINE}
            for settings in (plain(request.old_state), plain(request.new_inputs))
        )
        changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
        kinds = {key: _kind_of_update((key,), before, now) for key in changed}
        return protocol.DiffResponse(
            changes=bool(changed),
            diffs=changed,
            detailed_diff={key: protocol.PropertyDiff(kind, input_diff=False) for key, kind in kinds.items()},
        )

    async def configure(self, request: protocol.ConfigureRequest) -> protocol.ConfigureResponse:
        """Keep the configuration."""
        config = {key: value for key, value in plain(request.args).items() if not isinstance(value, Unknown)}
        try:
            self._connection = Connection(config, os.environ)
        except OutsideSandboxError as refusal:
            # Engines that configure a provider before anything needs it would stop at this, and show nothing else.
            self._refusal = refusal
        # Without `accept_secrets` the engine itself keeps secret what was secret.
        return protocol.ConfigureResponse(accept_secrets=False, supports_preview=False)

    async def check(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Fill in defaults, and report every problem of the inputs at once."""
        of_type = self._resource_type(request.urn)
        inputs, problems = of_type.check(plain(request.new_inputs))
        for warning in of_type.warnings(inputs):
            # The engine checks again once it has decided to replace.
            if (request.urn, warning) not in self._warned:
                self._warned.add((request.urn, warning))
                await self._run(request.urn, partial(warn, warning))
        failures = [protocol.CheckFailure(*problem.report()) for problem in problems]
        return protocol.CheckResponse(properties(inputs), failures)

    async def diff(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        """Tell the engine which inputs differ, and which of them need a new object."""
        of_type, state, inputs = self._resource_type(request.urn), plain(request.old_state), plain(request.new_inputs)
        self._connection.note_stored(of_type, request.resource_id, state, request.urn)
        change = of_type.diff(state, inputs)
        if change.replaces:
            self._connection.note_replacement(of_type, request.resource_id, state)
        for warning in (
            of_type.warning_of_replacement(request.resource_id, change.replaces, inputs),
            self._connection.warning_of_other_credentials(of_type, request.resource_id, state),
        ):
            if warning:
                await self._run(request.urn, partial(warn, warning))
        kinds: dict[Path, protocol.PropertyDiffKind] = {
            **dict.fromkeys(((key,) for key in change.replaces), protocol.PropertyDiffKind.UPDATE_REPLACE),
            **{path: _kind_of_update(path, state, inputs) for path in change.updates},
        }
        return protocol.DiffResponse(
            changes=bool(kinds),
            replaces=list(change.replaces),
            diffs=list(dict.fromkeys(path[0] for path in kinds)),
            detailed_diff={
                as_text(path): protocol.PropertyDiff(kind, input_diff=False) for path, kind in kinds.items()
            },
        )

    async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
        """Make the object."""
        of_type, inputs = self._resource_type(request.urn), plain(request.properties)
        made = await self._run(
            request.urn, lambda: self._lifecycle(of_type).create(inputs, request.timeout, request.urn)
        )
        return protocol.CreateResponse(made.id, self.stored(request.urn, made.id, made.state))

    async def read(self, request: protocol.ReadRequest) -> protocol.ReadResponse:
        """Read the object as it is now; an empty id tells the engine that it is deleted."""
        of_type, id_ = self._resource_type(request.urn), request.resource_id
        # Of an object in the state, the inputs may be older than the rest, after an update of which a part failed.
        props = plain(request.properties) or plain(request.inputs)
        if not props or any(key not in props for key in of_type.lookup_keys):
            # `pulumi import`, and `get` in languages whose SDKs are generated, give an id and nothing else.
            id_, props = of_type.parse_import_id(id_)
        found = await self._run(request.urn, lambda: self._lifecycle(of_type, id_, props, request.urn).read(id_, props))
        if found is None:
            return protocol.ReadResponse("")
        return protocol.ReadResponse(
            found.id, self.stored(request.urn, found.id, found.state), properties(found.inputs)
        )

    async def update(self, request: protocol.UpdateRequest) -> protocol.UpdateResponse:
        """Change the object in place."""
        of_type, id_ = self._resource_type(request.urn), request.resource_id
        state, inputs = plain(request.olds), plain(request.news)
        updated = await self._run(
            request.urn,
            lambda: self._lifecycle(of_type, id_, state, request.urn).update(id_, state, inputs, request.timeout),
        )
        return protocol.UpdateResponse(self.stored(request.urn, id_, updated.state))

    async def delete(self, request: protocol.DeleteRequest) -> None:
        """Delete the object."""
        of_type, id_ = self._resource_type(request.urn), request.resource_id
        state = plain(request.properties)
        await self._run(
            request.urn,
            lambda: self._lifecycle(of_type, id_, state, request.urn).delete(id_, state, request.timeout),
        )

    async def invoke(self, request: protocol.InvokeRequest) -> protocol.InvokeResponse:
        """Call a function: each lists what the workspace has of a resource type."""
        of_type = self._by_function.get(request.tok)
        if of_type is None:
            raise InvalidInputError(
                f"This version of pulumi-fastpix has no function {request.tok}. Install a version that has it, or take "
                f"the call out of the program."
            )
        found = await self.listed(of_type, plain(request.args))
        return protocol.InvokeResponse(properties({of_type.plural: [_without_none(one) for one in found]}))

    async def import_ids(self, token: str, lookup: Mapping[str, PropertyValue], limit: int) -> list[tuple[str, str]]:
        """What `pulumi import` takes for the objects of a resource type, and their ids.

        Args:
            token: the resource type's.
            lookup: what listing them takes.
            limit: how many at most; 0 is all of them.
        """
        of_type, known = self._of_token(token), plain(lookup)
        return [(of_type.import_id_of(one["id"], known), one["id"]) for one in await self.listed(of_type, known, limit)]

    async def listed(self, of_type: ResourceType, lookup: Values, limit: int = 0) -> list[dict[str, Any]]:
        """What the workspace has of a resource type: see :attr:`ResourceType.listed`."""
        if self._refusal is not None:
            raise self._refusal
        return await self._run("", lambda: [*islice(self._connection.listed(of_type, lookup), limit or None)])

    def stored(self, urn: str, id_: str, state: Values) -> dict[str, PropertyValue]:
        """The state of an object as the engine stores it, with the outputs that are derived from its id."""
        of_type = self._resource_type(urn)
        derived = {key: value for key, value in of_type.derived_outputs(id_, state).items() if value is not None}
        return properties({**state, **derived}, of_type.secret_outputs)

    async def cancel(self) -> None:
        """After one Ctrl-C: let what was sent end, and nothing else."""
        self._connection.cancel()

    async def finish(self) -> None:
        """The engine was killed: let what was sent end, and nothing else; return when it has."""
        self._connection.outlive_pulumi()
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)

    def _resource_type(self, urn: str) -> ResourceType:
        if self._refusal is not None:
            raise self._refusal
        return self._of_token(type_of(urn))

    def _of_token(self, token: str) -> ResourceType:
        try:
            return self._by_token[token]
        except KeyError:
            raise InvalidInputError(
                f"This version of pulumi-fastpix has no resource type {token}. Install a version that has it, or take "
                f"the resource out of the program."
            ) from None

    def _lifecycle(self, of_type: ResourceType, id_: str = "", state: Values = NOTHING, urn: str = "") -> Lifecycle:
        return self._connection.lifecycle(of_type, id_, state, urn)

    async def _run(self, urn: str, call: Callable[[], Result]) -> Result:
        """Make a call on the pool; what it announces is shown with the resource of this URN."""

        def announcing() -> Result:
            with announcing_through(self._log.about(urn)):
                return call()

        return await asyncio.get_running_loop().run_in_executor(self._pool, announcing)


def as_text(path: Path) -> str:
    """A path as Pulumi writes it: `metadata.venue`, or `metadata["show.id"]`."""
    first, *rest = path
    return first + "".join(
        f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII) else f"[{json.dumps(key)}]" for key in rest
    )


def _without_none(value: Any) -> Any:
    """A listed object without what has no value."""
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return [*map(_without_none, value)] if isinstance(value, list) else value


def _kind_of_update(path: Path, state: Values, inputs: Values) -> protocol.PropertyDiffKind:
    """Whether a property is added, taken out or changed."""
    if not _has(state, path):
        return protocol.PropertyDiffKind.ADD
    return protocol.PropertyDiffKind.UPDATE if _has(inputs, path) else protocol.PropertyDiffKind.DELETE


def _has(values: Values, path: Path) -> bool:
    key, *rest = path
    return key in values and (not rest or (isinstance(values[key], Mapping) and _has(values[key], tuple(rest))))
