"""Warns of a secret key that is in plain text in the stack's configuration.

Whoever can read the stack's file or its state then has it. Only the program can tell: the provider gets the
configuration's values, but not which of them are secret.
"""

from __future__ import annotations

from functools import cache

import pulumi

from pulumi_fastpix.settings.names import SECRET_KEY, SET_COMMANDS

WARNING = (
    f"{SECRET_KEY} is in plain text in this stack's configuration, and so it may in the stack's state. Encrypt it "
    f"with `{SET_COMMANDS['secretKey']}` and run `pulumi up`; then have FastPix replace the key, because files, "
    f"state and their history have shown it."
)


def warn_of_plaintext_secret() -> None:
    """Warn once per stack that a program runs for, if the secret key is in plain text."""
    if pulumi.runtime.get_config(SECRET_KEY) and not pulumi.runtime.is_config_secret(SECRET_KEY):
        _warn_once(pulumi.get_project(), pulumi.get_stack())


@cache
def _warn_once(_project: str, _stack: str) -> None:
    pulumi.log.warn(WARNING)
