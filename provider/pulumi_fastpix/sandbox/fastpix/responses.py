"""The parts of FastPix's responses that all areas share: envelopes, errors, content type.

Texts are those of FastPix's OpenAPI specifications; shapes and the content type are those of recorded
responses. A comment marks what is our guess.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Body: TypeAlias = dict[str, Any]

CONTENT_TYPE = "application/json;charset=UTF-8"


class FastPixResponse(JSONResponse):
    """JSON with FastPix's content type."""

    media_type = CONTENT_TYPE


@dataclass(frozen=True)
class FieldProblem:
    """One entry of a validation error's `fields`."""

    field: str
    message: str


MISSING = "must not be null"
INVALID = "is invalid"


class RefusalError(Exception):
    """The request is refused: raised anywhere below a route, which responds with the error it carries."""

    def __init__(self, status: int, body: Body) -> None:
        super().__init__(status)
        self.response = FastPixResponse(body, status)

    @classmethod
    def plain(cls, status: int, message: str, description: str) -> RefusalError:
        """A refusal without a list of fields."""
        return cls(status, error(status, message, description))


def success(data: Body | Sequence[Body] | None = None, **more: Body) -> Body:
    """The envelope of every success."""
    return {"success": True, **({} if data is None else {"data": data}), **more}


def error(status: int, message: str, description: str) -> Body:
    """The envelope of a plain error; FastPix repeats the HTTP status as `code`."""
    return {"success": False, "error": {"code": status, "message": message, "description": description}}


def validation_error(problems: Iterable[FieldProblem], status: int = 422) -> RefusalError:
    """422, or another status; `fields` stands where a plain error has its description."""
    fields = [{"field": problem.field, "message": problem.message} for problem in problems]
    body = {
        "success": False,
        "error": {"code": status, "message": "payload validation failed", "fields": fields},
    }
    return RefusalError(status, body)


def unauthorized() -> RefusalError:
    """401, in FastPix's spelling."""
    description = (
        "This happens because of 1)Miss match between access token and secret key 2)Miss match between "
        "access token and workspace 3)No valid Access token provided."
    )
    return RefusalError.plain(401, "unauthorized", description)


def forbidden() -> RefusalError:
    """403 for a token that may only read."""
    description = "The Access token does not have permissions to perform the request."
    return RefusalError.plain(403, "forbidden", description)


def too_large() -> RefusalError:
    """413; the limit, status and texts are our guess."""
    return RefusalError.plain(413, "payload too large", "The body of a request must not be more than 1 MiB.")


def stream_not_found() -> RefusalError:
    """404 where only the stream can be missing, and for a DELETE of a playback ID on a missing stream."""
    description = "The requested resource (eg: streamId) doesn't exist in the workspace"
    return RefusalError.plain(404, "stream not found", description)


def playback_id_not_found() -> RefusalError:
    """404 where the playback ID is missing. Where one is read or changed, it may as well be the stream: our guess."""
    description = "The requested resource (eg: streamId/playbackId) doesn't exist in the workspace"
    return RefusalError.plain(404, "stream/playbackId not found", description)


def encoded(body: Mapping[str, Any]) -> bytes:
    """The body as bytes, for responses that come from no route."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
