"""Tells whoever runs Pulumi what the provider is waiting for, or has decided."""

from __future__ import annotations

import sys


def announce(text: str) -> None:
    """Say it on standard error, which Pulumi shows among the stack's diagnostics; at once, since it is about now."""
    print(f"FastPix: {text}", file=sys.stderr, flush=True)
