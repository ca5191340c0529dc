"""The native provider: the same resources through a provider plugin that serves every Pulumi language.

Same arguments and outputs as the classes of :mod:`pulumi_fastpix`, so that changing the import is all it takes to
move a program; state moves along by a built-in alias, without a call to FastPix.
"""

from pulumi_fastpix.native.resources import LivePlaybackId, LiveStream, Provider, SigningKey
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
    "get_live_playback_ids",
    "get_live_playback_ids_output",
    "get_live_streams",
    "get_live_streams_output",
    "get_signing_keys",
    "get_signing_keys_output",
]
