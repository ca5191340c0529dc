"""Makes Pulumi show our expected errors as the sentences they are, and unexpected ones with their stack trace.

The dynamic provider process of newer SDKs answers every failed call with `traceback.format_exc()`. The text of an
expected error already has what was attempted, what came back and what to do, and a trace would bury it. The SDK has no
setting for that, hence this seam: in that process, and nowhere else, the *name* `traceback` in the SDK's main module is
replaced by a stand-in. Other errors keep their trace, ours and other providers' alike.

Older SDKs (3.216 does, 3.272 doesn't) answer with just the error's text, behind "Exception calling application: ".
There our unexpected errors carry their trace in their text.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar, cast

from pulumi_fastpix.errors import FastPixError, shortened

_PROVIDER_PROCESS = "pulumi.dynamic.__main__"

Method = TypeVar("Method", bound=Callable[..., Any])


class _TracebackOfUnexpectedErrors:
    """Stands in for the module `traceback`, of which the SDK uses `format_exc` only."""

    def __getattr__(self, name: str) -> object:
        return getattr(traceback, name)

    @staticmethod
    def format_exc() -> str:
        error = sys.exc_info()[1]
        return shortened(str(error)) if isinstance(error, FastPixError) else traceback.format_exc()


class _UnexpectedError(Exception):
    """Its text is the trace of an error that nobody expected."""


def show_as_one_line() -> None:
    """Install the stand-in if this is Pulumi's dynamic provider process; else, and when called again, do nothing."""
    main = _provider_process()
    if main is not None and isinstance(getattr(main, "traceback", None), ModuleType):
        main.traceback = _TracebackOfUnexpectedErrors()  # type: ignore[attr-defined]  # a module takes any attribute


def keeps_trace(method: Method) -> Method:
    """Let a provider's method raise unexpected errors with their trace, where the SDK would drop it."""

    @functools.wraps(method)
    def call(*arguments: Any) -> Any:
        try:
            return method(*arguments)
        except FastPixError:
            raise
        except Exception:
            main = _provider_process()
            if main is None or hasattr(main, "traceback"):
                raise
            raise _UnexpectedError(traceback.format_exc()) from None

    return cast("Method", call)


def _provider_process() -> ModuleType | None:
    """The main module of Pulumi's dynamic provider process, if this is one."""
    main = sys.modules.get("__main__")
    return main if getattr(getattr(main, "__spec__", None), "name", None) == _PROVIDER_PROCESS else None
