"""What the SDK knows of a call, and doesn't tell a dynamic provider: the URN, and how to store what is partly done.

Its own frame, which has called the provider's method, has the request and the call's gRPC context as local variables. A
request holds the URN, and a context takes the messages that :mod:`pulumi_fastpix.partial_failure` makes. Where no such
frame is found, no URN is known, and the error says that the object isn't stored: tests/process/test_partly_done.py and
test_journal.py fail there.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from google.protobuf.struct_pb2 import Struct

from pulumi_fastpix.errors import FastPixError, PartlyDoneError
from pulumi_fastpix.partial_failure import trailing_metadata
from pulumi_fastpix.resources.names import PROVIDER_KEY


@contextlib.contextmanager
def storing_what_is_partly_done(props: Mapping[str, Any], *, stored: bool = False) -> Iterator[None]:
    """Have the engine store what is partly done inside.

    Args:
        props: the properties that the SDK has called the provider with.
        stored: the stack has the object already.

    Raises:
        FastPixError: instead of a PartlyDoneError, where the engine can't be told.
    """
    try:
        yield
    except PartlyDoneError as error:
        if not _tell(error, props):
            has = (
                "still has what was there before: run `pulumi refresh` before anything else"
                if stored
                else f"doesn't have it: take {error.id} with `pulumi-fastpix adopt`, or delete it"
            )
            advice = f"This version of Pulumi's SDK can't be told of it, so the stack {has}."
            raise FastPixError(error.happened, advice) from None
        raise


def urn_of_call() -> str:
    """The URN of the resource that the engine is asking about; empty if it can't be found."""
    for request in _locals_of_callers("request"):
        if isinstance(urn := getattr(request, "urn", None), str):
            return urn
    return ""


def _tell(error: PartlyDoneError, props: Mapping[str, Any]) -> bool:
    stored = Struct()
    # Without the provider, the object could be neither refreshed nor deleted.
    stored.update({**error.state, PROVIDER_KEY: props[PROVIDER_KEY]})
    for context in _locals_of_callers("context"):
        tell = getattr(context, "set_trailing_metadata", None)
        if callable(tell):
            tell(trailing_metadata(error, stored))
            return True
    return False


def _locals_of_callers(name: str) -> Iterator[object]:
    """The local variables of that name in the functions that have led here."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        yield frame.f_locals.get(name)
        frame = frame.f_back
