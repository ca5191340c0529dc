"""The things nobody outside FastPix knows about the live API: our guess for each, and a switch to try the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """How the sandbox answers where FastPix's own answer is not known. May be changed while it runs.

    Attributes:
        malformed_playback_id: status for a playback ID that is not a UUID.
        malformed_stream_id: status for a stream id that is not 32 hex digits.
        absent_playback_id_delete: status for deleting a playback ID that is not there (any more).
        last_playback_id_delete: status for deleting the only playback ID of a stream.
        repeated_playback_id: which playback IDs a DELETE that names several deletes. All of them: one after
            the other, up to the first that is refused.
        idempotency_key: whether a create repeated under the same `Idempotency-Key` is answered with
            what the first one made.
        playback_id_order: order of a stream's `playbackIds`. The recorded responses that hold two are all
            in the order of the ids.
        max_playback_ids: how many a stream may have, None for no limit; one more is answered 422.
        access_restrictions: whether a playback ID whose restrictions were never set shows the defaults.
        restrictions_patch: what becomes of the fields that a change of restrictions leaves out: they go back
            to their defaults, or stay.
        stream_status: of all streams; the sandbox has no broadcasts.
        busy_stream: whether playback IDs of streams that are `active` or `disabled` can be created and deleted,
            or that is answered 400.
        trial_workspace: whether it is one; and if so, whether a private playback ID is answered 400.
        unknown_fields: what becomes of a request's fields that the API does not know.
    """

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    malformed_playback_id: Literal[422, 404] = 422
    malformed_stream_id: Literal[404, 422] = 404
    absent_playback_id_delete: Literal[404, 200] = 404
    last_playback_id_delete: Literal[200, 400] = 200
    repeated_playback_id: Literal["first", "all"] = "first"
    idempotency_key: Literal["ignored", "replayed"] = "ignored"
    playback_id_order: Literal["newest-first", "oldest-first", "by-id"] = "newest-first"
    max_playback_ids: int | None = Field(default=None, ge=1)
    access_restrictions: Literal["left-out", "shown"] = "left-out"
    restrictions_patch: Literal["replaces", "merges"] = "replaces"
    stream_status: Literal["idle", "preparing", "active", "disabled"] = "idle"
    busy_stream: Literal["allowed", "refused"] = "allowed"
    trial_workspace: Literal["no", "yes", "without-private"] = "no"
    unknown_fields: Literal["ignored", "refused"] = "ignored"

    @classmethod
    def of_text(cls, positions: Mapping[str, str]) -> Switches:
        """Switches in positions that are given as text, as on a command line.

        Raises:
            ValueError: there is no such switch, or it has no such position.
        """
        return cls.model_validate({name: _position(text) for name, text in positions.items()})


def _position(text: str) -> str | int | None:
    if text == "none":
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else text
