"""What happens after the first Ctrl-C. tests/process/test_cancel.py fails if the SDK moves.

The engine calls Cancel on each provider process then. This one answers with `empty_pb2.Empty()`, and tells no provider.
So the *name* `empty_pb2` in the SDK's main module is replaced by a stand-in, which knows by the name of the function
that calls it that this is the answer to Cancel.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from types import ModuleType

from google.protobuf import empty_pb2

from pulumi_fastpix.dynamic.provider_process import provider_process


class _Empty:
    """Stands in for the module `empty_pb2`, of which the SDK uses `Empty` only, and tells when Cancel does."""

    def __init__(self) -> None:
        self.on_cancel: list[Callable[[], None]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(empty_pb2, name)

    def Empty(self) -> empty_pb2.Empty:  # noqa: N802  # the module's name for it
        # Whatever is wrong here must not fail the call, which may be that of another provider.
        with contextlib.suppress(Exception):
            if sys._getframe(1).f_code.co_name == "Cancel":
                for cancel in list(self.on_cancel):
                    cancel()
        return empty_pb2.Empty()


def call_on_cancel(cancel: Callable[[], None]) -> None:
    """Have something called after Ctrl-C if this is Pulumi's dynamic provider process; else do nothing."""
    main = provider_process()
    if main is not None and isinstance(getattr(main, "empty_pb2", None), ModuleType):
        main.empty_pb2 = _Empty()  # type: ignore[attr-defined]  # a module takes any attribute
    if main is not None and isinstance(stand_in := getattr(main, "empty_pb2", None), _Empty):
        stand_in.on_cancel.append(cancel)
