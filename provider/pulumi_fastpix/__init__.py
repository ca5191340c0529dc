"""FastPix live streams, their playback IDs and signing keys as infrastructure as code.

Example::

    import pulumi_fastpix as fastpix

    stream = fastpix.LiveStream("main", access_policy="private")
    audience = fastpix.LivePlaybackId("audience", stream_id=stream.id)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from pulumi_fastpix import errors

__all__ = [
    "AccessPolicy",
    "AccessRestrictions",
    "AccessRestrictionsArgs",
    "AccessRestrictionsArgsDict",
    "AccessRules",
    "AccessRulesArgs",
    "AccessRulesArgsDict",
    "DefaultPolicy",
    "GetLivePlaybackIdsResult",
    "GetLiveStreamsResult",
    "GetSigningKeysResult",
    "ListedLivePlaybackId",
    "ListedLiveStream",
    "ListedSigningKey",
    "LivePlaybackId",
    "LivePlaybackIdArgs",
    "LiveStream",
    "LiveStreamArgs",
    "MaxResolution",
    "Provider",
    "SigningKey",
    "SigningKeyArgs",
    "errors",
    "get_live_playback_ids",
    "get_live_playback_ids_output",
    "get_live_streams",
    "get_live_streams_output",
    "get_signing_keys",
    "get_signing_keys_output",
]

if TYPE_CHECKING:
    from pulumi_fastpix.dynamic.resources import LivePlaybackId, LiveStream, Provider, SigningKey
    from pulumi_fastpix.program.access import (
        AccessPolicy,
        AccessRestrictions,
        AccessRestrictionsArgs,
        AccessRestrictionsArgsDict,
        AccessRules,
        AccessRulesArgs,
        AccessRulesArgsDict,
        DefaultPolicy,
    )
    from pulumi_fastpix.program.functions import (
        get_live_playback_ids,
        get_live_playback_ids_output,
        get_live_streams,
        get_live_streams_output,
        get_signing_keys,
        get_signing_keys_output,
    )
    from pulumi_fastpix.program.listed import (
        GetLivePlaybackIdsResult,
        GetLiveStreamsResult,
        GetSigningKeysResult,
        ListedLivePlaybackId,
        ListedLiveStream,
        ListedSigningKey,
    )
    from pulumi_fastpix.program.live_playback_id import LivePlaybackIdArgs
    from pulumi_fastpix.program.live_stream import LiveStreamArgs, MaxResolution
    from pulumi_fastpix.program.signing_key import SigningKeyArgs
else:
    _MODULES = {
        **dict.fromkeys(__all__, "pulumi_fastpix.program.access"),
        **dict.fromkeys(("LivePlaybackId", "LiveStream", "Provider", "SigningKey"), "pulumi_fastpix.dynamic.resources"),
        "LivePlaybackIdArgs": "pulumi_fastpix.program.live_playback_id",
        **dict.fromkeys((one for one in __all__ if one.startswith("get_")), "pulumi_fastpix.program.functions"),
        **dict.fromkeys((one for one in __all__ if one.startswith(("Get", "Listed"))), "pulumi_fastpix.program.listed"),
        **dict.fromkeys(("LiveStreamArgs", "MaxResolution"), "pulumi_fastpix.program.live_stream"),
        "SigningKeyArgs": "pulumi_fastpix.program.signing_key",
    }

    def __getattr__(name: str) -> object:
        """Load a class when a program uses it: the commands begin without Pulumi's SDK, which takes a while."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
