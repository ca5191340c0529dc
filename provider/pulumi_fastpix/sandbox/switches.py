"""The things nobody outside FastPix knows about the live API: our guess for each, and a switch to try the other."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """How the sandbox answers where FastPix's own answer is not known. May be changed while it runs.

    Attributes:
        malformed_playback_id: status for a playback ID that is not a UUID.
        malformed_stream_id: status for a stream id that is not 32 hex digits.
        absent_playback_id_delete: status for deleting a playback ID that is not there (any more).
        idempotency_key: whether a create repeated under the same `Idempotency-Key` is answered with
            what the first one made.
        playback_id_order: order of a stream's `playbackIds`. The recorded responses that hold two are all
            in the order of the ids.
        max_playback_ids: how many a stream may have, None for no limit; one more is answered 422.
        unknown_fields: what becomes of a request's fields that the API does not know.
    """

    model_config = ConfigDict(validate_assignment=True, extra="forbid")

    malformed_playback_id: Literal[422, 404] = 422
    malformed_stream_id: Literal[404, 422] = 404
    absent_playback_id_delete: Literal[404, 200] = 404
    idempotency_key: Literal["ignored", "replayed"] = "ignored"
    playback_id_order: Literal["newest-first", "oldest-first", "by-id"] = "newest-first"
    max_playback_ids: int | None = Field(default=None, ge=1)
    unknown_fields: Literal["ignored", "refused"] = "ignored"
