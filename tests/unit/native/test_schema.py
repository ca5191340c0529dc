"""The native package's schema agrees with the Python classes, and docs/providers.md with the tests on the engine."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
from pulumi.dynamic import ResourceProvider

import pulumi_fastpix
from pulumi_fastpix import native
from pulumi_fastpix.native.schema import as_json, schema
from pulumi_fastpix.program.live_playback_id import DeclaredPlaybackId, LivePlaybackIdArgs
from pulumi_fastpix.resources.live_playback_id import LIVE_PLAYBACK_ID
from pulumi_fastpix.settings.names import CONFIG_KEYS, PROVIDER_RESOURCE

ROOT = Path(__file__).parents[3]
RESOURCE = schema()["resources"]["fastpix:index:LivePlaybackId"]


def parameters(of: type) -> set[str]:
    """The names of a class's own arguments, in camel case; `**unknown` only takes what is misspelt."""
    names = inspect.signature(of).parameters.keys() - {"resource_name", "args", "opts", "unknown"}
    return {re.sub(r"_(\w)", lambda letter: letter[1].upper(), name) for name in names}


@pytest.mark.parametrize("package", [pulumi_fastpix, native], ids=["dynamic", "native"])
def test_the_schema_has_the_arguments_of_the_python_classes(package: object) -> None:
    resource, account = (getattr(package, name) for name in ("LivePlaybackId", "Provider"))
    assert RESOURCE["inputProperties"].keys() == parameters(resource)
    assert (
        schema()["provider"]["inputProperties"].keys() == parameters(account) == set(CONFIG_KEYS) - {PROVIDER_RESOURCE}
    )
    assert RESOURCE["properties"].keys() == {*RESOURCE["inputProperties"], "hlsUrl"}


def test_the_file_in_the_repository_is_the_schema() -> None:
    """A fork or a new version only has to write it anew."""
    assert (ROOT / "schema.json").read_text() == as_json(), "run `make schema`, and commit the file"


def test_the_schema_describes_nested_inputs_and_enums() -> None:
    types = schema()["types"]
    assert types.keys() == {
        f"fastpix:index:{name}" for name in ("AccessPolicy", "AccessRestrictions", "AccessRules", "DefaultPolicy")
    }
    restrictions, rules = types["fastpix:index:AccessRestrictions"], types["fastpix:index:AccessRules"]
    assert restrictions["properties"].keys() == {"domains", "userAgents"}
    assert {one["$ref"] for one in restrictions["properties"].values()} == {"#/types/fastpix:index:AccessRules"}
    assert rules["properties"]["defaultPolicy"]["$ref"] == "#/types/fastpix:index:DefaultPolicy"
    assert {rules["properties"][name]["items"]["type"] for name in ("allow", "deny")} == {"string"}
    assert restrictions["required"] == rules["required"] == []
    assert RESOURCE["inputProperties"]["accessPolicy"]["$ref"] == "#/types/fastpix:index:AccessPolicy"
    assert RESOURCE["inputProperties"]["accessRestrictions"]["$ref"] == "#/types/fastpix:index:AccessRestrictions"
    assert [one["value"] for one in types["fastpix:index:AccessPolicy"]["enum"]] == ["public", "private"]
    assert [one["value"] for one in types["fastpix:index:DefaultPolicy"]["enum"]] == ["allow", "deny"]


def test_the_schema_says_what_replaces_and_what_a_lookup_needs() -> None:
    replacing = {key for key, one in RESOURCE["inputProperties"].items() if one.get("replaceOnChanges")}
    assert replacing == set(LIVE_PLAYBACK_ID.replacing) == {"streamId", "accessPolicy"}
    assert RESOURCE["stateInputs"]["properties"].keys() == {"streamId"}
    assert RESOURCE["required"] == ["streamId", "accessPolicy", "hlsUrl"]


def test_the_schema_requires_the_inputs_that_python_requires() -> None:
    arguments = inspect.signature(LivePlaybackIdArgs).parameters
    names = {python: name for name, python in DeclaredPlaybackId.python_names.items()}
    assert RESOURCE["requiredInputs"] == [
        names[name] for name, parameter in arguments.items() if parameter.default is inspect.Parameter.empty
    ]


def test_the_schemas_descriptions_are_those_of_the_docstrings() -> None:
    docstring = " ".join((inspect.getdoc(LivePlaybackIdArgs) or "").split()).lower()
    for described in RESOURCE["inputProperties"].values():
        assert described["description"][0].isupper() or described["description"][0] == "`"
        assert described["description"].lower() in docstring


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
    snake_case = {name for name in (*DeclaredPlaybackId.python_names.values(), "hls_url") if "_" in name}
    assert [name for name in snake_case if name in text] == []
    assert "<stream ID>/<playback ID>" in RESOURCE["description"]


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
        "test_what_a_create_goes_through_is_announced",
    ),
    "`pulumi import TYPE NAME ID`, `import_=`": (
        "test_native.py",
        "test_pulumi_import_cannot_work_for_the_dynamic_type",
        "test_pulumi_import_takes_the_stream_and_the_playback_id",
        "test_the_import_option_adopts_a_playback_id",
    ),
    "the address for players": ("test_schema.py", "test_only_the_native_provider_stores_the_address"),
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
