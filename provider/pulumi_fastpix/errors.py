"""Everything that can go wrong, one class for each thing a caller would do differently.

::

    FastPixError
    ├── SettingsError             the address or the credentials are missing or invalid
    │   └── OutsideSandboxError   they lead out of the sandbox that this is run in
    ├── SandboxMismatchError      the stack's objects are in a sandbox and the run isn't, or the reverse
    ├── InvalidInputError         an input is invalid; nothing was sent
    ├── NotReachedError           no connection came about; nothing was sent
    ├── NoResponseError           the request was sent, and no complete response was received
    ├── UnexpectedResponseError   the response is not a FastPix API response
    ├── RefusedError              FastPix answered with an error of its own
    │   ├── AuthenticationError   401: the credentials
    │   ├── PermissionDeniedError 403: what the access token may do
    │   ├── NotFoundError         404: the stream, the playback ID or the signing key
    │   ├── InvalidRequestError   422: a value FastPix doesn't take
    │   ├── RateLimitedError      429: too many requests
    │   └── ServerError           408 or 5xx: FastPix itself
    ├── StreamNotVisibleError     a stream that was seen before can't be seen from here
    ├── KeyNotVisibleError        a signing key that was seen before can't be seen from here
    ├── PlaybackIdNotFoundError   a playback ID that was asked for by id doesn't exist
    ├── CreateInDoubtError        an object may or may not have been made
    ├── LeftOverError             a killed run has made it already
    ├── OtherValuesError         FastPix has other access restrictions or metadata than it was sent
    ├── PartlyDoneError           an object exists, and isn't as declared
    ├── SigningError              a token can't be signed with what was given
    └── CancelledError            Pulumi was interrupted before this was sent, or tried again

They are raised where FastPix is called: in the provider's process, which hands their text on to Pulumi, and on the
command line. The text names what was attempted, on which object, what came back, and what to do next::

    try:
        client.live_streams.get(stream_id)
    except errors.NotFoundError as error:
        print(error.refusal.message)
    except errors.FastPixError as error:
        print(error)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class FastPixError(Exception):
    """The root of all errors this package raises on purpose; its text is meant for people.

    Attributes:
        happened: the text without its advice.
        advice: what to do next; empty if the text ends without it.
        cause: why, in a few words; empty if another attribute holds that.
    """

    def __init__(self, happened: str, advice: str = "", *, cause: str = "") -> None:
        super().__init__(f"{happened} {advice}" if advice else happened)
        self.happened = happened
        self.advice = advice
        self.cause = cause


class SettingsError(FastPixError):
    """The settings name no usable target: see :mod:`pulumi_fastpix.settings.settings`."""


class OutsideSandboxError(SettingsError):
    """The settings lead elsewhere than to the sandbox to which `FASTPIX_SANDBOX` confines this run."""


class SandboxMismatchError(FastPixError):
    """An object of the stack is in a sandbox, and the run has the credentials of an account; or the reverse."""


class InvalidInputError(FastPixError):
    """An id or another input is invalid. Raised before anything is sent."""


class NotReachedError(FastPixError):
    """No connection came about (refused, DNS, TLS handshake, proxy), so nothing was sent."""


class NoResponseError(FastPixError):
    """The request was sent, but the response timed out or the connection was lost on the way.

    Attributes:
        is_unfinished: the server may still be at work, since it was given up while the connection stood: a time-out.
            False for a lost connection, by which the server, too, knows that nobody waits for it.
    """

    def __init__(self, happened: str, advice: str = "", *, cause: str = "", is_unfinished: bool = True) -> None:
        super().__init__(happened, advice, cause=cause)
        self.is_unfinished = is_unfinished


class UnexpectedResponseError(FastPixError):
    """The response is not a FastPix API response: an edge, a proxy or another server answered.

    Attributes:
        status: the HTTP status of that response.
        retry_after: seconds the response asked to wait, or None.
    """

    def __init__(self, happened: str, advice: str = "", *, status: int, retry_after: float | None = None) -> None:
        super().__init__(happened, advice)
        self.status = status
        self.retry_after = retry_after


class Refusal(NamedTuple):
    """FastPix's own error, taken from its error envelope; of a 429 that came without one, what else is known.

    Attributes:
        status: the HTTP status.
        message: FastPix's `error.message`; only it tells causes apart, there are no reason codes. Empty without
            the envelope.
        description: `error.description`, or empty; without the envelope, what came in its place.
        fields: pairs of field name and message, given with status 422.
        ray: the `cf-ray` header, by which FastPix's support can find the request.
        retry_after: seconds FastPix asked to wait, or None.
    """

    status: int
    message: str
    description: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    ray: str = ""
    retry_after: float | None = None

    def __str__(self) -> str:
        text = f"FastPix answered {self.status}"
        if self.message:
            text += f' "{self.message}"'
        if self.description:
            text += f" ({self.description})"
        if self.fields:
            text += ": " + ", ".join(f"{name} {message}" for name, message in self.fields)
        if self.ray:
            text += f" [cf-ray {self.ray}]"
        return text


class RefusedError(FastPixError):
    """FastPix answered with an error of its own.

    Attributes:
        refusal: FastPix's own error.
    """

    def __init__(self, attempt: str, refusal: Refusal, advice: str = "") -> None:
        super().__init__(f"Could not {attempt}: {refusal}.", advice)
        self.refusal = refusal


class AuthenticationError(RefusedError):
    """401: the access token and the secret key don't belong together, or to no workspace."""


