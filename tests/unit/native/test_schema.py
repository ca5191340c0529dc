"""The native package's schema agrees with the Python classes, and docs/providers.md with the tests on the engine."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic import ResourceProvider

import pulumi_fastpix
from pulumi_fastpix import native
from pulumi_fastpix.native.resources import NATIVE_RESOURCES, NativeResource
from pulumi_fastpix.native.schema import as_json, schema
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.resources.live_stream.inputs import RESOLUTIONS
from pulumi_fastpix.resources.names import python_name, state_name
from pulumi_fastpix.settings.names import CONFIG_KEYS, PROVIDER_RESOURCE

ROOT = Path(__file__).parents[3]
RESOURCES = schema()["resources"]
PLAYBACK_ID, STREAM, KEY = (
    RESOURCES[f"fastpix:index:{name}"] for name in ("LivePlaybackId", "LiveStream", "SigningKey")
)

each_resource = pytest.mark.parametrize("resource", NATIVE_RESOURCES, ids=lambda one: str(one.__name__))


def described(resource: type[NativeResource]) -> dict[str, Any]:
    """The resource in the schema."""
    return dict(RESOURCES[resource.resource_type.native_type])


def parameters(of: type) -> set[str]:
    """The names of a class's own arguments, in camel case."""
    return set(map(state_name, inspect.signature(of).parameters.keys() - {"resource_name", "opts"}))


@each_resource
def test_the_schema_has_the_arguments_and_outputs_of_the_python_class(resource: type[NativeResource]) -> None:
    inputs, outputs = described(resource)["inputProperties"].keys(), described(resource)["properties"].keys()
    assert inputs == parameters(resource.args_class)
    declared = resource.__mro__[1]
    assert outputs == {state_name(name) for name, value in vars(declared).items() if isinstance(value, property)}
    assert inputs < outputs


@pytest.mark.parametrize("package", [pulumi_fastpix, native], ids=["dynamic", "native"])
def test_the_schema_has_the_arguments_of_the_python_class_of_accounts(package: Any) -> None:
    settings = schema()["provider"]["inputProperties"].keys()
    assert settings == parameters(package.Provider) == set(CONFIG_KEYS) - {PROVIDER_RESOURCE}


def test_the_file_in_the_repository_is_the_schema() -> None:
    """A fork or a new version only has to write it anew."""
    assert (ROOT / "schema.json").read_text() == as_json(), "run `make schema`, and commit the file"


def test_the_schema_leads_to_the_packages_home_page_and_its_repository() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    for name, address in (("Homepage", schema()["homepage"]), ("Source", schema()["repository"])):
        assert f'\n{name} = "{address}"\n' in project


def test_the_schema_describes_nested_inputs_and_enums() -> None:
    types = schema()["types"]
    inputs = "AccessPolicy", "AccessRestrictions", "AccessRules", "DefaultPolicy", "MaxResolution"
    listed = "ListedLivePlaybackId", "ListedLiveStream", "ListedSigningKey"
    assert types.keys() == {f"fastpix:index:{name}" for name in (*inputs, *listed)}
    restrictions, rules = types["fastpix:index:AccessRestrictions"], types["fastpix:index:AccessRules"]
    assert restrictions["properties"].keys() == {"domains", "userAgents"}
    assert {one["$ref"] for one in restrictions["properties"].values()} == {"#/types/fastpix:index:AccessRules"}
    assert rules["properties"]["defaultPolicy"]["$ref"] == "#/types/fastpix:index:DefaultPolicy"
    assert {rules["properties"][name]["items"]["type"] for name in ("allow", "deny")} == {"string"}
    assert restrictions["required"] == rules["required"] == []
    for resource in (PLAYBACK_ID, STREAM):
        assert resource["inputProperties"]["accessPolicy"]["$ref"] == "#/types/fastpix:index:AccessPolicy"
        assert resource["inputProperties"]["accessRestrictions"]["$ref"] == "#/types/fastpix:index:AccessRestrictions"
    types_of_inputs = {key: one.get("type") or one["$ref"] for key, one in STREAM["inputProperties"].items()}
    assert types_of_inputs["maxResolution"] == "#/types/fastpix:index:MaxResolution"
    assert types_of_inputs["mediaPolicy"] == "#/types/fastpix:index:AccessPolicy"
    assert types_of_inputs["reconnectWindow"] == "integer"
    assert types_of_inputs["enableDvrMode"] == types_of_inputs["enableRecording"] == "boolean"
    assert STREAM["inputProperties"]["metadata"]["additionalProperties"] == {"type": "string"}
    assert [one["value"] for one in types["fastpix:index:AccessPolicy"]["enum"]] == ["public", "private"]
    assert [one["value"] for one in types["fastpix:index:DefaultPolicy"]["enum"]] == ["allow", "deny"]
    assert [one["value"] for one in types["fastpix:index:MaxResolution"]["enum"]] == list(RESOLUTIONS)


