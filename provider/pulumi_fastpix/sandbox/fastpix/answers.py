"""FastPix's response bodies, in its own words, field order and content type.

Texts are those of the FastPix OpenAPI specs; the shapes and the content type are those of recorded
responses. Where neither says anything, the comment does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.responses import JSONResponse

from pulumi_fastpix.sandbox.data.records import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pulumi_fastpix.sandbox.data.records import PlaybackId, Restrictions, Stream

Body: TypeAlias = dict[str, Any]

CONTENT_TYPE = "application/json;charset=UTF-8"


class FastPixResponse(JSONResponse):
    """JSON with the content type FastPix gives it."""

    media_type = CONTENT_TYPE


@dataclass(frozen=True)
class FieldProblem:
    """One entry of a validation error's `fields`."""

    field: str
    message: str


MISSING = "must not be null"
INVALID = "is invalid"


class RefusalError(Exception):
    """The request is answered with an error: raised anywhere below a route, turned into a response there."""

    def __init__(self, status: int, body: Body) -> None:
        super().__init__(status)
        self.response = FastPixResponse(body, status)

    @classmethod
    def plain(cls, status: int, message: str, description: str) -> RefusalError:
        """One without a list of fields."""
        return cls(status, error(status, message, description))


def success(data: Body | Sequence[Body] | None = None, **more: Body) -> Body:
    """The envelope of everything that went well."""
    return {"success": True, **({} if data is None else {"data": data}), **more}


def error(status: int, message: str, description: str) -> Body:
    """The envelope of a plain error; FastPix repeats the HTTP status as `code`."""
    return {"success": False, "error": {"code": status, "message": message, "description": description}}


def validation_error(problems: Iterable[FieldProblem]) -> RefusalError:
    """422; `fields` stands where a plain error has its description."""
    fields = [{"field": problem.field, "message": problem.message} for problem in problems]
    body = {
        "success": False,
        "error": {"code": 422, "message": "payload validation failed", "fields": fields},
    }
    return RefusalError(422, body)


def unauthorized() -> RefusalError:
    """401, spelling included."""
    description = (
        "This happens because of 1)Miss match between access token and secret key 2)Miss match between "
        "access token and workspace 3)No valid Access token provided."
    )
    return RefusalError.plain(401, "unauthorized", description)


def forbidden() -> RefusalError:
    """403 for a token that may only read."""
    description = "The Access token does not have permissions to perform the request."
    return RefusalError.plain(403, "forbidden", description)


def stream_not_found() -> RefusalError:
    """404 where only the stream can be missing."""
    description = "The requested resource (eg: streamId) doesn't exist in the workspace"
    return RefusalError.plain(404, "stream not found", description)


def playback_id_not_found() -> RefusalError:
    """404 where the stream or the playback ID is missing; it does not say which."""
    description = "The requested resource (eg: streamId/playbackId) doesn't exist in the workspace"
    return RefusalError.plain(404, "stream/playbackId not found", description)


def last_playback_id() -> RefusalError:
    """400 for deleting a stream's only playback ID. Our guess throughout, like the two below."""
    return RefusalError.plain(400, "playbackId cannot be deleted", "A stream must have at least one playbackId.")


def busy_stream(status: str) -> RefusalError:
    """400 for changing the playback IDs of a stream that isn't idle."""
    return RefusalError.plain(400, "playbackIds cannot be changed", f"The requested stream is {status}.")


def no_private_on_trial() -> RefusalError:
    """400 for a private playback ID in a trial workspace; the description is that of simulcast's refusal."""
    message = "private playbackIds are not available for trial streams"
    return RefusalError.plain(400, message, "Please upgrade plan to continue")


def playback_id_data(playback_id: PlaybackId, restrictions: Restrictions | None = None) -> Body:
    """A playback ID: in recorded responses exactly these two fields, so that it cannot carry a name or a tag.

    That restrictions are added once they are set is what FastPix's SDKs since 1.2.0 are made for.
    """
    data: Body = {"id": playback_id.id, "accessPolicy": playback_id.access_policy}
    if restrictions is not None:
        data["accessRestrictions"] = {
            "domains": rules_data(restrictions.get("domains", Rules())),
            "userAgents": rules_data(restrictions.get("userAgents", Rules())),
        }
    return data


def rules_data(rules: Rules) -> Body:
    """Rules for domains or user agents, as in the recorded answers for on-demand media."""
    return {"defaultPolicy": rules.default_policy, "allow": list(rules.allow), "deny": list(rules.deny)}


def stream_data(stream: Stream, playback_ids: Iterable[Body], *, status: str = "idle", trial: bool = False) -> Body:
    """A live stream, with all its secrets every time; empty optional fields are left out, never null."""
    settings = stream.settings
    return {
        "streamId": stream.id,
        "streamKey": stream.stream_key,
        "srtSecret": stream.srt_secret,
        "trial": trial,
        "status": status,
        "maxResolution": settings.max_resolution,
        "maxDuration": 0,
        "createdAt": stream.created_at,
        "reconnectWindow": settings.reconnect_window,
        "enableRecording": settings.enable_recording,
        "enableDvrMode": settings.enable_dvr_mode,
        "mediaPolicy": settings.media_policy,
        **({"metadata": dict(settings.metadata)} if settings.metadata else {}),
        "lowLatency": False,
        "closedCaptions": False,
        "playbackIds": list(playback_ids),
        "srtPlaybackResponse": {
            "srtPlaybackStreamId": f"play{stream.id}",
            "srtPlaybackSecret": stream.srt_playback_secret,
        },
    }


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body as bytes, for answers that no route gave."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
