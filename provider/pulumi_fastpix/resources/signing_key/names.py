"""The names under which stacks store signing keys. FROZEN: a stack knows what it has by them alone."""

from __future__ import annotations

NAME = "SigningKey"
"""The last part of its type tokens: see :class:`pulumi_fastpix.resources.base.ResourceType`."""

ROTATION = "rotation"
INPUT_KEYS = (ROTATION,)
REPLACING = INPUT_KEYS
"""FastPix has no call to change a key: another value needs another key."""

NOT_IMPORTED = ""
"""Given as the rotation to a lookup by a program; an import gives none."""

PRIVATE_KEY = "privateKey"
PUBLIC_KEY = "publicKey"
CREATED_AT = "createdAt"
SECRET_OUTPUTS = (PRIVATE_KEY,)
OUTPUT_KEYS = (PRIVATE_KEY, PUBLIC_KEY, CREATED_AT)
