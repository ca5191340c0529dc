"""Signing keys as FastPix answers them, for a scripted server. The private key only looks like one."""

from __future__ import annotations

import base64

from support.responses import error
from support.scripted_server import Reply

KEY_ID = "b7158b65-302d-4fbd-9c48-503ca92bdd25"
CREATED_AT = "2026-05-20T12:50:12.795601Z"
PRIVATE_KEY = base64.b64encode(
    b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"private" * 100) + b"\n-----END PRIVATE KEY-----\n"
).decode()
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(b'public' * 49).decode()}\n-----END PUBLIC KEY-----\n"

KEY_DELETED = Reply(200, {"success": True, "data": {"message": "signing key deleted successfully"}})
KEY_NOT_FOUND = error(404, "signing key not found")
KEYS_REFUSED = error(403, "forbidden")


def key_made(key_id: str = KEY_ID, private_key: str = PRIVATE_KEY) -> Reply:
    """The response to a create: the only one with the private key."""
    data = {"id": key_id, "privateKey": private_key, "createdAt": CREATED_AT}
    return Reply(201, {"success": True, "data": data})


def key_read(key_id: str = KEY_ID, public_key: str = PUBLIC_KEY) -> Reply:
    """One key, as it is read: by another name for its id, and without the time of its creation."""
    data = {"workspaceId": "fd9197bb-1111-2222-3333-444455556666", "signingKeyId": key_id, "publicKey": public_key}
    return Reply(200, {"success": True, "data": data})


def keys_listed(*key_ids: str) -> Reply:
    """The list, newest first; each id is also a part of its time."""
    data = [{"id": key_id, "createdAt": f"time-of-{key_id}"} for key_id in key_ids]
    pagination = {"totalRecords": len(data), "currentOffset": 1, "offsetCount": 1}
    return Reply(200, {"success": True, "data": data, "pagination": pagination})
