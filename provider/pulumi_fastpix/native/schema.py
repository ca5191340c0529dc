"""The native package's schema, made of the same docstrings that Python users read."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import metadata
from typing import Any

from pulumi_fastpix.native.resources import PLUGIN_DOWNLOAD_URL, LivePlaybackId, Provider
from pulumi_fastpix.program.live_playback_id import LivePlaybackIdArgs
from pulumi_fastpix.resources.live_playback_id.inputs import DEFAULT_ACCESS_POLICY
from pulumi_fastpix.resources.live_playback_id.names import ACCESS_POLICY, DYNAMIC_TYPE, NATIVE_TYPE, STREAM_ID
from pulumi_fastpix.settings.names import CONFIG_KEYS

_LANGUAGES = {
    "csharp": {},
    "go": {},
    # Not @pulumi/fastpix, which Pulumi would call it: that scope is Pulumi's own.
    "nodejs": {"packageName": "pulumi-fastpix"},
    # The classes that are there already: what `pulumi import` writes imports them, and an SDK that somebody has
    # generated all the same doesn't take the place of this very distribution in the environment.
    "python": {"packageName": "pulumi_fastpix.native"},
}
_IDS = (
    "To import a playback ID, or to `get` it, give `<stream ID>/<playback ID>`. Its own `id` is the playback ID alone."
)


def schema() -> dict[str, Any]:
    """The schema, as Pulumi's package schema defines it."""
    package = metadata("pulumi-fastpix")
    inputs = _described(LivePlaybackIdArgs)
    policy_input = {**inputs[ACCESS_POLICY], "default": DEFAULT_ACCESS_POLICY}
    settings = {key: described for key, described in _described(Provider.__init__).items() if key in CONFIG_KEYS}
    settings["secretKey"]["secret"] = True
    return {
        "name": "fastpix",
        "displayName": "FastPix",
        "version": package["Version"],
        "description": package["Summary"],
        "license": package["License-Expression"],
        "publisher": package["Name"],
        "keywords": ["pulumi", "fastpix", "category/network", "kind/native"],
        "pluginDownloadURL": PLUGIN_DOWNLOAD_URL,
        "language": {language: {"respectSchemaVersion": True, **more} for language, more in _LANGUAGES.items()},
        "config": {"variables": settings},
        "provider": {
            "description": _summary(Provider),
            "inputProperties": settings,
            "requiredInputs": [],
        },
        "resources": {
            NATIVE_TYPE: {
                "description": f"{_summary(LivePlaybackId)}\n\n{_IDS}",
                "properties": inputs,
                "required": [STREAM_ID, ACCESS_POLICY],
                "inputProperties": {**inputs, ACCESS_POLICY: policy_input},
                "requiredInputs": [STREAM_ID],
                "aliases": [{"type": DYNAMIC_TYPE}],
            }
        },
    }


def _summary(documented: type) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _described(documented: object) -> dict[str, dict[str, Any]]:
    """The arguments that are documented, by their names in the schema. Every one of them travels as a string."""
    arguments = (inspect.getdoc(documented) or "").partition("Args:\n")[2]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", arguments, flags=re.MULTILINE)
    return {_camel_case(name): {"type": "string", "description": _sentence(text)} for name, text in found}


def _sentence(text: str) -> str:
    return re.sub(r"\s+", " ", text[0].upper() + text[1:])


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