def test_the_schema_says_what_replaces_and_what_a_lookup_needs() -> None:
    replacing = {key for key, one in PLAYBACK_ID["inputProperties"].items() if one.get("replaceOnChanges")}
    assert replacing == set(LIVE_PLAYBACK_ID.replacing) == {"streamId", "accessPolicy"}
    assert PLAYBACK_ID["stateInputs"]["properties"].keys() == {"streamId"}
    assert PLAYBACK_ID["required"] == ["streamId", "accessPolicy", "hlsUrl"]
    kept = {key for key, one in STREAM["inputProperties"].items() if not one.get("replaceOnChanges")}
    assert kept == {"accessRestrictions", "reconnectWindow", "metadata"}
    assert STREAM["stateInputs"]["properties"].keys() == {"playbackId"}
    not_always_there = {"accessPolicy", "accessRestrictions", "metadata", "playbackId", "hlsUrl"}
    assert set(STREAM["required"]) == STREAM["properties"].keys() - not_always_there
    assert KEY["inputProperties"]["rotation"]["replaceOnChanges"] is True
    assert KEY["stateInputs"]["properties"] == {}
    # An imported key lacks its private key; but every secret store wants a string, and every declared key has one.
    assert KEY["required"] == ["privateKey", "publicKey"]


@each_resource
def test_the_schema_marks_the_secret_outputs(resource: type[NativeResource]) -> None:
    secret = {key for key, one in described(resource)["properties"].items() if one.get("secret")}
    assert secret == set(resource.resource_type.secret_outputs)


@each_resource
def test_the_schema_requires_the_inputs_that_python_requires(resource: type[NativeResource]) -> None:
    arguments = inspect.signature(resource.args_class).parameters
    assert described(resource)["requiredInputs"] == [
        state_name(name) for name, parameter in arguments.items() if parameter.default is inspect.Parameter.empty
    ]


@each_resource
def test_the_schemas_descriptions_are_those_of_the_docstrings(resource: type[NativeResource]) -> None:
    docstring = " ".join((inspect.getdoc(resource.args_class) or "").split()).lower()
    for one in described(resource)["inputProperties"].values():
        assert one["description"][0].isupper() or one["description"][0] == "`"
        assert one["description"].lower() in docstring


def test_generated_sdks_have_names_of_our_own() -> None:
    """Pulumi would call the one for Node.js `@pulumi/fastpix`, and the one for Python like our own distribution.

    By hand: `pulumi package add` in a Python project then removes this package from the environment.
    """
    languages = schema()["language"]
    assert languages["nodejs"]["packageName"] == "pulumi-fastpix"
    assert languages["python"]["packageName"] == native.__name__


def test_the_schema_names_nothing_that_only_python_has() -> None:
    text = json.dumps(schema())
    assert "ResourceOptions" not in text
    assert "None" not in text
    objects = [*RESOURCES.values(), *schema()["types"].values()]
    properties = {key for one in objects for key in one.get("properties", ())}
    assert "userAgents" in properties
    snake_case = {python_name(key) for key in properties} - properties
    assert [name for name in snake_case if name in text] == []
    assert "<stream ID>/<playback ID>" in PLAYBACK_ID["description"]


def test_the_schema_marks_the_secret_key_as_secret() -> None:
    assert schema()["provider"]["inputProperties"]["secretKey"]["secret"] is True
    assert schema()["config"]["variables"]["secretKey"]["secret"] is True


SHOWN_BY = {
    "programs in": ("test_projects.py", "test_an_examples_outputs_are_those_in_its_readme"),
    "to install besides the package": (
        "test_native.py",
        "test_without_the_plugin_the_error_names_how_to_get_it",
    ),
    "`customTimeouts`": ("test_native.py", "test_custom_timeouts_reach_the_calls"),
    "[announcements](concepts.md#announcements)": (
        "test_announcements.py",
        "test_what_creates_go_through_and_waits_and_outages_are_announced",
    ),
    "`pulumi import TYPE NAME ID`, `import_=`": (
        "test_native.py",
        "test_pulumi_import_cannot_work_for_the_dynamic_type",
        "test_pulumi_import_takes_the_stream_and_the_playback_id",
        "test_the_import_option_adopts_a_playback_id",
    ),
    "addresses": ("test_schema.py", "test_only_the_native_provider_stores_the_address"),
    "type": ("test_native.py", "test_changing_the_import_moves_a_stack_there_and_back_without_touching_fastpix"),
}
"""The rows of the table of differences, and the tests on the engine that show them."""


def test_each_difference_between_the_providers_has_a_test() -> None:
    page = (ROOT / "docs" / "providers.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("|")]
    differences = {name: (dynamic, native) for name, dynamic, native in rows[2:]}
    assert differences.keys() == SHOWN_BY.keys()
    for module, *tests in SHOWN_BY.values():
        text = (ROOT / "tests" / "engine" / module).read_text()
        assert [test for test in tests if f"def {test}(" not in text] == []
    # What the SDK gives dynamic providers: no time-out to honour.
    assert inspect.signature(ResourceProvider.create).parameters.keys() == {"self", "props"}
    assert [cell.strip("`") for cell in differences["type"]] == [
        LIVE_PLAYBACK_ID.dynamic_type,
        LIVE_PLAYBACK_ID.native_type,
    ]


def test_the_native_provider_adds_no_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", project, flags=re.DOTALL | re.MULTILINE)
    names = set(re.findall(r'^    "([a-z0-9]+)', listed, flags=re.MULTILINE))
    assert names == {"pulumi", "requests", "pydantic", "tenacity", "click", "pyyaml", "urllib3"}
