"""The sandbox's own errors, raised in the Python program that uses it; FastPix's error responses are elsewhere.

SandboxError
├── DataFileError             the data file cannot be used
├── PortError                 the port asked for cannot be used
├── StreamNotFoundError       no such stream in this workspace
├── PlaybackIdNotFoundError   no such playback ID on this stream
├── SimulcastNotFoundError    no such simulcast of this stream
├── SigningKeyNotFoundError   no such signing key in this workspace
└── AccessTokenNotFoundError  no such access token in this data file
"""

from __future__ import annotations

from pulumi_fastpix.sandbox.masking import without_secrets


class SandboxError(Exception):
    """Root of the sandbox's errors."""


class DataFileError(SandboxError):
    """The data file cannot be used.

    It has no directory, is another program's, is damaged, has the format of another version, or has been locked by
    another process for five seconds.
    """


class PortError(SandboxError):
    """The port that was asked for by number is in use or not allowed."""


class StreamNotFoundError(SandboxError):
    """The workspace has no stream of this id."""

    def __init__(self, stream_id: str) -> None:
        super().__init__(f"The sandbox has no live stream {_shown(stream_id)} in this workspace.")


class PlaybackIdNotFoundError(SandboxError):
    """The stream has no such playback ID, or the workspace has no such stream."""

    def __init__(self, stream_id: str, playback_id: str) -> None:
        super().__init__(f"The sandbox has no playback ID {_shown(playback_id)} on live stream {_shown(stream_id)}.")


class SimulcastNotFoundError(SandboxError):
    """The stream has no such simulcast, or the workspace has no such stream."""

    def __init__(self, stream_id: str, simulcast_id: str) -> None:
        super().__init__(f"The sandbox has no simulcast {_shown(simulcast_id)} of live stream {_shown(stream_id)}.")


class SigningKeyNotFoundError(SandboxError):
    """The workspace has no signing key of this id."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The sandbox has no signing key {_shown(key_id)} in this workspace.")


class AccessTokenNotFoundError(SandboxError):
    """The data file has no access token with this id, or none at all."""

    def __init__(self, token_id: str | None = None) -> None:
        if token_id is None:
            super().__init__("The sandbox has no access token left: all were revoked.")
        else:
            super().__init__(f"The sandbox has no access token {token_id!r}; it may have been revoked.")


def _shown(given: str) -> str:
    return repr(without_secrets(given))
