"""A resource type that exists in tests only: with nested inputs, an update in place and a secret output.

It shows that a second resource type fits. A note belongs to a stream, keeps labels, and counts the stream's playback
IDs by the list that all resource types of a workspace share. Its objects exist in no FastPix, but in the state alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.dynamic.adapter import Adapter
from pulumi_fastpix.dynamic.resources import DynamicResource
from pulumi_fastpix.native import serve
from pulumi_fastpix.native.resources import NativeResource
from pulumi_fastpix.program.resource import DeclaredResource
from pulumi_fastpix.resources.base import Change, Existing, Problem, ResourceType, Unknown, Values
from pulumi_fastpix.resources.lifecycle import Lifecycle
from pulumi_fastpix.resources.table import RESOURCE_TYPES
from pulumi_fastpix.resources.workspace import Workspace


def check(inputs: Values) -> tuple[dict[str, Any], list[Problem]]:
    labels = inputs.get("labels", {})
    checked = {**inputs, "labels": labels if isinstance(labels, Unknown) else {"language": "en", **labels}}
    words = [] if isinstance(labels, Unknown) else labels.get("words", [])
    return checked, [
        Problem(f"labels.words[{place}]", "a word must not be empty", harmless=True)
        for place, word in enumerate(words)
        if word == ""
    ]


def diff(state: Values, inputs: Values) -> Change:
    before, after = state["labels"], inputs["labels"]
    unknown = isinstance(after, Unknown)
    keys = () if unknown else [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    return Change(
        replaces=("streamId",) if inputs["streamId"] != state["streamId"] else (),
        updates=(("labels",),) if unknown else tuple(("labels", key) for key in keys),
    )


class NoteLifecycle:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def create(self, inputs: Values, timeout: float | None = None, urn: str = "") -> Existing:
        del timeout, urn
        return self._note("note", inputs, revision=1)

    def read(self, id_: str, props: Values) -> Existing | None:
        inputs = {key: props[key] for key in ("streamId", "labels") if key in props}
        return None if id_ == "deleted" else self._note(id_, inputs, props.get("revision", 0))

    def update(self, id_: str, state: Values, inputs: Values, timeout: float | None = None) -> Existing:
        del timeout
        return self._note(id_, inputs, state["revision"] + 1)

    def delete(self, id_: str, state: Values, timeout: float | None = None) -> None:
        del id_, state, timeout

    def _note(self, id_: str, inputs: Values, revision: float) -> Existing:
        stream = self._workspace.tracker(inputs["streamId"]).shared_list(self._workspace.client.deadline())
        state = {**inputs, "revision": revision, "playbackIds": len(stream.by_id), "token": f"hush-{id_}"}
        return Existing(id_, dict(inputs), state)


def lifecycle(workspace: Workspace) -> Lifecycle:
    return NoteLifecycle(workspace)


def parse_import_id(import_id: str) -> tuple[str, dict[str, Any]]:
    stream_id, _, id_ = import_id.partition("/")
    return id_, {"streamId": stream_id}


NOTE = ResourceType(
    "Note", check, diff, parse_import_id, lifecycle, lambda *_: [], lookup_keys=("streamId",), secret_outputs=("token",)
)


class NoteProvider(Adapter):
    resource_type = NOTE


class LabelsArgs:
    """Labels.

    Args:
        words: any words.
        language: of the words.
    """

    def __init__(self, *, words: Input[list[str]] | None = None, language: Input[str] | None = None) -> None: ...


class NoteArgs:
    """A note.

    Args:
        stream_id: its stream.
        labels: its labels, by names of the user's own.
    """

    def __init__(self, *, stream_id: Input[str], labels: Input[Mapping[str, Any]]) -> None: ...


class DeclaredNote(DeclaredResource):
    resource_type = NOTE
    args_class = NoteArgs
    outputs = ("token",)

    token: Output[str]

    def __init__(
        self, name: str, *, stream_id: Input[str], labels: Input[Mapping[str, Any]], opts: ResourceOptions | None = None
    ) -> None:
        self._declare(name, None, opts, {"stream_id": stream_id, "labels": labels})


class DynamicNote(DeclaredNote, DynamicResource):
    provider_class = NoteProvider


class NativeNote(DeclaredNote, NativeResource):
    pass


def main() -> None:
    """Serve the plugin with this resource type, too."""
    serve.main((*RESOURCE_TYPES, NOTE))
