"""Expected errors in one line, others with their trace. tests/process/test_sdk_seams.py fails if the SDK moves.

The process of newer SDKs answers every failed call with `traceback.format_exc()`. The text of an expected error already
has what was attempted, what came back and what to do, and a trace would bury it. So the *name* `traceback` in the SDK's
main module is replaced by a stand-in. Other errors keep their trace, ours and other providers' alike. Older SDKs (3.216
does, 3.272 doesn't) answer with just the error's text, behind "Exception calling application: ". There our unexpected
errors carry their trace in their text.
"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar, cast

from pulumi_fastpix.dynamic.provider_process import provider_process
from pulumi_fastpix.errors import FastPixError, shortened

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
    main = provider_process()
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
            main = provider_process()
            if main is None or hasattr(main, "traceback"):
                raise
            raise _UnexpectedError(traceback.format_exc()) from None

    return cast("Method", call)
