"""The resource type `SigningKey`: a key with which an application signs the addresses of private playback IDs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.signing_key.inputs import IMPORT_ID, check, diff, parse_import_id, warning_of_replacement
from pulumi_fastpix.resources.signing_key.names import NAME, REPLACING, SECRET_OUTPUTS

if TYPE_CHECKING:
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace


def _lifecycle(workspace: Workspace) -> Lifecycle:
    from pulumi_fastpix.resources.signing_key.lifecycle import (  # noqa: PLC0415  # brings the HTTP stack
        SigningKeyLifecycle,
    )

    return SigningKeyLifecycle(workspace)


SIGNING_KEY = ResourceType(
    name=NAME,
    check=check,
    diff=diff,
    parse_import_id=parse_import_id,
    lifecycle=_lifecycle,
    warning_of_replacement=warning_of_replacement,
    import_id=IMPORT_ID,
    replacing=REPLACING,
    secret_outputs=SECRET_OUTPUTS,
)
