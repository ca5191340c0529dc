"""The native package's schema, made of the same docstrings that Python users read."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import is_dataclass
from enum import Enum
from importlib.metadata import metadata
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from pulumi import Output

from pulumi_fastpix.native.plugin_address import plugin_download_url
from pulumi_fastpix.native.resources import (
    NATIVE_RESOURCES,
    NativeResource,
    Provider,
)
from pulumi_fastpix.program import functions
from pulumi_fastpix.resources.base import ResourceType
from pulumi_fastpix.resources.names import native_type, python_name, state_name
from pulumi_fastpix.settings.names import CONFIG_KEYS

_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}
_LANGUAGES = {
    "csharp": {},
    "go": {},
    # Not @pulumi/fastpix, which Pulumi would call it: that scope is Pulumi's own.
    "nodejs": {"packageName": "pulumi-fastpix"},
    # The classes that are there already: what `pulumi import` writes imports them, and an SDK that somebody has
    # generated all the same doesn't take the place of this very distribution in the environment.
    "python": {"packageName": "pulumi_fastpix.native"},
}


def schema() -> dict[str, Any]:
    """The schema, as Pulumi's package schema defines it."""
    package = metadata("pulumi-fastpix")
    addresses = dict(one.split(", ", 1) for one in package.get_all("Project-URL", ()))
    settings: dict[str, dict[str, Any]] = {
        key: {"type": "string", "description": description}
        for key, description in _descriptions(Provider.__init__).items()
        if key in CONFIG_KEYS
    }
    settings["secretKey"]["secret"] = True
    types: dict[str, Any] = {}
    resources = {one.resource_type.native_type: _resource(one, types) for one in NATIVE_RESOURCES}
    return {
        "name": "fastpix",
        "displayName": "FastPix",
        "version": package["Version"],
        "description": package["Summary"],
        "license": package["License-Expression"],
        "publisher": package["Name"],
        "homepage": addresses["Homepage"],
        "repository": addresses["Source"],
        "keywords": ["pulumi", "fastpix", "category/network", "kind/native"],
        "pluginDownloadURL": plugin_download_url(),
        "language": {language: {"respectSchemaVersion": True, **more} for language, more in _LANGUAGES.items()},
        "config": {"variables": settings},
        "provider": {
            "description": _summary(Provider),
            "inputProperties": settings,
            "requiredInputs": [],
        },
        "resources": resources,
        "functions": {one.resource_type.function: _function(one, types) for one in NATIVE_RESOURCES},
        "types": types,
    }


def as_json() -> str:
    """The schema as the file `schema.json` of this repository has it: for readers, and for tools that take a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _resource(resource: type[NativeResource], types: dict[str, Any]) -> dict[str, Any]:
    """One resource; the types of its nested properties go into `types`."""
    described, of_type = object_type(resource.args_class, types), resource.resource_type
    inputs = {
        key: {**property_, **({"replaceOnChanges": True} if key in of_type.replacing else {})}
        for key, property_ in described["properties"].items()
    }
    outputs = {key: _output(resource, key) for key in (*resource.outputs, *of_type.derived_outputs("", {}))}
    properties = {**inputs, **outputs}
    return {
        "description": f"{_summary(resource)}\n\n{resource.example}To import one, or to `get` it, give "
        f"`{of_type.import_id}`. Its own `id` is FastPix's id alone.",
        "properties": properties,
        "required": [key for key in properties if not _may_be_none(_type_of_output(resource, key))],
        "inputProperties": {
            key: {**property_, **({"default": of_type.defaults[key]} if key in of_type.defaults else {})}
            for key, property_ in inputs.items()
        },
        "requiredInputs": described["required"],
        "stateInputs": {
            "type": "object",
            "properties": {
                **{key: described["properties"][key] for key in of_type.lookup_keys},
                **{key: outputs[key] for key in of_type.optional_lookup_keys},
            },
        },
        "listInputs": _list_inputs(resource, types),
        "aliases": [{"type": of_type.dynamic_type}],
    }


def _function(resource: type[NativeResource], types: dict[str, Any]) -> dict[str, Any]:
    """The function that lists all objects of a resource type."""
    return {
        "description": _summary(_listing(resource.resource_type)),
        "inputs": _list_inputs(resource, types),
        "outputs": _listed_type(resource.list_result, types),
    }


def _list_inputs(resource: type[NativeResource], types: dict[str, Any]) -> dict[str, Any]:
    """What listing takes: inputs of the resource, as the function describes them."""
    of_type = resource.resource_type
    properties = object_type(resource.args_class, types)["properties"]
    described = _descriptions(_listing(of_type))
    return {
        "type": "object",
        "properties": {key: {**properties[key], "description": described[key]} for key in of_type.lookup_keys},
        "required": [*of_type.lookup_keys],
    }


def _listing(of_type: ResourceType) -> object:
    """The function of Python programs that does the same."""
    return getattr(functions, python_name(of_type.function.rpartition(":")[2]))


def _listed_type(listed: type, types: dict[str, Any]) -> dict[str, Any]:
    """The object type that a dataclass describes, by its annotations and its docstring."""
    hints, descriptions = get_type_hints(listed), _descriptions(listed, "Attributes:\n")
    return {
        "type": "object",
        "properties": {
            state_name(name): {**_property_type(hint, types), "description": descriptions[state_name(name)]}
            for name, hint in hints.items()
        },
        "required": [state_name(name) for name, hint in hints.items() if not _may_be_none(hint)],
    }


def _output(resource: type[NativeResource], key: str) -> dict[str, Any]:
    """An output that isn't an input, described as the Python class has it."""
    return {
        **_property_type(_type_of_output(resource, key), {}),
        "description": _summary(getattr(resource, python_name(key))),
        **({"secret": True} if key in resource.resource_type.secret_outputs else {}),
    }


