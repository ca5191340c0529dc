"""The pages for Pulumi's registry: one program in six languages, of which YAML is the source and runs on the engine.

TypeScript, Go and C# were made of it by `pulumi convert`, Python and Java by hand in the same order. The engine of the
tests runs no more than Python and YAML. So all of them are held to the source here: each must have its resources,
inputs, outputs and values, by the names that they have in that language, and nothing else of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_fastpix.native.schema import schema
from pulumi_fastpix.resources.names import python_name
from pulumi_fastpix.settings.names import TARGET_VARIABLES, TIME_VARIABLES

ROOT = Path(__file__).parents[2]
INDEX = (ROOT / "docs" / "_index.md").read_text()
SETTING_UP = (ROOT / "docs" / "installation-configuration.md").read_text()
ACCOUNTS = (ROOT / "docs" / "accounts.md").read_text()
SOURCE = (ROOT / "examples" / "yaml" / "Pulumi.yaml").read_text()
SCHEMA = schema()


def same(name: str) -> str:
    return name


def capital(name: str) -> str:
    return name[0].upper() + name[1:]


NAMED: dict[str, Callable[[str], str]] = {
    "typescript": same,
    "python": python_name,
    "go": capital,
    "csharp": capital,
    "java": same,
}
"""How each language writes the name of a property."""

ENUMS = {"private", "deny"}
"""The values in the program that other languages have as enums."""

PROPERTIES = {
    name
    for one in (*SCHEMA["resources"].values(), *SCHEMA["types"].values())
    for name in one.get("properties", {})
    if name not in {"id", *ENUMS}
}


def block(language: str) -> str:
    (code,) = re.findall(
        rf"{{{{% choosable language {language} %}}}}\n\n```{language}\n(.*?)```", INDEX, flags=re.DOTALL
    )
    return str(code)


def keys_of(value: Any) -> Iterator[str]:
    """All keys in a value of YAML, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)


def texts_of(value: Any) -> Iterator[str]:
    """All texts in a value of YAML, at any depth, but references and enums."""
    if isinstance(value, dict):
        yield from (text for inner in value.values() for text in texts_of(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in texts_of(inner))
    elif "${" not in value and value not in ENUMS:
        yield value


@pytest.mark.parametrize("language", NAMED)
def test_the_program_is_the_same_in_every_language(language: str) -> None:
    program, code, named = yaml.safe_load(SOURCE), block(language), NAMED[language]
    words = {*re.findall(r"\w+", code)}
    texts = {*re.findall(r'"([^"\n]*)"', code), *(re.findall(r"export const (\w+)", code))}
    used = {path for value in program["outputs"].values() for path in re.findall(r"\.(\w+)}", value)}
    for name, resource in program["resources"].items():
        assert name in texts
        assert resource["type"].removeprefix("fastpix:") in re.sub(r"New(\w)", r"\1", code)
        used |= {*keys_of(resource["properties"])} & PROPERTIES
        assert {*texts_of(resource["properties"])} <= texts
        for enum in ENUMS & set(re.findall(r"\w+", str(resource["properties"]))):
            assert any(word.lower().endswith(enum) for word in words)
    assert texts >= program["outputs"].keys()
    assert {name for name in PROPERTIES if named(name) in words} == used


def test_the_yaml_of_the_page_is_the_example() -> None:
    assert block("yaml") == SOURCE


def test_the_typescript_of_the_page_is_the_example() -> None:
    assert block("typescript") == (ROOT / "examples" / "typescript" / "index.ts").read_text()


@pytest.mark.parametrize("page", [INDEX, SETTING_UP], ids=["index", "installation"])
def test_the_pages_begin_as_the_registry_wants_them(page: str) -> None:
    _, front, _ = page.split("---\n", 2)
    front_matter = yaml.safe_load(front)
    assert front_matter.keys() == {"title", "meta_desc", "layout"}
    assert front_matter["layout"] == "package"
    assert "FastPix" in front_matter["title"]


def test_the_choices_on_the_page_are_its_blocks() -> None:
    (choices,) = re.findall(r'{{< chooser language "(.*?)" >}}', INDEX)
    assert choices.split(",") == re.findall(r"{{% choosable language (\w+) %}}", INDEX)
    assert {*choices.split(",")} == {*NAMED, "yaml"}
    assert INDEX.count("{{% /choosable %}}") == len(choices.split(","))


@pytest.mark.parametrize("page", [SETTING_UP, ACCOUNTS], ids=["installation", "accounts"])
def test_the_page_has_every_setting(page: str) -> None:
    rows = re.findall(r"^\| `fastpix:(\w+)`(?: \(`--secret`\))? \| `(\w+)` \|", page, flags=re.MULTILINE)
    assert dict(rows) == {**TARGET_VARIABLES, **{key: variable for key, (variable, _) in TIME_VARIABLES.items()}}
