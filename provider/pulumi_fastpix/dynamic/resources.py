"""The classes of Python programs that go through the dynamic provider, with nothing to install beside this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi
from pulumi import Input, Output, ResourceOptions

from pulumi_fastpix.dynamic import LivePlaybackIdProvider, LiveStreamProvider, SigningKeyProvider
from pulumi_fastpix.dynamic.adapter import Adapter, plain_value
from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId
from pulumi_fastpix.program.live_stream import DeclaredLiveStream
from pulumi_fastpix.program.provider import DeclaredProvider, refuse_provider_of_other_module
from pulumi_fastpix.program.resource import DeclaredResource, aliases_of_type
from pulumi_fastpix.program.signing_key import DeclaredSigningKey
from pulumi_fastpix.resources.names import DYNAMIC_PACKAGE
from pulumi_fastpix.settings.names import NAMESPACE


class DynamicResource(DeclaredResource, pulumi.dynamic.Resource):
    """A resource that the dynamic provider serves. Subclasses name the provider's class."""

    provider_class: ClassVar[type[Adapter]]

    adopted_by: ClassVar[str] = ""
    """The arguments by which `pulumi-fastpix adopt` names one; empty if it takes none of this type."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The SDK would otherwise give a user's subclass the type `dynamic:Resource`, and lose what is stored as ours.
        super().__init_subclass__(module="fastpix", name=cls.resource_type.name, **kwargs)

    def _register(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        refuse_provider_of_other_module(resource_name, opts, DYNAMIC_PACKAGE)
        if opts is not None and opts.import_ is not None:
            raise self._cannot_import(resource_name)
        # State that was written through the native provider is taken over.
        opts = aliases_of_type(self.resource_type.native_type, opts)
        given = dict(inputs)
        pulumi.dynamic.Resource.__init__(self, self.provider_class(), resource_name, inputs, opts)
        # Here, because the provider process isn't told which resource it checks.
        if _holds_output(given):
            Output.from_input(given).apply(self._warn, run_with_unknowns=True)
        else:
            self._warn(given)

    def _warn(self, inputs: Mapping[str, Any]) -> None:
        known = {key: plain_value(value) for key, value in inputs.items() if value is not None}
        for warning in self.resource_type.warnings(known):
            pulumi.log.warn(warning, self)

    def _cannot_import(self, resource_name: str) -> pulumi.RunError:
        """For a program that imports through the dynamic provider: Pulumi would fail with `KeyError: '__provider'`.

        It asks the provider, which for a dynamic resource only the resource's own state could name. A RunError is shown
        without a stack trace; the name leads to the line.
        """
        way = (
            f"`pulumi-fastpix adopt {self.adopted_by} --name {resource_name}`, which writes a file that Pulumi can "
            f"import"
            if self.adopted_by
            else f"`pulumi import {self.resource_type.native_type} {resource_name} ID`, which takes the native "
            f"provider; the next `pulumi up` moves it to this one"
        )
        return pulumi.RunError(
            f"The resource {resource_name!r} has the option import_, by which Pulumi can't import a dynamic resource. "
            f"Take the option out, and run {way}."
        )


def _holds_output(value: object) -> bool:
    """Whether a value has to be waited for; an Output costs a program more than a plain value."""
    if isinstance(value, Mapping):
        return any(map(_holds_output, value.values()))
    return any(map(_holds_output, value)) if isinstance(value, list) else isinstance(value, Output)


class LivePlaybackId(DeclaredPlaybackId, DynamicResource):
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

    provider_class = LivePlaybackIdProvider
    adopted_by = "STREAM_ID PLAYBACK_ID"


class LiveStream(DeclaredLiveStream, DynamicResource):
    """A FastPix live stream: what an encoder broadcasts to, with the playback ID by which it is watched.

    Example::

        import pulumi
        import pulumi_fastpix as fastpix

        stream = fastpix.LiveStream(
            "concert",
            access_policy="private",
            reconnect_window=300,
            metadata={"show": "42"},
            opts=pulumi.ResourceOptions(protect=True),
        )
        partner = fastpix.LivePlaybackId(
            "partner",
            stream_id=stream.id,
            access_restrictions={"domains": {"default_policy": "deny", "allow": ["partner.example"]}},
            opts=pulumi.ResourceOptions(deleted_with=stream, protect=True),
        )
        pulumi.export("watch", partner.hls_url)
        pulumi.export("streamKey", stream.stream_key)

    FastPix can change the reconnect window, the metadata and the access restrictions of a stream. A change of anything
    else makes a new stream, with a new stream key, and deletes the old one, with all its playback IDs, after everything
    that uses it has been updated: encoders that broadcast to the old one are cut off. Its Pulumi `id` is the stream ID.
    """

    provider_class = LiveStreamProvider
    adopted_by = "--streams STREAM_ID"


class SigningKey(DeclaredSigningKey, DynamicResource):
    """A key with which an application signs the addresses of private playback IDs, for viewers that it lets in.

    Example::

        import pulumi
        import pulumi_fastpix as fastpix

        key = fastpix.SigningKey("viewers", rotation="2026-11")
        pulumi.export("signingKeyId", key.id)
        pulumi.export("signingPrivateKey", key.private_key)

    It takes an administrator's access token. FastPix can't change a key, so another `rotation` makes a new one, and
    deletes the old one after everything that uses it has been updated: that ends all tokens that the old one has
    signed. Its Pulumi `id` is the signing key's ID.
    """

    provider_class = SigningKeyProvider


class Provider(DeclaredProvider, pulumi.ProviderResource):
    """A FastPix account or workspace of its own, used with `opts=ResourceOptions(provider=…)`.

    Example::

        config = pulumi.Config("studio")
        studio = fastpix.Provider(
            "studio",
            access_token_id=config.require("accessTokenId"),
            secret_key=config.require_secret("secretKey"),
        )
        fastpix.LivePlaybackId("main", stream_id=stream_id, opts=pulumi.ResourceOptions(provider=studio))

    It takes nothing from the stack's configuration, and neither address nor credentials from the environment.
    """

    def _register(self, resource_name: str, settings: dict[str, Input[str]], opts: ResourceOptions | None) -> None:
        # The SDK's own provider serves any dynamic provider, so that our settings carry a namespace there.
        bag = {f"{NAMESPACE}:{key}": value for key, value in settings.items()}
        pulumi.ProviderResource.__init__(self, DYNAMIC_PACKAGE, resource_name, bag, opts)