def _type_of_output(resource: type[NativeResource], key: str) -> Any:
    """The annotated type of an output, without the `Output[…]` around it."""
    (held,) = get_args(get_type_hints(getattr(resource, python_name(key)).fget)["return"])
    return held


def _may_be_none(hint: Any) -> bool:
    return NoneType in get_args(hint)


def object_type(args_class: type, types: dict[str, Any]) -> dict[str, Any]:
    """The object type that an Args class describes, by its annotations and its docstring.

    Args:
        args_class: its `__init__` takes keywords only.
        types: gets the types of nested Args classes, by token.
    """
    parameters = inspect.signature(args_class).parameters
    # `pulumi.Input` names its type variable and `Output` in strings, which nobody outside its module can resolve.
    hints = get_type_hints(args_class.__init__, localns={"T": Any, "Output": Output})  # type: ignore[misc]  # this class
    descriptions = _descriptions(args_class)
    return {
        "type": "object",
        "properties": {
            state_name(name): {**_property_type(hints[name], types), "description": descriptions[state_name(name)]}
            for name in parameters
        },
        "required": [
            state_name(name) for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty
        ],
    }


def _property_type(hint: Any, types: dict[str, Any]) -> dict[str, Any]:
    """The schema's type for a Python annotation, for `Input[str] | None` that of `str`."""
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if isinstance(hint, type) and issubclass(hint, Enum):
        types[token := native_type(hint.__name__)] = _enum(hint)
        return {"$ref": f"#/types/{token}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        plain = next(one for one in arguments if get_origin(one) not in (Awaitable, Output) and one is not NoneType)
        return _property_type(plain, types)
    if origin is Sequence:
        return {"type": "array", "items": _property_type(arguments[0], types)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _property_type(arguments[1], types)}
    token = native_type(hint.__name__.removesuffix("Args"))
    if not is_typeddict(hint):  # that is an Args class as outputs have it, under the same token
        described = _listed_type if is_dataclass(hint) else object_type
        types[token] = {"description": _summary(hint), **described(hint, types)}
    return {"$ref": f"#/types/{token}"}


def _enum(hint: type[Enum]) -> dict[str, Any]:
    descriptions = _descriptions(hint, "Attributes:\n")
    return {
        "type": "string",
        "description": _summary(hint),
        "enum": [
            {"name": one.name.capitalize(), "value": one.value, "description": descriptions[one.name]} for one in hint
        ],
    }


def _summary(documented: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _descriptions(documented: object, section: str = "Args:\n") -> dict[str, str]:
    """The descriptions of the arguments in a docstring, by their names in the schema."""
    arguments = (inspect.getdoc(documented) or "").partition(section)[2]
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", arguments, flags=re.MULTILINE)
    return {state_name(name): _sentence(text) for name, text in found}


def _sentence(text: str) -> str:
    return re.sub(r"\s+", " ", text[0].upper() + text[1:])
