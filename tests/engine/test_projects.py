"""The project at the root, the examples and the programs in the documentation run as they stand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.both_ways import PROVIDERS, both_ways
from support.engine import Stack, counts

ROOT = Path(__file__).parents[2]
EXAMPLES = [ROOT / "examples" / name for name in ("fan-out", "partners", "private-concert", "quickstart", "yaml")]
OF_SEVERAL_STEPS = {"automation", "share", "two-accounts"}
"""See test_example_pages.py."""
NOT_RUN = {"typescript"}
"""Its language host can't be had everywhere: see tests/unit/test_registry_pages.py."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_no_example_is_forgotten() -> None:
    assert {path.name for path in ROOT.glob("examples/*/")} == {
        *(example.name for example in EXAMPLES),
        *OF_SEVERAL_STEPS,
        *NOT_RUN,
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.name))
def test_an_examples_outputs_are_those_in_its_readme(example: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    stack.copy_program(example)
    before = sandbox.store.live_streams.list()
    stack.create()
    up = stack.up()
    assert up.status == 0, up.output

    shown = stack.run("stack", "output").output
    readme = (example / "README.md").read_text()
    assert _without_ids(shown) in _without_ids(readme), shown

    assert counts(stack.up()) == {"unchanged": counts(up)["created"]}
    if any(resource.get("protect") for resource in stack.resources().values()):
        assert "protect" in stack.destroy().output
        assert stack.run("state", "unprotect", "--all", "--yes").status == 0
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert sandbox.store.live_streams.list() == before


def test_the_programs_of_the_front_pages_run(stack_of_both: Stack) -> None:
    outputs = {"_index": ["streamKey", "watchAsCrew", "watchAtPartner"], "index": ["watchAtPartner"]}
    programs = ""
    for page in outputs:
        text = (ROOT / "docs" / f"{page}.md").read_text()
        (program,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
        programs += both_ways(program, f"{page}-")
    (stack_of_both.program_folder / "__main__.py").write_text(programs)
    up = stack_of_both.up()
    assert up.status == 0, up.output
    assert stack_of_both.outputs().keys() == {
        f"{provider.name}-{page}-{name}" for provider in PROVIDERS for page, names in outputs.items() for name in names
    }


def test_the_documented_program_with_a_second_account_runs(tmp_path: Path, sandbox: Sandbox) -> None:
    page = (ROOT / "docs" / "accounts.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    stack = Stack(tmp_path)
    stack.write_program("")
    (stack.program_folder / "__main__.py").write_text(program)
    stack.create()
    stack.configure_target(sandbox, "studio")
    up = stack.up()
    assert up.status == 0, up.output
    assert (stack.ids()["main"], "public") in sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    assert sandbox.secret_key not in json.dumps(stack.deployment())
    assert stack.destroy().status == 0


def test_the_project_at_the_root_declares_a_stream_and_two_more_ways_to_watch_it(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    for name in ("Pulumi.yaml", "__main__.py"):
        (stack.program_folder / name).write_text((ROOT / name).read_text())
    (stack.program_folder / ".venv").symlink_to(ROOT / ".venv")
    stack.create()
    up = stack.up()
    assert up.status == 0, up.output
    ids = stack.ids()
    stream = sandbox.store.live_streams.get(ids["concert"])
    (crew,) = {one.id for one in stream.playback_ids} - set(ids.values())
    assert set(stream.playback_ids) == {(crew, "private"), (ids["audience"], "public"), (ids["partner"], "public")}
    assert stack.outputs() == {
        "watch": f"https://stream.fastpix.com/{ids['audience']}.m3u8",
        "watchAtPartner": f"https://stream.fastpix.com/{ids['partner']}.m3u8",
        "watchAsCrew": f"https://stream.fastpix.com/{crew}.m3u8",
        "broadcastTo": "rtmps://live.fastpix.com:443/live",
        "streamKey": stream.stream_key,
    }
    rules = sandbox.store.playback_ids.restrictions(stream.id)[ids["partner"]]["domains"]
    assert (rules.default_policy, rules.allow) == ("deny", ("partner.example",))


def test_the_readmes_program_is_that_of_make_up() -> None:
    """Which runs in the test above."""
    readme = (ROOT / "README.md").read_text()
    (program, *_) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    docstring, _, rest = (ROOT / "__main__.py").read_text().partition("\n\n")
    assert docstring.startswith('"""')
    assert program.replace("\n", "") == rest.replace("\n", "")


def _without_ids(text: str) -> str:
    """Ids replaced, and columns no wider than one space: both differ from run to run."""
    return re.sub(r"[ \t]+", " ", UUID.sub("<id>", text)).strip()
