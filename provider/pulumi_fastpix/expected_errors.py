"""Makes Pulumi show our expected errors as the sentences they are, without a stack trace.

Since 3.260 the SDK's dynamic provider process answers every failed call with `traceback.format_exc()`. For an
error whose text already says what was attempted, what came back and what to do, the trace buries the answer.
The SDK offers no way to say so, hence this seam: in that process, and nowhere else, the *name* `traceback` in
the SDK's main module is replaced by a stand-in. Other errors keep their trace, ours and other providers' alike.
"""

from __future__ import annotations

import sys
import traceback
from types import ModuleType

from pulumi_fastpix.errors import FastPixError

_PROVIDER_PROCESS = "pulumi.dynamic.__main__"


class _TracebackOfUnexpectedErrors:
    """Stands in for the module `traceback`, of which the SDK uses `format_exc` only."""

    def __getattr__(self, name: str) -> object:
        return getattr(traceback, name)

    @staticmethod
    def format_exc() -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, FastPixError) else traceback.format_exc()


def show_as_one_line() -> None:
    """Install the stand-in if this is Pulumi's dynamic provider process; else, and when called again, do nothing."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if getattr(spec, "name", None) == _PROVIDER_PROCESS and isinstance(getattr(main, "traceback", None), ModuleType):
        main.traceback = _TracebackOfUnexpectedErrors()  # type: ignore[union-attr]  # a module takes any attribute
