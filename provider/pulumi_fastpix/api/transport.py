"""One HTTP request and its response: sessions, time-outs, and every failure turned into our own errors.

The server is never trusted to be FastPix: a body counts only if it has FastPix's form, and nothing of it is shown
before it has been cleaned of credentials.
"""

from __future__ import annotations

import base64
import math
import re
import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import requests
from pydantic import BaseModel, ValidationError
from requests.adapters import BaseAdapter

from pulumi_fastpix import errors
from pulumi_fastpix.api.connections import (
    Adapter,
    Received,
    Session,
    innermost_reason,
    may_be_unfinished,
    never_sent,
    receive,
)
from pulumi_fastpix.api.ids import STREAM_SECRET
from pulumi_fastpix.api.models import ErrorResponse
from pulumi_fastpix.api.retry import parse_retry_after
from pulumi_fastpix.settings.addresses import is_loopback
from pulumi_fastpix.settings.settings import Settings

Response = TypeVar("Response", bound=BaseModel)

USER_AGENT = f"pulumi-fastpix/{version('pulumi-fastpix')}"
MAX_CONNECT_SECONDS = 10.0
MAX_CONNECTIONS = 64
_LONGEST_CAUSE = 100
"""Characters of a cause that is shown in one line with something else."""
_ERROR_OF_STATUS: dict[int, type[errors.RefusedError]] = {
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    408: errors.ServerError,
    422: errors.InvalidRequestError,
    429: errors.RateLimitedError,
}


