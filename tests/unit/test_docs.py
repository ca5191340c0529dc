"""The documentation may not fall behind the code."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterable, Sequence
from importlib.metadata import metadata
from pathlib import Path
from typing import cast, get_args

import click
import pytest
import yaml

from pulumi_fastpix import errors
from pulumi_fastpix.cli.subcommands import main
from pulumi_fastpix.program.plaintext_secret import WARNING
from pulumi_fastpix.resources.live_playback_id.inputs import check
from pulumi_fastpix.resources.live_stream.inputs import check as check_stream
from pulumi_fastpix.resources.live_stream.inputs import warning_of_replacement
from pulumi_fastpix.resources.live_stream.inputs import warnings as warnings_of_stream
from pulumi_fastpix.resources.signing_key.inputs import check as check_key
from pulumi_fastpix.resources.signing_key.inputs import warning_of_replacement as warning_of_rotation
from pulumi_fastpix.sandbox import Switches
from pulumi_fastpix.sandbox.faults import fault as faults
from pulumi_fastpix.sandbox.faults.fault import Kind

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*/README.md")]
REPOSITORY = dict(url.split(", ") for url in metadata("pulumi-fastpix").get_all("Project-URL", ()))["Source"]


def test_the_errors_page_has_a_row_for_every_error() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    kinds = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}
    assert set(re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)) == kinds - {"FastPixError"}


def test_the_drawn_tree_of_errors_agrees_with_the_classes() -> None:
    kinds = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)}
    drawn = re.findall(r"^    ((?:│   )?)[├└]── (\w+)", inspect.getdoc(errors) or "", flags=re.MULTILINE)
    assert {name for _, name in drawn} == set(kinds) - {"FastPixError"}
    above = ""
    for inner, name in drawn:
        assert kinds[name].__base__ is (kinds[above] if inner else errors.FastPixError), name
        above = above if inner else name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    for link in links_of(page):
        target, _, heading = re.sub(rf"^{re.escape(REPOSITORY)}/(blob|tree)/main", str(ROOT), link).partition("#")
        if not target.startswith("https://"):
            file = page.parent / target if target else page
            assert file.exists(), target
            assert not heading or heading in headings_of(file), f"{target}#{heading}"


def test_links_of_the_readme_lead_somewhere_from_a_package_index_too() -> None:
    assert [link for link in links_of(ROOT / "README.md") if not link.startswith("https://")] == []


def test_the_repository_has_one_address() -> None:
    for page in (*PAGES, ROOT / "pyproject.toml", *(ROOT / ".github").rglob("*.*")):
        for address in re.findall(r"https://github\.com/[\w./-]*pulumi-fastpix[\w./-]*", page.read_text()):
            assert f"{address}/".startswith(f"{REPOSITORY}/"), page


def links_of(page: Path) -> list[str]:
    """Where a page's links lead: those in its text and those that it names once, of which each is used."""
    text = page.read_text()
    named = dict(re.findall(r"^\[([^]]+)\]: (.*)$", text, flags=re.MULTILINE))
    assert set(re.findall(r"\]\[([^]]+)\]", text)) == set(named)
    return [*re.findall(r"\]\(([^)]*)\)", text), *named.values()]


def headings_of(page: Path) -> set[str]:
    """The names by which links reach a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_python_of_the_sandbox_page_runs() -> None:
    """The first program; the second one is in `sandbox exec --help`, too."""
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "sandbox.md").read_text(), flags=re.DOTALL)
    assert len(programs) == 2
    exec(compile(programs[0], "docs/sandbox.md", "exec"), {})  # noqa: S102  # the page's own program


def test_the_sandbox_page_has_every_kind_of_fault() -> None:
    (table,) = tables("## Faults")
    assert {kind.strip("`") for kind, *_ in table} == set(get_args(Kind))
    for kind, _, fields in table:
        of_kind = cast("Kind", kind.strip("`"))
        assert set(re.findall(r"`(.+?)`", fields)) == faults.REQUIRED[of_kind] | faults.OPTIONAL[of_kind], kind


def test_the_sandbox_page_has_every_switch_with_its_positions() -> None:
    (table,) = tables("## Where FastPix's response isn't known")
    assert [name.strip("`").replace("-", "_") for name, *_ in table] == [*Switches.model_fields]
    for name, guess, others, _ in table:
        switch = name.strip("`").replace("-", "_")
        if switch == "max_playback_ids":
            assert (guess, others, Switches().max_playback_ids) == ("none", "a number", None)
            continue
        positions = [guess.strip("`"), *re.findall(r"`(.+?)`", others)]
        assert positions[0] == str(getattr(Switches(), switch))
        assert set(positions) == {str(position) for position in get_args(Switches.model_fields[switch].annotation)}
        for position in positions:
            assert str(getattr(Switches.from_text({switch: position}), switch)) == position


def tables(heading: str) -> list[list[list[str]]]:
    """The tables below a heading of the sandbox's page, each as rows of cells, without their heads."""
    section = (ROOT / "docs" / "sandbox.md").read_text().partition(f"{heading}\n")[2].partition("\n## ")[0]
    found = [table.splitlines()[2:] for table in section.split("\n\n") if table.startswith("|")]
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in table] for table in found]


