"""FastPix live-stream playback IDs as infrastructure as code.

Example::

    import pulumi_fastpix as fastpix

    playback = fastpix.LivePlaybackId("main", stream_id="1111aaaa2222bbbb3333cccc4444dddd")
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
    "LivePlaybackId",
    "LivePlaybackIdArgs",
    "Provider",
    "errors",
]

if TYPE_CHECKING:
    from pulumi_fastpix.dynamic.resources import LivePlaybackId, Provider
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
    from pulumi_fastpix.program.live_playback_id import LivePlaybackIdArgs
else:
    _RESOURCES = "pulumi_fastpix.dynamic.resources"
    _MODULES = {
        **dict.fromkeys(__all__, "pulumi_fastpix.program.access"),
        "LivePlaybackId": _RESOURCES,
        "LivePlaybackIdArgs": "pulumi_fastpix.program.live_playback_id",
        "Provider": _RESOURCES,
    }

    def __getattr__(name: str) -> object:
        """Load a class when a program uses it: the commands begin without Pulumi's SDK, which takes a while."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_MODULES[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
