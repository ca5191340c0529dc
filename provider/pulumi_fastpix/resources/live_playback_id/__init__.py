"""The resource type `LivePlaybackId`: a playback ID of a live stream, and who can watch by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pulumi_fastpix.resources.addresses import HLS_URL, hls_url
from pulumi_fastpix.resources.base import ResourceType, Values
from pulumi_fastpix.resources.checking import DEFAULT_ACCESS_POLICY
from pulumi_fastpix.resources.live_playback_id.inputs import (
    IMPORT_ID,
    check,
    diff,
    parse_import_id,
    warnings,
)
from pulumi_fastpix.resources.live_playback_id.names import NAME, REPLACING, STREAM_ID
from pulumi_fastpix.resources.names import ACCESS_POLICY

if TYPE_CHECKING:
    from pulumi_fastpix.resources.lifecycle import Lifecycle
    from pulumi_fastpix.resources.workspace import Workspace


def _lifecycle(workspace: Workspace) -> Lifecycle:
    from pulumi_fastpix.resources.live_playback_id.lifecycle import (  # noqa: PLC0415  # brings the HTTP stack
        LivePlaybackIdLifecycle,
    )

    return LivePlaybackIdLifecycle(workspace)


def _listed(workspace: Workspace, lookup: Values) -> Iterable[dict[str, Any]]:
    from pulumi_fastpix.resources.listing import playback_ids  # noqa: PLC0415  # likewise

    return playback_ids(workspace, lookup)


LIVE_PLAYBACK_ID = ResourceType(
    name=NAME,
    check=check,
    diff=diff,
    parse_import_id=parse_import_id,
    lifecycle=_lifecycle,
    listed=_listed,
    warnings=warnings,
    import_id=IMPORT_ID,
    lookup_keys=(STREAM_ID,),
    replacing=REPLACING,
    defaults={ACCESS_POLICY: DEFAULT_ACCESS_POLICY},
    derived_outputs=lambda playback_id, _: {HLS_URL: hls_url(playback_id)},
)
