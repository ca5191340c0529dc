"""What the person who runs Pulumi is told while the provider works: what it waits for, and what it has decided.

It goes to standard error, which Pulumi shows among the stack's diagnostics if it comes from the dynamic provider's
process. It shows nothing of a plugin's, so that the native provider has another channel.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["info", "warning"]
Channel: TypeAlias = Callable[[Severity, str], None]
"""Passes a sentence on. It must come back soon, and raise nothing."""


def announce(text: str) -> None:
    """Tell what is going on, in a sentence."""
    _channel.get()("info", text)


def warn(text: str) -> None:
    """Tell what may need a look, in a sentence."""
    _channel.get()("warning", text)


@contextlib.contextmanager
def announcing_through(channel: Channel) -> Iterator[None]:
    """Send what this thread announces inside to a channel."""
    token = _channel.set(channel)
    try:
        yield
    finally:
        _channel.reset(token)


def _print(severity: Severity, text: str) -> None:
    prefix = "FastPix: warning: " if severity == "warning" else "FastPix: "
    # A closed pipe must not decide how a create ends.
    with contextlib.suppress(OSError, ValueError):
        # In one piece, since there are other threads.
        sys.stderr.write(f"{prefix}{text}\n")
        sys.stderr.flush()


_channel: ContextVar[Channel] = ContextVar("channel", default=_print)
