"""Tells whoever runs Pulumi what the provider is waiting for, or has decided."""

from __future__ import annotations

import contextlib
import sys


def announce(text: str) -> None:
    """Say it on standard error, which Pulumi shows among the stack's diagnostics; at once, since it is about now."""
    # That nobody listens any more must not decide how a create ends.
    with contextlib.suppress(OSError, ValueError):
        print(f"FastPix: {text}", file=sys.stderr, flush=True)
