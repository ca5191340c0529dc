"""Serves the plugin to the engine: the console script `pulumi-resource-fastpix`, which Pulumi starts.

FROZEN: this module's path, and :func:`main` without arguments. The plugin folders of users' projects import it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from importlib.metadata import version
from typing import Any, cast

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import DiffRequest
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_fastpix.errors import FastPixError, PartlyDoneError, shortened
from pulumi_fastpix.native.engine_log import EngineLog
from pulumi_fastpix.native.plugin import Plugin
from pulumi_fastpix.partial_failure import trailing_metadata
from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.table import RESOURCE_TYPES

ENGINE_IS_LOOKED_FOR_EVERY_SECONDS = 1.0

Method = Callable[["_Servicer", Any, grpc.aio.ServicerContext[Any, Any]], Awaitable[Any]]


def main(resource_types: Sequence[ResourceType] = RESOURCE_TYPES) -> None:
    """Start the server, print its port for the engine, and serve until the engine ends it.

    Args:
        resource_types: those that it serves.
    """
    parser = argparse.ArgumentParser(
        prog="pulumi-resource-fastpix", description="Pulumi's provider plugin for FastPix; started by Pulumi itself."
    )
    parser.add_argument("engine", help="the engine's address")
    # What Pulumi was given with --tracing stands before the address.
    parser.add_argument("--tracing", help=argparse.SUPPRESS)
    arguments, _ = parser.parse_known_args()
    try:
        asyncio.run(_serve(arguments.engine, resource_types))
    except KeyboardInterrupt:
        sys.exit(130)


async def _serve(engine_address: str, resource_types: Sequence[ResourceType]) -> None:
    plugin = Plugin(resource_types, EngineLog(engine_address))
    server = grpc.aio.server(options=_GRPC_CHANNEL_OPTIONS)
    servicer = _Servicer(sys.argv[1:], version("pulumi-fastpix"), plugin, engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    started_by = os.getppid()
    print(port, flush=True)
    ended = asyncio.create_task(server.wait_for_termination())
    while not ended.done() and os.getppid() == started_by:
        await asyncio.wait([ended], timeout=ENGINE_IS_LOOKED_FOR_EVERY_SECONDS)
    # The engine ends a plugin itself. One that is killed can't, and nobody would ever end this process.
    await plugin.finish()
    await server.stop(None)


def _in_one_line(method: Method) -> Method:
    """Show an expected error as its own sentences, and hand on what exists. The SDK would add a stack trace."""

    async def call(self: _Servicer, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        try:
            return await method(self, request, context)
        except Exception as error:
            # Newer SDKs wrap what a provider raises; it is what they were handling then.
            expected = error if isinstance(error, FastPixError) else error.__context__
            if not isinstance(expected, FastPixError):
                raise
            metadata: tuple[tuple[str, bytes], ...] = ()
            if isinstance(expected, PartlyDoneError):
                metadata = trailing_metadata(expected, self.stored(request.urn, expected))
            await context.abort(grpc.StatusCode.UNKNOWN, shortened(str(expected)), metadata)

    return call


class _Servicer(ProviderServicer):
    Configure = _in_one_line(ProviderServicer.Configure)
    Check = _in_one_line(ProviderServicer.Check)
    Diff = _in_one_line(ProviderServicer.Diff)
    Create = _in_one_line(ProviderServicer.Create)
    Read = _in_one_line(ProviderServicer.Read)
    Update = _in_one_line(ProviderServicer.Update)
    Delete = _in_one_line(ProviderServicer.Delete)
    Invoke = _in_one_line(ProviderServicer.Invoke)

    async def List(  # type: ignore[override]  # noqa: N802  # the SDK's own only refuses, and isn't written as a stream
        self, request: Any, context: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[Any]:
        """Newer protocols have it (3.216 hasn't, 3.272 has), for `pulumi do`; the SDK's own refuses."""
        plugin = cast("Plugin", self._provider)
        try:
            found = await plugin.import_ids(request.token, PropertyValue.unmarshal_map(request.query), request.limit)
        except FastPixError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, shortened(str(error)))
        for import_id, id_ in found:
            yield provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=import_id, name=id_))

    async def DiffConfig(self, request: Any, context: object) -> provider_pb2.DiffResponse:  # noqa: N802  # likewise
        """The SDK's own takes the bool for a number of the protocol's, and fails for differences in detail."""
        del context
        olds, news = PropertyValue.unmarshal_map(request.olds), PropertyValue.unmarshal_map(request.news)
        answer = await self._provider.diff_config(DiffRequest(request.urn, request.id, olds, news, []))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if answer.changes else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=answer.diffs,
            detailedDiff={
                key: provider_pb2.PropertyDiff(
                    kind=provider_pb2.PropertyDiff.Kind.Value(one.kind.name), inputDiff=one.input_diff
                )
                for key, one in answer.detailed_diff.items()
            },
            hasDetailedDiff=True,
        )

    def stored(self, urn: str, error: PartlyDoneError) -> Struct:
        """The state of what is only partly done, as the protocol has it."""
        plugin = cast("Plugin", self._provider)
        return PropertyValue.marshal_map(plugin.stored(urn, error.id, error.state))

    async def Cancel(self, request: Any, context: object) -> empty_pb2.Empty:  # noqa: N802  # the protocol's name
        """Older SDKs have none (3.216 hasn't, 3.272 has)."""
        del request, context
        await self._provider.cancel()
        return empty_pb2.Empty()
