"""Hands on what exists when an operation of the dynamic provider fails, so that the engine stores it.

The SDK has nothing for it. But its own frame, which has called the provider's method, holds the call's gRPC context as
a local variable, and a context takes the messages that :mod:`pulumi_fastpix.partial_failure` makes. Where no such frame
is found, the error says that the object isn't stored: tests/process/test_partly_done.py fails there.
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
        if not _tell(error, props, sys._getframe()):
            has = (
                "still has what was there before: run `pulumi refresh` before anything else"
                if stored
                else f"doesn't have it: take {error.id} with `pulumi-fastpix adopt`, or delete it"
            )
            advice = f"This version of Pulumi's SDK can't be told of it, so the stack {has}."
            raise FastPixError(error.happened, advice) from None
        raise


def _tell(error: PartlyDoneError, props: Mapping[str, Any], frame: FrameType | None) -> bool:
    stored = Struct()
    # Without the provider, the object could be neither refreshed nor deleted.
    stored.update({**error.state, PROVIDER_KEY: props[PROVIDER_KEY]})
    while frame is not None:
        tell = getattr(frame.f_locals.get("context"), "set_trailing_metadata", None)
        if callable(tell):
            tell(trailing_metadata(error, stored))
            return True
        frame = frame.f_back
    return False
