"""The native package's schema, made of the same docstrings that Python users read."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import metadata
from typing import Any

from pulumi_fastpix.declaration import DYNAMIC_TYPE, NATIVE_TYPE, LivePlaybackIdArgs
from pulumi_fastpix.inputs import ACCESS_POLICY, DEFAULT_ACCESS_POLICY, STREAM_ID
from pulumi_fastpix.native.resources import PLUGIN_DOWNLOAD_URL, LivePlaybackId, Provider
from pulumi_fastpix.settings import CONFIG_KEYS


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
        "keywords": ["pulumi", "fastpix", "category/network", "kind/native"],
        "pluginDownloadURL": PLUGIN_DOWNLOAD_URL,
        "language": {language: {"respectSchemaVersion": True} for language in ("csharp", "go", "nodejs", "python")},
        "config": {"variables": settings},
        "provider": {
            "description": _summary(Provider),
            "inputProperties": settings,
            "requiredInputs": [],
        },
        "resources": {
            NATIVE_TYPE: {
                "description": _summary(LivePlaybackId),
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
    return {_camel_case(name): {"type": "string", "description": re.sub(r"\s+", " ", text)} for name, text in found}


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
