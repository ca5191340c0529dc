"""The resource as users declare it: through Pulumi's dynamic provider, with nothing to install beside this package."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import Alias, Input, ResourceOptions

from pulumi_fastpix.accounts import refuse_account_of_other_door
from pulumi_fastpix.declaration import DeclaredPlaybackId
from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.stored_names import DYNAMIC_PACKAGE, NATIVE_TYPE


class LivePlaybackId(DeclaredPlaybackId, pulumi.dynamic.Resource, module="fastpix", name="LivePlaybackId"):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    Example::

        import pulumi
        import pulumi_fastpix as fastpix

        playback = fastpix.LivePlaybackId(
            "main", stream_id="1111aaaa2222bbbb3333cccc4444dddd", access_policy="public"
        )
        pulumi.export("watch", playback.hls_url)

    FastPix can't change a playback ID's stream or access policy, so a change of either makes a new one and deletes
    the old one after everything that uses it has been updated. Its Pulumi `id` is the playback ID itself.
    """

    def _register(self, resource_name: str, inputs: dict[str, Input[str] | None], opts: ResourceOptions | None) -> None:
        refuse_account_of_other_door(resource_name, opts, DYNAMIC_PACKAGE)
        # State that was written through the native front door is taken over.
        opts = ResourceOptions.merge(ResourceOptions(aliases=[Alias(type_=NATIVE_TYPE)]), opts)
        pulumi.dynamic.Resource.__init__(self, LivePlaybackIdProvider(), resource_name, inputs, opts)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The SDK would otherwise give a subclass the type `dynamic:Resource`, and lose what is stored under ours.
        super().__init_subclass__(module="fastpix", name="LivePlaybackId", **kwargs)
