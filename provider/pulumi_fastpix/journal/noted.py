"""A create as the journal has it, and the lines that it is written in. Pure.

A line is a JSON object. A process that is killed may leave a part of one, and another version of this package may write
others: what isn't understood is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_CLOCKS_DIFFER_BY = timedelta(minutes=5)
FORMAT = 1
"""Of the lines. A version that means something else by them has another one, and creates of that are passed over."""
LONGEST_LINE = 1_000_000
"""Characters. The longest that is written has :data:`MOST_EXISTING` ids."""
MOST_EXISTING = 1000
"""Ids that are noted as existing before a create: longer lists would make the journal as long."""


@dataclass(frozen=True)
class NotedCreate:
    """A create that a process began.

    Nothing in it is a secret that FastPix issued. A stack may keep a stream's ID secret all the same, so that the files
    can be read by their owner only.

    Attributes:
        key: its `Idempotency-Key`, which no other create has.
        urn: the resource's.
        type_name: its resource type.
        seen_by: the mark of the workspace in which it was made.
        stream_id: the stream of a playback ID; empty for anything else.
        kind: what all objects that look alike share: the access policy of a playback ID; of a stream, a digest.
        restricts: the groups of access restrictions that were sent along.
        begun_at: when it began, as an ISO 8601 time in UTC.
        replaces: the id of what the resource was before, as far as the process was told; empty if it wasn't.
        later: the ids of what later runs have made for the resource.
        is_sent: a request was sent, or was about to be, and not refused. Else it has made nothing.
        is_looked_for: `recover` has looked for what it made, when nothing was there that could be it.
        id: what it made; empty if its process was killed before it knew.
        existing: the ids of those that were there before; None if that isn't known.
        file: the file in which this was found.
    """

    key: str
    urn: str
    type_name: str
    seen_by: str
    stream_id: str = ""
    kind: str = ""
    restricts: tuple[str, ...] = ()
    begun_at: str = ""
    replaces: str = ""
    is_sent: bool = False
    is_looked_for: bool = False
    id: str = ""
    later: frozenset[str] = frozenset()
    existing: frozenset[str] | None = None
    file: Path = Path()

    def may_have_made(self, urn: str, id_: str, stream_id: str | None = None, created_at: str | None = None) -> bool:
        """Whether this object, which this resource is now, may be what this create made, as far as nobody knows.

        Args:
            urn: the resource's.
            id_: the object's.
            stream_id: the stream that a playback ID is on; None for anything else, or if it isn't known.
            created_at: when it was made, as FastPix shows it; None if it doesn't.
        """
        is_another = id_ in {self.replaces, *self.later} or self.was_there(id_, created_at)
        is_elsewhere = bool(self.stream_id and stream_id) and stream_id != self.stream_id
        return self.urn == urn and not self.id and not is_another and not is_elsewhere

    def was_there(self, id_: str, created_at: str | None = None) -> bool:
        """Whether this object was there before this create; False if that isn't known.

        FastPix's clock and this machine's may differ: by less than a few minutes, or both would have other troubles.

        Args:
            id_: the object's.
            created_at: when it was made, as FastPix shows it; None if it doesn't.
        """
        if id_ in (self.existing or ()):
            return True
        try:
            # Both are in UTC, and to seconds the same form.
            began, created = (datetime.fromisoformat(f"{at[:19]}+00:00") for at in (self.begun_at, created_at or ""))
        except ValueError:
            return False
        return began - created > _CLOCKS_DIFFER_BY


def list_of(create: NotedCreate) -> tuple[str, str, str]:
    """The list in which what it makes will be: type, workspace, and of a playback ID the stream."""
    return create.type_name, create.seen_by, create.stream_id


def in_one_stack(urn: str, other: str) -> bool:
    """Whether two resources are of one stack of one project, as their URNs say."""
    return urn.split("::")[:2] == other.split("::")[:2]


_TEXTS = ("key", "urn", "type_name", "seen_by", "stream_id", "kind", "begun_at", "replaces")
_WRITTEN = (*_TEXTS, "restricts")


def begun(create: NotedCreate) -> dict[str, Any]:
    """The line before anything is done for a create."""
    written = {name: value for name in _WRITTEN if (value := getattr(create, name))}
    return {"event": "begun", "format": FORMAT, **written}


def sending(create: NotedCreate) -> dict[str, Any]:
    """The line before a request is sent."""
    return {"event": "sending", "key": create.key}


def existing(create: NotedCreate, ids: Iterable[str]) -> dict[str, Any]:
    """The line, before the first create in a list, with the ids that are in it."""
    return {"event": "existing", "list": list(list_of(create)), "ids": sorted(ids)}


def made(create: NotedCreate, id_: str) -> dict[str, Any]:
    """The line once it is known what a create has made."""
    return {"event": "made", "key": create.key, "id": id_}


def made_nothing(create: NotedCreate) -> dict[str, Any]:
    """The line once it is known that a create has made nothing: Pulumi may not know that."""
    return {"event": "made nothing", "key": create.key}


def looked_for(create: NotedCreate) -> dict[str, Any]:
    """The line once nothing was found that a create may have made. It may still come, until the next run is at work."""
    return {"event": "looked for", "key": create.key}


def made_later(create: NotedCreate, id_: str) -> dict[str, Any]:
    """The line once a later run has made this for the same resource: that isn't what the create made."""
    return {"event": "made later", "key": create.key, "id": id_}


