"""The commands in the READMEs of examples do what these say, from the first to the last, as a reader runs them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Store
from support.engine import Stack
from support.pages import commands_of, run_commands

EXAMPLES = Path(__file__).parents[2] / "examples"


def run_readme(example: str, tmp_path: Path) -> Path:
    """Run an example's README in a copy, and return that."""
    # pytest would warn that a plugin of this environment is imported already, as it is in a fork.
    stack = Stack(tmp_path, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    stack.copy_program(EXAMPLES / example)
    run_commands((EXAMPLES / example / "README.md").read_text(), stack.program_folder, stack.environ)
    return stack.program_folder


def test_a_playback_id_is_shared_and_handed_over(tmp_path: Path) -> None:
    left = Store(run_readme("share", tmp_path) / "sandbox.db")
    assert [stream.id for stream in left.live_streams.list()] == [DEMO_STREAM_ID]


def test_two_accounts_have_their_streams(tmp_path: Path) -> None:
    folder = run_readme("two-accounts", tmp_path)
    for account in ("main", "studio"):
        assert [stream.id for stream in Store(folder / f"{account}.db").live_streams.list()] == [DEMO_STREAM_ID]


def test_the_test_of_a_program_passes(tmp_path: Path) -> None:
    run_readme("automation", tmp_path)


def test_what_a_page_shows_is_compared(tmp_path: Path) -> None:
    """So that the tests above can fail."""
    page = "```console\n$ echo one; echo two\none\n…\n$ cd /\n$ pwd\n/\n```"
    assert [one.shown for one in commands_of(page)] == [["one", "…"], [], ["/"]]
    environ = {"PATH": "/usr/bin:/bin"}
    run_commands(page, tmp_path, environ)
    for wrong in (
        page.replace("one\n…", "two\none"),
        page.replace("pwd\n/", "pwd\n/home"),
        page.replace("cd /", "false"),
    ):
        with pytest.raises(AssertionError):
            run_commands(wrong, tmp_path, environ)


def test_the_first_stream_of_the_guide_is_made_watched_and_deleted(tmp_path: Path) -> None:
    page = (EXAMPLES.parent / "docs" / "start.md").read_text()
    (project,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    first, added = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    stack = Stack(tmp_path)
    (stack.program_folder / "Pulumi.yaml").write_text(project)
    (stack.program_folder / "__main__.py").write_text(first)
    before, heading, after = page.partition("## A way to watch")
    run_commands(before, stack.program_folder, stack.environ)
    (stack.program_folder / "__main__.py").write_text(f"{first}\n{added}")
    run_commands(heading + after, stack.program_folder, stack.environ)
    left = Store(stack.program_folder / "sandbox.db")
    assert [stream.id for stream in left.live_streams.list()] == [DEMO_STREAM_ID]
