"""Pulumi's protocol for a failure after which there is an object all the same: it exists, and isn't as declared yet.

The SDK has no class for it, but the messages: a failed call carries them behind its status. The engine stores the id
and the state of the object, and calls `update` in the next run, even where `diff` finds no change.
"""

from __future__ import annotations

from google.protobuf.any_pb2 import Any
from google.protobuf.struct_pb2 import Struct
from grpc import StatusCode
from pulumi.runtime.proto.provider_pb2 import ErrorResourceInitFailed
from pulumi.runtime.proto.status_pb2 import Status

from pulumi_fastpix.errors import PartlyDoneError, shortened


def trailing_metadata(error: PartlyDoneError, properties: Struct) -> tuple[tuple[str, bytes]]:
    """What a call that fails like this has to carry.

    Args:
        error: how it fails.
        properties: the error's `state`, as the engine stores it.
    """
    text = shortened(str(error))
    detail = Any()
    detail.Pack(ErrorResourceInitFailed(id=error.id, properties=properties, reasons=[text]))
    status = Status(code=StatusCode.UNKNOWN.value[0], message=text, details=[detail])
    return (("grpc-status-details-bin", status.SerializeToString()),)
