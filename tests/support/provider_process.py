"""The SDK's real dynamic provider process, spoken to over gRPC as the engine does, without the engine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from signal import SIGINT
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2
from pulumi.runtime.rpc import UNKNOWN

from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.errors import shortened

PROVIDER = serialize_provider(LivePlaybackIdProvider())
URN = "urn:pulumi:dev::project::pulumi-python:dynamic/fastpix:LivePlaybackId::main"

__all__ = [
    "PROVIDER",
    "UNKNOWN",
    "ProviderProcess",
    "ProviderProcessError",
    "provider_process",
    "serving",
    "stored_by_value",
]


class ProviderProcessError(Exception):
    """A call to the provider process failed; the text is the one that the engine would show.

    Attributes:
        partly_done: what the engine would store all the same.
    """

    def __init__(self, text: str | None, partly_done: provider_pb2.ErrorResourceInitFailed | None = None) -> None:
        super().__init__(text)
        self.partly_done = partly_done


class ProviderProcess:
    """One provider process, asked about resources of one type. Property bags are plain dicts.

    Args:
        stub: speaks to the process.
        urn: of the resource that is asked about; its type is that of the resource.
        provider: the pickle that the SDK adds to each property bag; None for the native provider.
        process: the process, where a test ends it.
    """

    def __init__(
        self,
        stub: provider_pb2_grpc.ResourceProviderStub,
        urn: str = URN,
        provider: str | None = PROVIDER,
        process: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self._stub = stub
        self._urn = urn
        self._provider = provider
        self._process = process

    @property
    def is_native(self) -> bool:
        return self._provider is None

    def of(self, urn: str, provider: str | None) -> ProviderProcess:
        """The same process, asked about resources of another type."""
        return ProviderProcess(self._stub, urn, provider, self._process)

    def end(self, signal: int) -> None:
        """Send the process a signal, and wait until it has ended."""
        assert self._process is not None
        self._process.send_signal(signal)
        self._process.wait(30)

    def end_by_another_thread(self) -> float:
        """End it by a SIGINT that the system gives to another than its main thread; the seconds that this takes."""
        assert self._process is not None
        main = self._process.pid
        # A signal for the process goes to the thread whose number it is sent to, if that can be.
        *_, other = sorted({int(task.name) for task in Path(f"/proc/{main}/task").iterdir()} - {main})
        began = time.monotonic()
        os.kill(other, SIGINT)
        self._process.wait(30)
        return time.monotonic() - began

    def configure(self, config: Mapping[str, str]) -> None:
        self._call("Configure", provider_pb2.ConfigureRequest(args=_struct(config)))

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        request = provider_pb2.CheckRequest(urn=self._urn, olds=self._bag(olds), news=self._bag(news))
        response = self._call("Check", request)
        return _plain(response.inputs), [(failure.property, failure.reason) for failure in response.failures]

    def diff(
        self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, old_provider: str | None = PROVIDER
    ) -> tuple[str, list[str]]:
        response = self.detailed_diff(id_, olds, news, old_provider=old_provider)
        return provider_pb2.DiffResponse.DiffChanges.Name(response.changes), list(response.replaces)

    def detailed_diff(
        self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, old_provider: str | None = PROVIDER
    ) -> Any:
        request = provider_pb2.DiffRequest(
            id=id_, urn=self._urn, olds=_struct(olds, self._provider and old_provider), news=self._bag(news)
        )
        return self._call("Diff", request)

    def create(self, props: Mapping[str, Any], *, provider: str | None = None) -> tuple[str, dict[str, Any]]:
        bag = _struct(props, provider or self._provider)
        response = self._call("Create", provider_pb2.CreateRequest(urn=self._urn, properties=bag))
        return response.id, _plain(response.properties)

    def read(self, id_: str, state: Mapping[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """As on refresh: the engine sends the state."""
        bag = self._bag(state)
        response = self._call("Read", provider_pb2.ReadRequest(id=id_, urn=self._urn, properties=bag, inputs=bag))
        return response.id, _plain(response.properties), _plain(response.inputs)

    def look_up(self, id_: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """As for `.get()`: the engine sends nothing but the program's inputs."""
        request = provider_pb2.ReadRequest(id=id_, urn=self._urn, properties=self._bag(inputs))
        response = self._call("Read", request)
        return response.id, _plain(response.properties)

    def update(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(id=id_, urn=self._urn, olds=self._bag(olds), news=self._bag(news))
        return _plain(self._call("Update", request).properties)

    def invoke(self, function: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What a function of the native provider gives."""
        request = provider_pb2.InvokeRequest(tok=f"fastpix:index:{function}", args=_struct(inputs, None))
        return _plain(getattr(self._call("Invoke", request), "return"))

    def list(self, name: str, query: Mapping[str, Any], limit: int = 0) -> list[tuple[str, str]]:
        """Ids and names of what the native provider lists of a resource type."""
        token = f"fastpix:index:{name}"
        request = provider_pb2.ListRequest(token=token, query=_struct(query, None), limit=limit)
        try:
            return [(one.result.id, one.result.name) for one in self._stub.List(request, timeout=60)]
        except grpc.RpcError as error:
            raise ProviderProcessError(error.details()) from None

    def cancel(self) -> None:
        """As after one Ctrl-C."""
        self._call("Cancel", empty_pb2.Empty())

    def delete(self, id_: str, state: Mapping[str, Any]) -> None:
        self._call("Delete", provider_pb2.DeleteRequest(id=id_, urn=self._urn, properties=self._bag(state)))

    def _bag(self, values: Mapping[str, Any]) -> struct_pb2.Struct:
        return _struct(values, self._provider)

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=60)
        except grpc.RpcError as error:
            raise ProviderProcessError(error.details(), _partly_done(error)) from None


def provider_process(
    environ: Mapping[str, str] | None = None, python: str = sys.executable
) -> AbstractContextManager[ProviderProcess]:
    """The SDK's process for dynamic providers."""
    return serving([python, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"], environ)


@contextmanager
def serving(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Iterator[ProviderProcess]:
    """Start a provider process with no FASTPIX_* variables but the given ones, and end it afterwards.

    It has no journal unless a variable names its folder.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FASTPIX_")}
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**inherited, "FASTPIX_JOURNAL": "off", **(environ or {})},
    )
    assert process.stdout is not None
    try:
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield ProviderProcess(provider_pb2_grpc.ResourceProviderStub(channel), process=process)
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def stored_by_value(program: str) -> str:
    """The pickle of the class `TheirProvider` of somebody's program, which the SDK stores by value."""
    module: dict[str, type] = {"__name__": "__main__"}  # type: ignore[dict-item]  # the name of a program's module
    exec(program, module)  # noqa: S102  # a test's constant
    return str(serialize_provider(module["TheirProvider"]()))


def _struct(values: Mapping[str, Any], provider: str | None = None) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update({**values, **({"__provider": provider} if provider else {})})
    return struct


def _partly_done(error: Any) -> provider_pb2.ErrorResourceInitFailed | None:
    """As the engine reads it from a failed call."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            assert (status.code, status.message) == (2, shortened(status.message))
            partly_done = provider_pb2.ErrorResourceInitFailed()
            assert status.details[0].Unpack(partly_done)
            return partly_done
    return None


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    values: dict[str, Any] = json_format.MessageToDict(struct)
    values.pop("__provider", None)
    return values
