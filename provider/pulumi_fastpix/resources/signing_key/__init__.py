"""The resource type `SigningKey`: a key with which an application signs the addresses of private playback IDs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.resources.base import ResourceType, Values
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


def _listed(workspace: Workspace, lookup: Values) -> Iterable[dict[str, Any]]:
    from pulumi_fastpix.resources.listing import signing_keys  # noqa: PLC0415  # likewise

    return signing_keys(workspace, lookup)


SIGNING_KEY = ResourceType(
    name=NAME,
    check=check,
    diff=diff,
    parse_import_id=parse_import_id,
    lifecycle=_lifecycle,
    listed=_listed,
    warning_of_replacement=warning_of_replacement,
    import_id=IMPORT_ID,
    replacing=REPLACING,
    secret_outputs=SECRET_OUTPUTS,
)
