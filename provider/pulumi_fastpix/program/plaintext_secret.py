"""Warns of a secret key that is in plain text in the stack's configuration.

Whoever can read the stack's file or its state then has it. Only the program can tell: the provider gets the
configuration's values, but not which of them are secret.
"""

from __future__ import annotations

from functools import cache

import pulumi

from pulumi_fastpix.settings.names import SECRET_KEY, SET_COMMANDS

WARNING = (
    f"{SECRET_KEY} is in plain text in this stack's configuration, so it may also be in plain text in the stack's "
    f"state. Encrypt it with `{SET_COMMANDS['secretKey']}` and run `pulumi up`; then have FastPix replace the key, "
    f"because the file, the state and their history contain it."
)


def warn_of_plaintext_secret() -> None:
    """Warn once per stack if the secret key is in plain text."""
    if pulumi.runtime.get_config(SECRET_KEY) and not pulumi.runtime.is_config_secret(SECRET_KEY):
        _warn_once(pulumi.get_project(), pulumi.get_stack())


@cache
def _warn_once(_project: str, _stack: str) -> None:
    pulumi.log.warn(WARNING)
