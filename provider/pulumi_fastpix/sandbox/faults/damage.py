"""The answers that faults put in place of the API's own, and what they do to those that get through.

The bodies of 429 and 5xx are our guess: none was ever recorded. FastPix's responses come through
Cloudflare, so a 5xx may just as well be a page of Cloudflare's as FastPix's JSON.
"""

from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.sandbox.fastpix import answers
from pulumi_fastpix.sandbox.http.exchange import Answer

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from pulumi_fastpix.sandbox.faults.fault import Fault
    from pulumi_fastpix.sandbox.http.request_log import Outcome

_JSON = ("content-type", answers.CONTENT_TYPE)
# Statuses of Cloudflare's own, which Python's list lacks.
_EDGE_PHRASES = {
    520: "Web server is returning an unknown error",
    522: "Connection timed out",
    524: "A timeout occurred",
}


def too_many_requests(fault: Fault, wait: float) -> Answer:
    """429 in FastPix's envelope; `Retry-After` in whole seconds, never less than one."""
    after = wait if fault.retry_after is None else fault.retry_after
    description = "The number of requests allowed in this period is used up."
    body = answers.encoded(answers.error(429, "too many requests", description))
    return Answer(429, (_JSON, ("retry-after", _whole_seconds(after))), body)


def error_answer(fault: Fault, luck: random.Random, outcome: Outcome = "answered") -> Answer:
    """The status, as FastPix's envelope or as a page of the edge in front of it."""
    status = fault.status or 500
    phrase = _phrase(status)
    headers = [_JSON]
    if fault.body == "html":
        ray = f"{luck.getrandbits(64):016x}-FRA"
        headers = [("content-type", "text/html; charset=UTF-8"), ("server", "cloudflare"), ("cf-ray", ray)]
        title = f"api.fastpix.com | {status}: {phrase}"
        page = (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head><title>{title}</title></head>\n<body>\n'
            f"<h1>Error {status}</h1>\n<p>{phrase}</p>\n<p>Cloudflare Ray ID: {ray}</p>\n</body>\n</html>\n"
        )
        body = page.encode()
    else:
        body = answers.encoded(answers.error(status, phrase.lower(), f"The sandbox was told to answer {status}."))
    # Without one, a 429 is answered with the least there is; another status with none.
    retry_after = 1.0 if fault.retry_after is None and status == 429 else fault.retry_after
    if retry_after is not None:
        headers.append(("retry-after", _whole_seconds(retry_after)))
    return Answer(status, tuple(headers), body, outcome)


def redirect(fault: Fault) -> Answer:
    """A redirect to the fault's location."""
    return Answer(fault.status or 307, (("location", fault.location or ""),), b"")


def short_list(answer: Answer, missing: int) -> Answer:
    """The stream or streams without their first playback IDs."""
    return _with_playback_ids(answer, lambda listed: listed[missing:])


def shuffled_list(answer: Answer, luck: random.Random) -> Answer:
    """The stream or streams with their playback IDs in random order."""
    return _with_playback_ids(answer, lambda listed: luck.sample(listed, len(listed)))


def broken_body(answer: Answer, how: str | None) -> Answer:
    """A success whose body cannot be trusted; errors are left alone."""
    if answer.status >= 400:
        return answer
    if how == "invalid-json":
        return answer.with_body(answer.body[:-1])
    body = _body(answer)
    if body is None:
        return answer
    if how == "success-false":
        body["success"] = False
    elif isinstance(body.get("data"), dict):
        body["data"].pop("id", None)
        body["data"].pop("streamId", None)
    return answer.with_body(answers.encoded(body))


def _with_playback_ids(answer: Answer, change: Callable[[list[Any]], list[Any]]) -> Answer:
    if answer.status != 200:
        return answer
    body = _body(answer)
    if body is None:
        return answer
    data = body.get("data")
    streams = data if isinstance(data, list) else [data]
    for stream in streams:
        if isinstance(stream, dict) and "playbackIds" in stream:
            stream["playbackIds"] = change(stream["playbackIds"])
    return answer.with_body(answers.encoded(body))


def _body(answer: Answer) -> dict[str, Any] | None:
    """The body, unless another fault has left nothing of it that could be read."""
    try:
        body = json.loads(answer.body)
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