def settled(create: NotedCreate) -> dict[str, Any]:
    """The line after which a create is nobody's concern any more: a stack has what it made, or that was deleted."""
    return {"event": "settled", "key": create.key}


def encoded(line: dict[str, Any]) -> bytes:
    """A line as it stands in the file: on its own, even behind a part of another one."""
    return f"\n{json.dumps(line)}".encode()


def left_over(lines: Iterable[bytes]) -> list[NotedCreate]:
    """The creates in the lines of one file that aren't settled, in the order in which they were sent."""
    creates: dict[str, NotedCreate] = {}
    before: dict[tuple[str, ...], frozenset[str]] = {}
    for line in map(_decoded, lines):
        match line:
            case {"event": "existing", "list": list(of), "ids": list(ids)}:
                before.setdefault(tuple(map(str, of)), frozenset(map(str, ids)))
            case {"event": "begun", "format": format_} if format_ == FORMAT:
                if create := _create(line):
                    creates[create.key] = create
            case {"event": "settled", "key": str(key)}:
                creates.pop(key, None)
            case {"event": _, "key": str(key)} if key in creates:
                creates[key] = _after(line, creates[key])
    return [replace(one, existing=before.get(list_of(one))) for one in creates.values()]


def _after(line: dict[str, Any], create: NotedCreate) -> NotedCreate:
    """The create as a later line of it has it."""
    match line:
        case {"event": "sending"}:
            return replace(create, is_sent=True)
        case {"event": "made nothing"}:
            return replace(create, is_sent=False)
        case {"event": "made", "id": str(id_)}:
            return replace(create, id=id_)
        case {"event": "made later", "id": str(id_)}:
            return replace(create, later=create.later | {id_})
        case {"event": "looked for"}:
            return replace(create, is_looked_for=True)
        case _:
            return create


def _decoded(line: bytes) -> Any:
    try:
        return json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None


def _create(line: dict[str, Any]) -> NotedCreate | None:
    texts, restricts = {name: line.get(name, "") for name in _TEXTS}, line.get("restricts", [])
    if not all(isinstance(text, str) for text in texts.values()) or not isinstance(restricts, list):
        return None
    if not texts["key"] or texts["urn"].count("::") < 3:
        return None
    return NotedCreate(**texts, restricts=tuple(map(str, restricts)))