class PermissionDeniedError(RefusedError):
    """403: the access token lacks a permission."""


class NotFoundError(RefusedError):
    """404 in FastPix's own envelope: the stream, the playback ID or the signing key isn't in this workspace."""


class InvalidRequestError(RefusedError):
    """422: a value FastPix doesn't take; the fields are named."""


class RateLimitedError(RefusedError):
    """429: too many requests. Also without FastPix's envelope: an edge in front of FastPix refuses in its own words."""


class ServerError(RefusedError):
    """408 or 5xx in FastPix's own envelope."""


class StreamNotVisibleError(FastPixError):
    """A stream can't be seen with these credentials at this address, and isn't known to be deleted."""


class KeyNotVisibleError(FastPixError):
    """A signing key can't be seen with these credentials at this address, and isn't known to be deleted."""


class PlaybackIdNotFoundError(FastPixError):
    """`LivePlaybackId.get` named a playback ID that doesn't exist."""


class CreateInDoubtError(FastPixError):
    """A request to make an object may have been carried out, and its response is lost."""


class LeftOverError(FastPixError):
    """A run that was killed has made an object for the same resource, and the stack doesn't have it."""


class OtherValuesError(FastPixError):
    """FastPix answers a change of access restrictions or metadata with others than it was sent."""


class PartlyDoneError(FastPixError):
    """An object exists at FastPix, and isn't as declared yet. Pulumi stores it, and updates it in the next run.

    Attributes:
        id: FastPix's id of it.
        state: what is known of it, to be stored.
    """

    def __init__(self, happened: str, advice: str = "", *, id: str, state: Mapping[str, Any]) -> None:  # noqa: A002  # as Pulumi calls it
        super().__init__(happened, advice)
        self.id = id
        self.state = state


class CancelledError(FastPixError):
    """Pulumi was interrupted (Ctrl-C) before a request was sent, or was tried again after it had failed."""


class SigningError(FastPixError):
    """A token can't be signed: an id, the private key or the time isn't as it has to be."""


LONGEST_TEXT = 8000
"""Characters. gRPC loses an error's text altogether if it takes more than 16 KiB (tried), as hundreds of ids may."""


def shortened(text: str) -> str:
    """A text that reaches the engine; of one that is too long, the middle is left out: the advice comes last."""
    half = LONGEST_TEXT // 2
    return text if len(text) <= LONGEST_TEXT else f"{text[:half]} […] {text[-half:]}"
