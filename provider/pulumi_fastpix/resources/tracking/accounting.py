"""Which of a stream's playback IDs are accounted for: set arithmetic, pure.

A playback ID has no name, no tag and no time of creation at FastPix. So of one that a lost create may have made, all
that can be known is this: it is listed now, it wasn't before, and no create of ours was answered with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pulumi_fastpix.api.models import PlaybackId

DELETED = ""
"""The access policy of a playback ID that doesn't exist any more."""


@dataclass
class Accounting:
    """The playback IDs of one stream that one process knows of.

    Attributes:
        seen: access policies by id: of all in lists that were taken while no create was under way, and of ours that
            were deleted. No later create has made any of these.
        ours: the ids that our creates were answered with and that aren't deleted.
    """

    seen: dict[str, str] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)

    def note_list(self, listed: Collection[PlaybackId]) -> bool:
        """Note a list that was taken while no create was under way; False, and nothing noted, if it isn't complete."""
        if self.missing(listed):
            return False
        self.seen.update({one.id: one.access_policy for one in listed})
        return True

    def note_answer(self, playback_id: str) -> bool:
        """Note that a create was answered with this id; False, and nothing noted, if it can't have made it."""
        if playback_id in self.seen or playback_id in self.ours:
            return False
        self.ours.add(playback_id)
        return True

    def note_deletion(self, playback_id: str) -> None:
        """Expect this id in no list any more; but should a list still have it, no later create has made it."""
        self.ours.discard(playback_id)
        self.seen[playback_id] = DELETED

    def missing(self, listed: Collection[PlaybackId]) -> list[str]:
        """The ids of ours that a list lacks."""
        return sorted(self.ours - {one.id for one in listed})

    def candidates(self, listed: Collection[PlaybackId]) -> list[PlaybackId]:
        """Of the playback IDs listed now, those that a lost create may have made, each once."""
        once = {one.id: one for one in listed}
        return [one for one in once.values() if one.id not in self.seen and one.id not in self.ours]

    def known_before(self, access_policy: str) -> list[str]:
        """The ids with this policy that no create of this process has made, as far as is known."""
        alike = {playback_id for playback_id, policy in self.seen.items() if policy == access_policy}
        return sorted(alike - self.ours)
