"""The responses that faults send in place of the API's own, and the changes they make to those it sends.

The bodies of 429 and 5xx are our guess: none was ever recorded. FastPix's responses come through
Cloudflare, so a 5xx may be an HTML page of Cloudflare's as well as FastPix's JSON.
"""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.faults.endings import Response

if TYPE_CHECKING:
    import random

    from pulumi_fastpix.sandbox.faults.endings import Outcome
    from pulumi_fastpix.sandbox.faults.fault import Fault

_JSON = ("content-type", responses.CONTENT_TYPE)
# Cloudflare's own statuses, which Python's list lacks.
_EDGE_PHRASES = {
    520: "Web server is returning an unknown error",
    522: "Connection timed out",
    524: "A timeout occurred",
}


def too_many_requests(fault: Fault, wait: float) -> Response:
    """429 in FastPix's envelope, with a `Retry-After` of at least one whole second.

    Args:
        fault: the rate limit, whose `retry_after` is sent if it has one.
        wait: seconds until the window ends, sent otherwise.
    """
    after = wait if fault.retry_after is None else fault.retry_after
    description = "The number of requests allowed in this period is used up."
    body = responses.encoded(responses.error(429, "too many requests", description))
    return Response(429, (_JSON, ("retry-after", _whole_seconds(after))), body)


def error_response(fault: Fault, chance: random.Random, outcome: Outcome = "answered") -> Response:
    """The fault's status, in FastPix's envelope or as an HTML page of the edge in front of FastPix."""
    status = fault.status or 500
    phrase = _phrase(status)
    headers = [_JSON]
    if fault.body == "html":
        ray = f"{chance.getrandbits(64):016x}-FRA"
        headers = [("content-type", "text/html; charset=UTF-8"), ("server", "cloudflare"), ("cf-ray", ray)]
        title = f"api.fastpix.com | {status}: {phrase}"
        page = (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head><title>{title}</title></head>\n<body>\n'
            f"<h1>Error {status}</h1>\n<p>{phrase}</p>\n<p>Cloudflare Ray ID: {ray}</p>\n</body>\n</html>\n"
        )
        body = page.encode()
    else:
        description = f"A fault of the sandbox responds with {status}."
        body = responses.encoded(responses.error(status, phrase.lower(), description))
    # A 429 always has the header, with the least that it can hold; another status has it only when asked for.
    retry_after = 1.0 if fault.retry_after is None and status == 429 else fault.retry_after
    if retry_after is not None:
        headers.append(("retry-after", _whole_seconds(retry_after)))
    return Response(status, tuple(headers), body, outcome)


def redirect(fault: Fault) -> Response:
    """A redirect to the fault's location."""
    return Response(fault.status or 307, (("location", fault.location or ""),), b"")


def shuffled_list(response: Response, chance: random.Random) -> Response:
    """The stream or streams with their playback IDs in random order."""
    if response.status != 200:
        return response
    body = _json_object(response)
    if body is None:
        return response
    data = body.get("data")
    streams = data if isinstance(data, list) else [data]
    for stream in streams:
        if isinstance(stream, dict) and "playbackIds" in stream:
            chance.shuffle(stream["playbackIds"])
    return response.with_body(responses.encoded(body))


def broken_body(response: Response, how: str | None) -> Response:
    """A success with an invalid body; an error is left alone."""
    if response.status >= 400:
        return response
    if how == "invalid-json":
        return response.with_body(response.body[:-1])
    body = _json_object(response)
    if body is None:
        return response
    if how == "success-false":
        body["success"] = False
    elif isinstance(body.get("data"), dict):
        for name in ("id", "streamId", "simulcastId"):
            body["data"].pop(name, None)
    return response.with_body(responses.encoded(body))


def _json_object(response: Response) -> dict[str, Any] | None:
    """The body, or None when another fault has already made it unreadable."""
    try:
        body = json.loads(response.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _whole_seconds(seconds: float) -> str:
    return str(max(1, math.ceil(seconds)))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _EDGE_PHRASES.get(status, "Unknown error")
