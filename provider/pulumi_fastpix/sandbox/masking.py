"""Hides secrets in whatever the sandbox shows: a caller may send its stream key, say, in place of an id."""

from __future__ import annotations

import re

_SECRETS = re.compile(
    # All secrets of a stream in recorded responses; the digits after the `k` are the stream's id.
    r"[0-9a-f]{32}k[0-9a-f]{32}"
    # A token that opens a private playback ID: a JWT, whose header and claims begin with `{"`.
    r"|eyJ[\w-]*\.eyJ[\w-]*\.[\w-]*"
    # A private key as FastPix gives it: base64, perhaps with percent signs, of a PEM, which has `-----BEGIN` in front.
    r"|LS0tLS1CRUdJTi[\w+/=%-]*"
    # What is in a PEM, in one line or several: base64 of an ASN.1 sequence that is as long as a key.
    r"|(?-i:MII)[\w+/=%\s-]{100,}",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text with `<secret>` in place of each secret of a stream, token and private key."""
    return _SECRETS.sub("<secret>", text)
