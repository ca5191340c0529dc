"""The addresses that credentials may be sent to, in the one form in which they are stored and compared. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pulumi_fastpix.settings.credentials import foreign_characters_in

DEFAULT_BASE_URL = "https://api.fastpix.com/v1"


def normalise_base_url(value: str) -> str:
    """Bring an address into the one form that is stored and compared.

    Lower-case scheme and host, no default port, no trailing slash.

    Raises:
        ValueError: it isn't an address credentials may be sent to; the text goes on a subject ("must ...").
    """
    if "@" in value:
        # Looked for before anything is made of it: nothing of what holds credentials is repeated.
        raise ValueError("must not contain credentials; set the access token and the secret key instead")
    if not value.lower().startswith(("http://", "https://")):
        # Nor is what may be a secret key, pasted into the wrong place.
        raise ValueError(f"must be an address like {DEFAULT_BASE_URL}, and begin with https://")
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError(f"must be an address like {DEFAULT_BASE_URL}, but is {value!r}") from None
    # `urlsplit` drops line breaks, which would make another host of it.
    if not host or port == 0 or parts.query or parts.fragment or foreign_characters_in(value):
        raise ValueError(f"must be an address like {DEFAULT_BASE_URL}, but is {value!r}")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"must begin with https:// (credentials are sent unencrypted over http://, "
            f"which is allowed to this machine only), but is {value!r}"
        )
    if port == {"http": 80, "https": 443}[parts.scheme]:
        port = None
    shown_host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown_host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine, without asking DNS."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
