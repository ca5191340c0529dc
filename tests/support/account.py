"""An account at FastPix, as the provider sees it: a sandbox that can't be recognised as one.

There is no account to test with. What tells a sandbox from an account is the ID of the access token alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.sandbox.data import access_tokens


@contextmanager
def account(**options: Any) -> Iterator[Sandbox]:
    """An account with a stream of its own, whose access token has an ID like FastPix's; options as for a sandbox."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access_tokens, "new_access_token_id", lambda: str(uuid.uuid4()))
        sandbox = Sandbox(**options)
    with sandbox:
        yield sandbox


def settings_of(account: Sandbox) -> dict[str, str]:
    """The environment that leads to it, in which a blank variable counts as unset: nothing says it is a sandbox."""
    return {**account.environment(), "FASTPIX_SANDBOX": ""}
