"""A resource that does nothing, to measure Pulumi by itself; importable, so that it is pickled by reference."""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult


class NothingProvider(ResourceProvider):
    """Answers at once."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        return CheckResult(news, [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("nothing", props)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        differing = [name for name in ("streamId", "accessPolicy") if olds[name] != news[name]]
        return DiffResult(changes=bool(differing), replaces=differing)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(news)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, props, props)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        return


class Nothing(Resource, module="benchmark", name="Nothing"):
    """Has the inputs of a playback ID."""

    def __init__(self, name: str, stream_id: str, access_policy: str) -> None:
        super().__init__(NothingProvider(), name, {"streamId": stream_id, "accessPolicy": access_policy})
