"""New ids in the formats that FastPix uses, so that clients' checks of an id's format can be tested.

The formats are those of recorded responses: the ids of streams and simulcasts are 32 lower-case hex digits, a stream's
secrets are 32 hex digits, a `k` and the stream id, and a playback ID is a version 4 UUID.
"""

from __future__ import annotations

import random
import re
import secrets
import uuid

STREAM_ID = re.compile(r"[0-9a-f]{32}")
PLAYBACK_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Matches only our own ids, because a token id is logged: a caller who swaps id and secret sends a secret
# in its place.
ACCESS_TOKEN_ID = re.compile(r"sandbox-[0-9a-f]{8}")


class Identifiers:
    """A source of ids; with a seed it gives the same ids in the same order on every run."""

    def __init__(self, seed: int | None = None) -> None:
        self._random: random.Random = (
            random.SystemRandom() if seed is None else random.Random(f"identifiers {seed}")  # noqa: S311 - repeatable on request
        )

    def stream_id(self) -> str:
        """A new stream id."""
        return self._hex()

    def stream_secret(self, stream_id: str) -> str:
        """A new stream key, SRT secret or SRT playback secret of that stream."""
        return f"{self._hex()}k{stream_id}"

    def simulcast_id(self) -> str:
        """A new id of a simulcast."""
        return self._hex()

    def playback_id(self) -> str:
        """A new playback ID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def signing_key_id(self) -> str:
        """A new id of a signing key: as a playback ID, it is a version 4 UUID."""
        return self.playback_id()

    def _hex(self) -> str:
        return f"{self._random.getrandbits(128):032x}"


def new_access_token_id() -> str:
    """A new access token id, random also in a seeded run: credentials must not be guessable."""
    return f"sandbox-{secrets.token_hex(4)}"


def new_secret_key() -> str:
    """A new secret key, which cannot be mistaken for one of FastPix's."""
    return f"sandbox-secret-{secrets.token_hex(16)}"
