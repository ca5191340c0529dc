"""The resource type `LiveStream`: a stream to broadcast to, and the playback ID that FastPix makes with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.resources.addresses import HLS_URL, RTMPS, RTMPS_URL, SRT, SRT_URL, hls_url
from pulumi_fastpix.resources.base import ResourceType, Values
from pulumi_fastpix.resources.live_stream.inputs import (
    DEFAULTS,
    IMPORT_ID,
    check,
    diff,
    parse_import_id,
    warning_of_replacement,
    warnings,
)
from pulumi_fastpix.resources.live_stream.names import NAME, PLAYBACK_ID, REPLACING, SECRET_OUTPUTS

if TYPE_CHECKING:
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace


def _lifecycle(workspace: Workspace) -> Lifecycle:
    from pulumi_fastpix.resources.live_stream.lifecycle import (  # noqa: PLC0415  # brings the HTTP stack
        LiveStreamLifecycle,
    )

    return LiveStreamLifecycle(workspace)


def _listed(workspace: Workspace, lookup: Values) -> Iterable[dict[str, Any]]:
    from pulumi_fastpix.resources.listing import live_streams  # noqa: PLC0415  # likewise

    return live_streams(workspace, lookup)


def _derived_outputs(_id: str, state: Values) -> dict[str, Any]:
    playback_id = state.get(PLAYBACK_ID)
    return {HLS_URL: hls_url(playback_id) if playback_id else None, RTMPS_URL: RTMPS, SRT_URL: SRT}


LIVE_STREAM = ResourceType(
    name=NAME,
    check=check,
    diff=diff,
    parse_import_id=parse_import_id,
    lifecycle=_lifecycle,
    listed=_listed,
    warnings=warnings,
    warning_of_replacement=warning_of_replacement,
    import_id=IMPORT_ID,
    optional_lookup_keys=(PLAYBACK_ID,),
    replacing=REPLACING,
    defaults=DEFAULTS,
    secret_outputs=SECRET_OUTPUTS,
    derived_outputs=_derived_outputs,
)
