"""The native front door's classes for Python programs."""

from __future__ import annotations

from importlib.metadata import version

import pulumi
from pulumi import Alias, Input, ResourceOptions

from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId
from pulumi_fastpix.program.provider import Account, refuse_account_of_other_door
from pulumi_fastpix.resources.live_playback_id.names import DYNAMIC_TYPE, NATIVE_TYPE
from pulumi_fastpix.resources.names import NATIVE_PACKAGE

PLUGIN_DOWNLOAD_URL = "https://pulumi-fastpix.invalid/install-it-with-pip"
"""Where Pulumi looks for the plugin when it isn't installed: nowhere.

The plugin comes with the Python package. Without this address Pulumi would look on the net for a plugin that happens to
have its name; a name under `.invalid` is reserved for never existing, and the rest is for whoever sees the error.
"""


class Provider(Account, pulumi.ProviderResource):
    """A FastPix account or workspace of its own.

    The same as :class:`pulumi_fastpix.Provider`, through the plugin `pulumi-resource-fastpix`.
    """

    def _register(self, resource_name: str, given: dict[str, Input[str]], opts: ResourceOptions | None) -> None:
        opts = ResourceOptions.merge(_plugin(), opts)
        pulumi.ProviderResource.__init__(self, NATIVE_PACKAGE, resource_name, given, opts)


class LivePlaybackId(DeclaredPlaybackId, pulumi.CustomResource):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    The same as :class:`pulumi_fastpix.LivePlaybackId`, through the plugin `pulumi-resource-fastpix`.
    """

    def _register(self, resource_name: str, inputs: dict[str, Input[str] | None], opts: ResourceOptions | None) -> None:
        refuse_account_of_other_door(resource_name, opts, NATIVE_PACKAGE)
        # State that was written through the dynamic front door is taken over.
        opts = ResourceOptions.merge(ResourceOptions(aliases=[Alias(type_=DYNAMIC_TYPE)]), opts)
        pulumi.CustomResource.__init__(self, NATIVE_TYPE, resource_name, inputs, ResourceOptions.merge(_plugin(), opts))


def _plugin() -> ResourceOptions:
    """Which plugin serves these classes: that of this very package."""
    return ResourceOptions(version=version("pulumi-fastpix"), plugin_download_url=PLUGIN_DOWNLOAD_URL)
