"""The classes of Python programs that go through the native provider."""

from __future__ import annotations

from typing import Any, ClassVar

import pulumi
from pulumi import Input, ResourceOptions

from pulumi_fastpix.native.plugin_address import plugin_download_url
from pulumi_fastpix.program.listed import GetLivePlaybackIdsResult, GetLiveStreamsResult, GetSigningKeysResult
from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId
from pulumi_fastpix.program.live_stream import DeclaredLiveStream
from pulumi_fastpix.program.provider import DeclaredProvider, refuse_provider_of_other_module
from pulumi_fastpix.program.resource import DeclaredResource, aliases_of_type
from pulumi_fastpix.program.signing_key import DeclaredSigningKey
from pulumi_fastpix.resources.names import NATIVE_PACKAGE


class NativeResource(DeclaredResource, pulumi.CustomResource):
    """A resource that the native provider serves."""

    list_result: ClassVar[type]
    """What the function that lists all of them gives."""

    example: ClassVar[str] = ""
    """A section for the schema's description, in a language that isn't Python."""

    def _register(self, resource_name: str, inputs: dict[str, Any], opts: ResourceOptions | None) -> None:
        refuse_provider_of_other_module(resource_name, opts, NATIVE_PACKAGE)
        # State that was written through the dynamic provider is taken over.
        opts = ResourceOptions.merge(_plugin(), aliases_of_type(self.resource_type.dynamic_type, opts))
        pulumi.CustomResource.__init__(self, self.resource_type.native_type, resource_name, inputs, opts)


class LivePlaybackId(DeclaredPlaybackId, NativeResource):
    """A playback ID of a FastPix live stream: the handle by which viewers reach it.

    The same as :class:`pulumi_fastpix.LivePlaybackId`, through the plugin `pulumi-resource-fastpix`.
    """

    list_result = GetLivePlaybackIdsResult
    example = """## Example Usage

```yaml
resources:
  partner:
    type: fastpix:LivePlaybackId
    properties:
      streamId: 1111aaaa2222bbbb3333cccc4444dddd
      accessRestrictions:
        domains:
          defaultPolicy: deny
          allow: [partner.example]
outputs:
  watch: ${partner.hlsUrl}
```

"""


class LiveStream(DeclaredLiveStream, NativeResource):
    """A FastPix live stream: what an encoder broadcasts to, with the playback ID by which it is watched.

    The same as :class:`pulumi_fastpix.LiveStream`, through the plugin `pulumi-resource-fastpix`.
    """

    list_result = GetLiveStreamsResult
    example = """## Example Usage

```yaml
resources:
  concert:
    type: fastpix:LiveStream
    properties:
      accessPolicy: private
      reconnectWindow: 300
      metadata:
        show: "42"
    options:
      protect: true
  partner:
    type: fastpix:LivePlaybackId
    properties:
      streamId: ${concert.id}
    options:
      deletedWith: ${concert}
      protect: true
outputs:
  watch: ${partner.hlsUrl}
  streamKey: ${concert.streamKey}
```

"""


class SigningKey(DeclaredSigningKey, NativeResource):
    """A key with which an application signs the addresses of private playback IDs, for viewers that it lets in.

    The same as :class:`pulumi_fastpix.SigningKey`, through the plugin `pulumi-resource-fastpix`.
    """

    list_result = GetSigningKeysResult
    example = """## Example Usage

```yaml
resources:
  viewers:
    type: fastpix:SigningKey
    properties:
      rotation: "2026-11"
outputs:
  signingKeyId: ${viewers.id}
  signingPrivateKey: ${viewers.privateKey}
```

"""


NATIVE_RESOURCES: tuple[type[NativeResource], ...] = (LivePlaybackId, LiveStream, SigningKey)
"""All of them; the schema is made of these."""


class Provider(DeclaredProvider, pulumi.ProviderResource):
    """A FastPix account or workspace of its own.

    The same as :class:`pulumi_fastpix.Provider`, through the plugin `pulumi-resource-fastpix`.
    """

    def _register(self, resource_name: str, settings: dict[str, Input[str]], opts: ResourceOptions | None) -> None:
        pulumi.ProviderResource.__init__(
            self, NATIVE_PACKAGE, resource_name, settings, ResourceOptions.merge(_plugin(), opts)
        )


def _plugin() -> ResourceOptions:
    """Which plugin serves these classes: any version, so that a stack isn't tied to the one that served it last.

    Pulumi would demand a version that is named here, from the next refresh or destroy too, and that plugin may be gone:
    one that is installed is a script of an environment, which runs whatever version that has by then. An older plugin
    refuses what it doesn't know (:func:`pulumi_fastpix.resources.checking.problems_of_names`).
    """
    return ResourceOptions(plugin_download_url=plugin_download_url())