BAD_IDS = (None, "", 7, "a b", "https://a", "..", f"{'0' * 32}k{'1' * 32}")
BAD_POLICIES = (7, "drm", "Public", "")


def test_the_errors_page_has_every_problem_of_an_input() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    texts = [re.compile(".*".join(map(re.escape, text.split("…")))) for text in re.findall(r"“(.*?)”", page)]
    bad = [{"streamId": value} for value in BAD_IDS] + [
        {"streamId": "a", "accessPolicy": value} for value in BAD_POLICIES
    ]
    bad.append({"streamId": "a", "acessPolicy": "private"})
    for inputs in bad:
        (problem,) = check(inputs)[1]
        assert any(text.search(problem.reason) for text in texts), problem.reason


BAD_STREAMS: tuple[dict[str, object], ...] = (
    {"maxResolution": "4k"},
    {"maxResolution": 7},
    {"reconnectWindow": 59},
    {"reconnectWindow": "60"},
    {"mediaPolicy": "drm"},
    {"enableDvrMode": "yes"},
    {"enableRecording": 1},
    {"metadata": []},
    {"metadata": {str(number): "" for number in range(11)}},
    {"metadata": {"": "x"}},
    {"metadata": {"key": 42}},
    {"metadata": {"key": "x" * 256}},
    {"metadata": {"key": f"{'0' * 32}k{'1' * 32}"}},
)


@pytest.mark.parametrize("inputs", BAD_STREAMS, ids=repr)
def test_the_errors_page_has_every_problem_of_an_input_of_a_stream(inputs: dict[str, object]) -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    texts = [re.compile(".*".join(map(re.escape, text.split("…")))) for text in re.findall(r"“(.*?)”", page)]
    (problem,) = check_stream(inputs)[1]
    assert any(text.search(problem.reason) for text in texts), problem.reason


def test_the_errors_page_has_the_warning_of_public_recordings() -> None:
    (warning,) = warnings_of_stream({"accessPolicy": "private", "mediaPolicy": "public"})
    page = (ROOT / "docs" / "errors.md").read_text()
    assert f"warning: {warning.partition(' Set it')[0]} …" in page
    assert "can't be given another …, so it is replaced: …" in page
    assert "can't be given another trial, so it is replaced: " in warning_of_replacement(
        "id", ("trial",), {"trial": True}
    )


def test_the_errors_page_has_what_is_said_of_signing_keys() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    ((_, reason, _),) = check_key({"rotation": 7})[1]
    assert reason.partition("not a number")[0] in page
    assert "warning: Signing key … is replaced: …" in page
    assert warning_of_rotation("id", ("rotation",), {}).startswith("Signing key id is replaced: ")


def test_the_errors_page_has_the_warning_of_a_secret_of_a_secret_in_plain_text() -> None:
    assert WARNING.split(" this stack")[0] in (ROOT / "docs" / "errors.md").read_text()


def test_our_commands_on_the_page_about_pipelines_exist() -> None:
    page = (ROOT / "docs" / "pipelines.md").read_text()
    (workflow,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    steps = [step for job in yaml.safe_load(workflow)["jobs"].values() for step in job["steps"]]
    commands = [shlex.split(step["run"])[1:] for step in steps if step.get("run", "").startswith("pulumi-fastpix ")]
    assert [name for name, *_ in commands] == ["doctor", "audit"]
    check_commands(commands)


@pytest.mark.parametrize("page", ["README.md", "docs/pipelines.md"])
def test_our_commands_in_a_sentence_exist(page: str) -> None:
    commands = re.findall(r"`pulumi-fastpix (\w+ [^`]+)`", (ROOT / page).read_text())
    assert any("audit" in command and "--all-streams" in command for command in commands)
    check_commands([shlex.split(command) for command in commands])


def check_commands(commands: Iterable[Sequence[str]]) -> None:
    for name, *arguments in commands:
        subcommand = main.get_command(click.Context(main), name)
        assert subcommand is not None, name
        # Parses the arguments, and raises if they are wrong.
        subcommand.make_context(name, arguments)
