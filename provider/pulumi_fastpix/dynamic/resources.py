"""The classes of Python programs that go through the dynamic provider, with nothing to install beside this package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import pulumi
from pulumi import Alias, Input, Output, ResourceOptions

from pulumi_fastpix.dynamic import LivePlaybackIdProvider
from pulumi_fastpix.dynamic.adapter import Adapter, plain_value
from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId
from pulumi_fastpix.program.provider import DeclaredProvider, refuse_provider_of_other_module
from pulumi_fastpix.program.resource import DeclaredResource
from pulumi_fastpix.resources.names import DYNAMIC_PACKAGE
from pulumi_fastpix.settings.names import NAMESPACE


class DynamicResource(DeclaredResource, pulumi.dynamic.Resource):
    """A resource that the dynamic provider serves. Subclasses name the provider's class."""

    provider_class: ClassVar[type[Adapter]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # The SDK would otherwise give a user's subclass the type `dynamic:Resource`, and lose what is stored as ours.
        super().__init_subclass__(module="fastpix", name=cls.resource_type.name, **kwargs)

    def _register(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        refuse_provider_of_other_module(resource_name, opts, DYNAMIC_PACKAGE)
        refuse_import(resource_name, opts)
        # State that was written through the native provider is taken over.
        opts = ResourceOptions.merge(ResourceOptions(aliases=[Alias(type_=self.resource_type.native_type)]), opts)
        given = dict(inputs)
        pulumi.dynamic.Resource.__init__(self, self.provider_class(), resource_name, inputs, opts)
        # Here, because the provider process isn't told which resource it checks.
        for name, value in given.items():
            warn = partial(self._warn, self.translate_input_property(name))
            if _holds_output(value):
                Output.from_input(value).apply(warn, run_with_unknowns=True)
            else:
                warn(value)

    def _warn(self, key: str, value: object) -> None:
        for warning in self.resource_type.warnings({key: plain_value(value)}):
            pulumi.log.warn(warning, self)


def _holds_output(value: object) -> bool:
    """Whether a value has to be waited for; an Output costs a program more than a plain value."""
    if isinstance(value, Mapping):
        return any(map(_holds_output, value.values()))
    return any(map(_holds_output, value)) if isinstance(value, list) else isinstance(value, Output)


def refuse_import(resource_name: str, opts: ResourceOptions | None) -> None:
    """Stop a program that imports through the dynamic provider: Pulumi would fail with `KeyError: '__provider'`.

    It asks the provider, which for a dynamic resource only the resource's own state could name.

    Raises:
        pulumi.RunError: shown without a stack trace, since the name leads to the line.
    """
    if opts is not None and opts.import_ is not None:
        raise pulumi.RunError(
            f"The resource {resource_name!r} has the option import_, by which Pulumi can't import a dynamic resource. "
            f"Take the option out, and run `pulumi-fastpix adopt STREAM_ID PLAYBACK_ID --name {resource_name}`, which "
            f"writes a file that Pulumi can import."
        )


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
