"""The SDK's real dynamic provider process, spoken to over gRPC as the engine does, without the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from pulumi_fastpix.dynamic import LivePlaybackIdProvider

PROVIDER = serialize_provider(LivePlaybackIdProvider())
URN = "urn:pulumi:dev::project::pulumi-python:dynamic/fastpix:LivePlaybackId::main"

__all__ = ["PROVIDER", "UNKNOWN", "ProviderProcess", "ProviderProcessError", "provider_process"]


class ProviderProcessError(Exception):
    """The provider process answered a call with an error; the text is what the engine would show."""


class ProviderProcess:
    """One provider process. Property bags are plain dicts; the provider's pickle is added to each."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def configure(self, config: Mapping[str, str]) -> None:
        self._call("Configure", provider_pb2.ConfigureRequest(args=_struct(config, provider=None)))

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        answer = self._call("Check", provider_pb2.CheckRequest(urn=URN, olds=_struct(olds), news=_struct(news)))
        return _plain(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]

    def diff(
        self, playback_id: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, old_provider: str | None = PROVIDER
    ) -> tuple[str, list[str]]:
        request = provider_pb2.DiffRequest(
            id=playback_id, urn=URN, olds=_struct(olds, provider=old_provider), news=_struct(news)
        )
        answer = self._call("Diff", request)
        return provider_pb2.DiffResponse.DiffChanges.Name(answer.changes), list(answer.replaces)

    def create(self, props: Mapping[str, Any], *, provider: str = PROVIDER) -> tuple[str, dict[str, Any]]:
        answer = self._call("Create", provider_pb2.CreateRequest(urn=URN, properties=_struct(props, provider=provider)))
        return answer.id, _plain(answer.properties)

    def read(self, playback_id: str, state: Mapping[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """As on refresh: the engine sends the state."""
        request = provider_pb2.ReadRequest(id=playback_id, urn=URN, properties=_struct(state), inputs=_struct(state))
        answer = self._call("Read", request)
        return answer.id, _plain(answer.properties), _plain(answer.inputs)

    def look_up(self, playback_id: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """As for `.get()`: the engine sends nothing but the program's inputs."""
        request = provider_pb2.ReadRequest(id=playback_id, urn=URN, properties=_struct(inputs))
        answer = self._call("Read", request)
        return answer.id, _plain(answer.properties)

    def update(self, playback_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(id=playback_id, urn=URN, olds=_struct(olds), news=_struct(news))
        return _plain(self._call("Update", request).properties)

    def delete(self, playback_id: str, state: Mapping[str, Any]) -> None:
        self._call("Delete", provider_pb2.DeleteRequest(id=playback_id, urn=URN, properties=_struct(state)))

    def close(self) -> None:
        self._channel.close()

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=60)
        except grpc.RpcError as error:
            raise ProviderProcessError(error.details()) from None


@contextmanager
def provider_process(
    environ: Mapping[str, str] | None = None, python: str = sys.executable
) -> Iterator[ProviderProcess]:
    """Start the process with nothing of FASTPIX_* but what is given, and end it afterwards."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FASTPIX_")}
    process = subprocess.Popen(
        [python, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**inherited, **(environ or {})},
    )
    assert process.stdout is not None
    try:
        provider = ProviderProcess(int(process.stdout.readline()), process)
        try:
            yield provider
        finally:
            provider.close()
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _struct(values: Mapping[str, Any], provider: str | None = PROVIDER) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({**values, **({"__provider": provider} if provider else {})})
    return struct


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    values: dict[str, Any] = json_format.MessageToDict(struct)
    values.pop("__provider", None)
    return values
