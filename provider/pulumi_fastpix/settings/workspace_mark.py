"""The mark of a workspace, stored with each object as `seenBy`: the workspace in which it was last seen. Pure."""

from __future__ import annotations

import hashlib

SANDBOX = "sandbox-"
"""How the marks of sandboxes begin. So do the IDs of their access tokens, which at FastPix are UUIDs [samples]."""


def is_of_sandbox(mark_or_token_id: str) -> bool:
    """Whether this is the mark of a sandbox, or the ID of a sandbox's access token."""
    return mark_or_token_id.startswith(SANDBOX)


def workspace_mark(base_url: str, access_token_id: str) -> str:
    """The mark of the workspace that this access token reaches at this address: of identifiers only, no secret.

    12 hex digits, after :data:`SANDBOX` where it is one. What goes into them never changes: marks are compared with
    those in existing states, and others would look like other workspaces.
    """
    if is_of_sandbox(access_token_id):
        # Without the address: a sandbox has its port for one run only, and an access token that no other sandbox has.
        return SANDBOX + _digest(access_token_id)
    return _digest(f"{base_url}\n{access_token_id}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
