"""Notices to the person who runs Pulumi: what the provider waits for, or has decided."""

from __future__ import annotations

import contextlib
import sys


def announce(text: str) -> None:
    """Print a notice on standard error, which Pulumi shows among the stack's diagnostics."""
    # A closed pipe must not decide how a create ends.
    with contextlib.suppress(OSError, ValueError):
        print(f"FastPix: {text}", file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Print a warning on standard error, which Pulumi shows among the stack's diagnostics."""
    announce(text)
