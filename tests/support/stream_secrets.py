"""The secrets of a sandbox's live streams, and the search for them in all that was written."""

from __future__ import annotations

from pulumi_fastpix.sandbox import Sandbox
from support.engine import Stack


def secrets_of(sandbox: Sandbox) -> list[str]:
    return [
        secret
        for stream in sandbox.store.live_streams.list()
        for secret in (stream.stream_key, stream.srt_secret, stream.srt_playback_secret)
    ]


def assert_no_secrets(stack: Stack, sandbox: Sandbox) -> None:
    """In anything that was written."""
    secrets = [secret.encode() for secret in secrets_of(sandbox)]
    for path in stack.written_files():
        written = path.read_bytes()
        assert not any(secret in written for secret in secrets), path
