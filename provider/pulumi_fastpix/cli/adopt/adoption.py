"""What adopting playback IDs comes to: their names, their declarations, their entries in the import file. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pulumi_fastpix.api.models import PlaybackId
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.resources.names import PROVIDER_KEY
from pulumi_fastpix.stack.import_file import Entry

FIRST_OF_ID = 8


@dataclass(frozen=True)
class Adopted:
    """A playback ID and the name it gets in the program."""

    name: str
    playback_id: PlaybackId


def named(playback_ids: Iterable[PlaybackId], taken: Collection[str], prefix: str | None = None) -> list[Adopted]:
    """Give each a name that is the same every time: its policy, or the prefix, and the beginning of its id.

    Args:
        playback_ids: what to name.
        taken: names that the stack has already.
        prefix: instead of the policy.
    """
    adopted: list[Adopted] = []
    used = set(taken)
    for playback_id in playback_ids:
        beginning = prefix or playback_id.access_policy
        name = f"{beginning}-{playback_id.id[:FIRST_OF_ID]}"
        if name in used:
            name = f"{beginning}-{playback_id.id}"
        used.add(name)
        adopted.append(Adopted(name, playback_id))
    return adopted


def declarations(stream_id: str, adopted: Sequence[Adopted]) -> list[str]:
    """Lines of a Python program that declare them."""
    return [
        "import pulumi_fastpix as fastpix",
        "",
        *(
            f"fastpix.LivePlaybackId({json.dumps(one.name, ensure_ascii=False)}, "
            f'stream_id="{stream_id}", access_policy="{one.playback_id.access_policy}")'
            for one in adopted
        ),
    ]


def entries(
    stream_id: str, adopted: Sequence[Adopted], seen_by: str, serialized_provider: str, parent: str = ""
) -> list[Entry]:
    """What to import.

    Args:
        stream_id: the stream they are on.
        adopted: they.
        seen_by: the mark of the workspace in which they were seen.
        serialized_provider: what a program's resource carries as `__provider`; a constant.
        parent: the URN of their parent; empty for the stack itself.
    """
    return [
        Entry(
            type=LIVE_PLAYBACK_ID.dynamic_type,
            name=one.name,
            id=one.playback_id.id,
            inputs={
                PROVIDER_KEY: serialized_provider,
                ACCESS_POLICY: one.playback_id.access_policy,
                STREAM_ID: stream_id,
            },
            seen_by=seen_by,
            parent=parent,
        )
        for one in adopted
    ]
