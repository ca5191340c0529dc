"""FastPix's error responses, as literal texts of its specification, and assertions that a response is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

STREAM_NOT_FOUND = {
    "code": 404,
    "message": "stream not found",
    "description": "The requested resource (eg: streamId) doesn't exist in the workspace",
}
PLAYBACK_ID_NOT_FOUND = {
    "code": 404,
    "message": "stream/playbackId not found",
    "description": "The requested resource (eg: streamId/playbackId) doesn't exist in the workspace",
}
SIMULCAST_NOT_FOUND = {
    "code": 404,
    "message": "stream/simulcast not found",
    "description": "The requested resource (eg: streamId/simulcastId) doesn't exist in the workspace",
}
ABSENT_PLAYBACK_ID = "43751449-62d6-42e4-8153-783e28c31ed1"
ABSENT_STREAM = "97fc7c3bd0f72c7bbab77e215d8a147c"


def refused(response: requests.Response, status: int, error: dict[str, Any]) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json;charset=UTF-8"
    assert response.json() == {"success": False, "error": error}


def invalid(response: requests.Response, *fields: tuple[str, str]) -> None:
    problems = [{"field": field, "message": message} for field, message in fields]
    refused(response, 422, {"code": 422, "message": "payload validation failed", "fields": problems})
