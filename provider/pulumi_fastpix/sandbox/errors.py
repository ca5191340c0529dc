"""What the sandbox itself refuses, as opposed to what it answers in FastPix's name.

SandboxError
├── DataFileError             the data file cannot be used
├── PortError                 the port asked for cannot be used
├── StreamNotFoundError       no such stream in this workspace
├── PlaybackIdNotFoundError   no such playback ID on this stream
└── AccessTokenNotFoundError  no such access token in this data file
"""

from __future__ import annotations


class SandboxError(Exception):
    """Root of everything below; its text says what to do next."""


class DataFileError(SandboxError):
    """The data file is missing its directory, is not the sandbox's, or comes from a newer version."""


class PortError(SandboxError):
    """The port that was asked for by number is taken or not allowed."""


class StreamNotFoundError(SandboxError):
    """The workspace has no stream of this id."""

    def __init__(self, stream_id: str) -> None:
        super().__init__(f"The sandbox has no live stream {stream_id!r} in this workspace.")


class PlaybackIdNotFoundError(SandboxError):
    """The stream has no playback ID of this value (or is itself gone)."""

    def __init__(self, stream_id: str, playback_id: str) -> None:
        super().__init__(f"The sandbox has no playback ID {playback_id!r} on live stream {stream_id!r}.")


class AccessTokenNotFoundError(SandboxError):
    """The data file has no access token of this id."""

    def __init__(self, token_id: str) -> None:
        super().__init__(f"The sandbox has no access token {token_id!r}; it may have been revoked.")
