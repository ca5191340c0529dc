"""The native front door's classes for Python programs."""

from __future__ import annotations

from importlib.metadata import version
from typing import overload

import pulumi
from pulumi import Alias, Input, Output, ResourceOptions

from pulumi_fastpix.accounts import refuse_what_cannot_be_right
from pulumi_fastpix.declaration import (
    DYNAMIC_TYPE,
    NATIVE_TYPE,
    DeclaredPlaybackId,
    LivePlaybackIdArgs,
    id_to_read,
    properties,
)
from pulumi_fastpix.plaintext_secret import warn_of_plaintext_secret
from pulumi_fastpix.settings import PROVIDER_RESOURCE

PLUGIN_DOWNLOAD_URL = "https://pulumi-fastpix.invalid/install-it-with-pip"
"""Where Pulumi looks for the plugin when it isn't installed: nowhere.

The plugin comes with the Python package. Without this address Pulumi would look on the net for a plugin that happens to
have its name; a name under `.invalid` is reserved for never existing, and the rest is for whoever sees the error.
"""


class Provider(pulumi.ProviderResource):
    """A FastPix account of its own, used with `opts=ResourceOptions(provider=…)`.

    Args:
        resource_name: the name in the Pulumi program.
        access_token_id: the access token's ID.
        secret_key: its secret key; always stored encrypted.
        base_url: the API's address, if it isn't FastPix's own.
        timeout_seconds: how long to wait for a connection, and for each part of an answer. 30 by default.
        retry_for_seconds: how long one operation may go on trying. 120 by default.
        opts: Pulumi's resource options.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        access_token_id: Input[str],
        secret_key: Input[str],
        base_url: Input[str] | None = None,
        timeout_seconds: Input[float] | None = None,
        retry_for_seconds: Input[float] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        refuse_what_cannot_be_right(resource_name, access_token_id, secret_key, base_url)
        inputs = {
            PROVIDER_RESOURCE: resource_name,
            "accessTokenId": access_token_id,
            "secretKey": Output.secret(secret_key),
            "baseUrl": base_url,
            # Every setting of a provider travels as a string.
            "timeoutSeconds": _as_text(timeout_seconds),
            "retryForSeconds": _as_text(retry_for_seconds),
        }
        super().__init__("fastpix", resource_name, inputs, ResourceOptions.merge(_plugin(), opts))


class LivePlaybackId(DeclaredPlaybackId, pulumi.CustomResource):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    The same as :class:`pulumi_fastpix.LivePlaybackId`, through the plugin `pulumi-resource-fastpix`.
    """

    @overload
    def __init__(self, resource_name: str, args: LivePlaybackIdArgs, opts: ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        *,
        stream_id: Input[str],
        access_policy: Input[str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None: ...

    def __init__(
        self,
        resource_name: str,
        args: LivePlaybackIdArgs | None = None,
        opts: ResourceOptions | None = None,
        *,
        stream_id: Input[str] | None = None,
        access_policy: Input[str] | None = None,
    ) -> None:
        """Declare a playback ID.

        Args:
            resource_name: the name in the Pulumi program; FastPix has no names for playback IDs.
            args: the inputs in one object, instead of the two below.
            opts: Pulumi's resource options; `ignore_changes` takes `streamId` and `accessPolicy`.
            stream_id: the live stream's ID, 32 hex digits. Changing it replaces the playback ID.
            access_policy: `"public"` (the default) or `"private"`. Changing it replaces the playback ID.

        Raises:
            TypeError: the inputs were given in both forms, or in neither.
        """
        warn_of_plaintext_secret()
        inputs = properties(args, stream_id, access_policy)
        # State that was written through the dynamic front door is taken over.
        opts = ResourceOptions.merge(ResourceOptions(aliases=[Alias(type_=DYNAMIC_TYPE)]), opts)
        super().__init__(NATIVE_TYPE, resource_name, inputs, ResourceOptions.merge(_plugin(), opts))

    @classmethod
    def get(
        cls,
        resource_name: str,
        id: Input[str],  # noqa: A002  # what every Pulumi resource calls it
        *,
        stream_id: Input[str],
        opts: ResourceOptions | None = None,
    ) -> LivePlaybackId:
        """Use a playback ID that exists already, without owning it: it is read, never changed or deleted.

        Args:
            resource_name: the name in the Pulumi program.
            id: the playback ID.
            stream_id: the live stream it belongs to; without it FastPix can't find a playback ID.
            opts: Pulumi's resource options.
        """
        opts = ResourceOptions.merge(opts, ResourceOptions(id=id_to_read(id, stream_id)))
        return cls(resource_name, stream_id=stream_id, opts=opts)


def _plugin() -> ResourceOptions:
    """Which plugin serves these classes: that of this very package."""
    return ResourceOptions(version=version("pulumi-fastpix"), plugin_download_url=PLUGIN_DOWNLOAD_URL)


def _as_text(seconds: Input[float] | None) -> Output[str] | None:
    return None if seconds is None else Output.from_input(seconds).apply(str)