class Transport:
    """Sends requests to one FastPix workspace. Safe for any number of threads.

    Args:
        settings: whose address, credentials and time-outs to use.
        adapter: what carries the requests, if not the network.
    """

    def __init__(self, settings: Settings, adapter: BaseAdapter | None = None) -> None:
        self._settings = settings
        self._adapter = adapter or Adapter(pool_maxsize=MAX_CONNECTIONS)
        self._of_thread = threading.local()
        username, password = settings.access_token_id.encode(), settings.secret_key.encode()
        # Bytes, because requests would encode text as Latin-1.
        self._auth = (username, password)
        token = base64.b64encode(username + b":" + password).decode().rstrip("=")
        self._secrets = [settings.secret_key, quote(settings.secret_key, safe=""), token]

    def send(
        self,
        method: str,
        path: str,
        expected: type[Response],
        purpose: str,
        *,
        query: dict[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        at_most: float = math.inf,
    ) -> Response:
        """Send one request, once, and return its response.

        Args:
            method: the HTTP method.
            path: what follows the base URL, already quoted.
            expected: the model of a successful response.
            purpose: what this request is for, as it follows "Could not".
            query: the query parameters.
            body: sent as JSON.
            idempotency_key: sent as `Idempotency-Key`.
            at_most: seconds for connecting, sending and the whole response, if the settings would allow more.

        Raises:
            FastPixError: NotReachedError, NoResponseError, UnexpectedResponseError or a RefusedError.
        """
        seconds = min(self._settings.timeout_seconds, at_most)
        connecting = min(MAX_CONNECT_SECONDS, seconds)
        try:
            response = self._session().request(
                method,
                self._settings.base_url + path,
                params=query,
                json=body,
                headers={"Idempotency-Key": idempotency_key} if idempotency_key else None,
                auth=self._auth,  # type: ignore[arg-type]  # the stubs know no bytes; requests takes them
                timeout=(connecting, seconds),
                allow_redirects=False,  # they would carry the credentials to wherever the response points
                stream=True,
            )
        except Exception as error:  # noqa: BLE001  # got past this, a create would be left in doubt without a word
            if never_sent(error):
                raise self._not_reached(purpose, innermost_reason(error, connecting)) from None
            raise self._without_response(purpose, error, seconds) from None
        try:
            received = receive(response)
        except Exception as error:  # noqa: BLE001  # for the same reason
            raise self._without_response(purpose, error, seconds) from None
        if 200 <= received.status < 300:
            try:
                return expected.model_validate_json(received.body)
            except ValidationError as error:
                raise self._unexpected(purpose, received, _what_is_wrong(error)) from None
        raise self._refused(purpose, received)

    def end_reads(self) -> None:
        """Let requests fail that are reading, or for which no connection has come about yet."""
        if isinstance(self._adapter, Adapter):
            self._adapter.end_reads()

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _session(self) -> requests.Session:
        """This thread's session. Sessions aren't made for sharing, the adapter's connection pool is."""
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = Session()
            session.mount("https://", self._adapter)
            session.mount("http://", self._adapter)
            session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            # The environment's proxies and certificates count for FastPix, not for this machine itself.
            session.trust_env = not is_loopback(urlsplit(self._settings.base_url).hostname or "")
            self._of_thread.session = session
        return session

    def _not_reached(self, purpose: str, reason: str) -> errors.NotReachedError:
        reason = self._clean(reason)
        return errors.NotReachedError(
            f"Could not {purpose}: no connection to {self._settings.base_url} ({reason}). Nothing was sent.",
            "Check the address, and that this machine can reach it.",
            cause=f"could not connect ({reason[:_LONGEST_CAUSE]})",
        )

    def _without_response(self, purpose: str, error: Exception, seconds: float) -> errors.NoResponseError:
        reason = self._clean(innermost_reason(error, seconds))
        return errors.NoResponseError(
            f"Could not {purpose}: the request was sent to {self._settings.base_url}, but no complete response was "
            f"received ({reason}).",
            "Run it again later.",
            cause=f"there was no complete response ({reason[:_LONGEST_CAUSE]})",
            is_unfinished=may_be_unfinished(error),
        )

    def _refused(self, purpose: str, received: Received) -> errors.FastPixError:
        status = received.status
        try:
            detail = ErrorResponse.model_validate_json(received.body).error
        except ValidationError as error:
            return self._without_envelope(purpose, received, _what_is_wrong(error))
        if detail.code != status or status < 400:
            return self._without_envelope(purpose, received, f"its body has another status, {detail.code}")
        kind = _ERROR_OF_STATUS.get(status, errors.ServerError if status >= 500 else errors.RefusedError)
        refusal = errors.Refusal(
            status=status,
            message=self._clean(detail.message),
            description=self._clean(detail.description or ""),
            fields=tuple((self._clean(problem.field), self._clean(problem.message)) for problem in detail.fields),
            ray=self._clean(received.headers.get("cf-ray", "")),
            retry_after=_retry_after(received),
        )
        return kind(purpose, refusal, self._advice(kind))

    def _without_envelope(self, purpose: str, received: Received, what: str) -> errors.FastPixError:
        """A refusal whose body isn't FastPix's. Only of a 429 it is certain that nothing was done, whoever sent it."""
        if received.status != 429:
            return self._unexpected(purpose, received, what)
        refusal = errors.Refusal(
            status=received.status,
            message="",
            description=f"{self._media_type(received)}, not in FastPix's own form: {what}",
            ray=self._clean(received.headers.get("cf-ray", "")),
            retry_after=_retry_after(received),
        )
        return errors.RateLimitedError(purpose, refusal, self._advice(errors.RateLimitedError))

    def _unexpected(self, purpose: str, received: Received, what: str) -> errors.UnexpectedResponseError:
        if received.is_redirect:
            target = self._clean(received.headers.get("location", ""))
            what = f"a redirect to {target!r}, which is not followed because it would take the credentials along"
        ray = received.headers.get("cf-ray")
        failing = "FastPix, or what is in front of it, is failing: run it again later. "
        return errors.UnexpectedResponseError(
            f"Could not {purpose}: {self._settings.base_url} answered {received.status} ({self._media_type(received)}"
            f"{f', cf-ray {self._clean(ray)}' if ray else ''}), which is not a FastPix API response: {what}.",
            f"{failing if received.status >= 500 else ''}If it happens again, check that the address ends in the "
            f"API's version, such as /v1, and that no proxy or gateway answers in FastPix's place.",
            status=received.status,
            retry_after=_retry_after(received),
        )

    def _media_type(self, received: Received) -> str:
        return self._clean(received.headers.get("content-type", "no content type"))

    def _advice(self, kind: type[errors.RefusedError]) -> str:
        if kind is errors.AuthenticationError:
            return f"{self._settings.credentials_hint}."
        if kind is errors.PermissionDeniedError:
            return f"The access token needs the permission to read and write. {self._settings.credentials_hint}."
        if kind is errors.NotFoundError:
            return "Check the id, and that the credentials belong to the workspace it is in."
        if kind is errors.InvalidRequestError:
            return "Correct the fields that it names."
        if kind is errors.RateLimitedError:
            return "Run it again later, or with `--parallel 1`."
        if kind is errors.ServerError:
            return "FastPix is failing: run it again later."
        return "Follow FastPix's message, then run it again."

    def _clean(self, text: str) -> str:
        """Foreign text made fit to be shown: on one line, not too long, without credentials or stream secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        text = re.sub(STREAM_SECRET, "[secret]", text)
        return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:500]


def _retry_after(received: Received) -> float | None:
    return parse_retry_after(received.headers.get("retry-after"), datetime.now(timezone.utc))


def _what_is_wrong(error: ValidationError) -> str:
    """The first thing a body lacks, named without the body's content."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else "its body is not the JSON that was expected"
