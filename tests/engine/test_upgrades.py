"""A stack goes to a newer version of this package and back: that is no difference, and every command works.

The newer version is a wheel of these sources with another number, and with the address of the plugin that whoever
publishes sets: Pulumi's own provider for the stack is called after it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.stack.urns import is_default_provider
from support import shortcuts
from support.cases import through_both
from support.engine import NEWEST_SDK, Stack, counts, path_without_environment, path_without_plugin

ROOT = Path(__file__).parents[2]
PLUGIN = "pulumi-resource-fastpix"
THIS, NEWER = version("pulumi-fastpix"), "999.0.0"


def run(module: list[str], folder: Path) -> None:
    subprocess.run([sys.executable, "-m", *module], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the newer version."""
    folder = tmp_path_factory.mktemp("newer")
    sources = folder / "sources"
    shutil.copytree(ROOT / "provider", sources / "provider", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    numbered = re.sub(
        '^version = ".*"', f'version = "{NEWER}"', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE
    )
    published = numbered.replace(
        "[project.urls]", '[project.urls]\nPlugin = "https://host.invalid/o/r/tree/main/plugin"'
    )
    (sources / "pyproject.toml").write_text(published)
    run(["hatchling", "build", "--target", "wheel", "--directory", str(folder)], sources)
    (wheel,) = folder.glob("*.whl")
    run(["pip", "install", "--no-index", "--no-deps", "--target", str(folder / "installed"), str(wheel)], sources)
    return folder / "installed"


def environment_with(newer: Path) -> Path:
    """Give a newer version the commands of an environment that has it; the rest is as in that of the tests."""
    for name in ("python", "python3"):
        command = newer / "bin" / name
        command.write_text(f'#!/bin/sh\nPYTHONPATH={newer} exec {NEWEST_SDK / name} "$@"\n')
        command.chmod(0o755)
    return newer / "bin"


PROGRAM = """
from importlib.metadata import version
pulumi.log.info("pulumi-fastpix " + version("pulumi-fastpix"))
""" + through_both(f"""
module.LivePlaybackId("main-" + provider, stream_id="{DEMO_STREAM_ID}")
studio = module.Provider("studio-" + provider, access_token_id="{{id}}", secret_key="{{secret}}", base_url="{{url}}")
with_studio = pulumi.ResourceOptions(provider=studio)
module.LivePlaybackId("at-studio-" + provider, stream_id="{DEMO_STREAM_ID}", opts=with_studio)
""")


@pytest.mark.parametrize("installs_plugin", [False, True], ids=["on-path", "installed"])
def test_another_version_is_no_difference_and_every_command_works(
    installs_plugin: bool, tmp_path: Path, sandbox: Sandbox, newer: Path
) -> None:
    # Outside the sandbox, which refuses accounts of the program's own.
    stack = Stack(tmp_path, {**sandbox.environment(), "FASTPIX_SANDBOX": ""})
    program = PROGRAM.format(id=sandbox.access_token_id, secret=sandbox.secret_key, url=sandbox.base_url)
    stack.write_program(program)
    stack.create()
    if installs_plugin:
        # From an address, Pulumi takes only a plugin that it has installed from there.
        newer = shutil.copytree(newer, tmp_path / "newer")
        (described,) = newer.glob("*.dist-info/METADATA")
        described.write_text(re.sub("^Project-URL: Plugin, .*\n", "", described.read_text(), flags=re.MULTILINE))

    environments = {THIS: NEWEST_SDK, NEWER: environment_with(newer)}

    def switch_to(number: str) -> None:
        commands = shortcuts.commands_of(environments[number])
        if not installs_plugin:
            stack.environ["PATH"] = os.pathsep.join((str(commands), path_without_environment()))
            return
        stack.environ["PATH"] = path_without_plugin(tmp_path / f"bin-{number}", environments[number])
        stack.run("plugin", "rm", "--all", "--yes")
        installed = stack.run("plugin", "install", "resource", "fastpix", number, "--file", str(commands / PLUGIN))
        assert installed.status == 0, installed.output

    switch_to(THIS)
    up = stack.up()
    assert f"pulumi-fastpix {THIS}" in up.output
    assert counts(up)["created"] == 7, up.output
    states = stack.states()

    def default_provider() -> str:
        urns = [str(one["urn"]) for one in stack.deployment()["resources"]]
        (urn,) = [urn for urn in urns if "providers:fastpix" in urn and is_default_provider(urn)]
        return urn

    def is_named_after(address: str) -> bool:
        return f"::default_{address}" in default_provider()

    assert is_named_after("not-installed")
    for number in (NEWER, THIS):
        switch_to(number)
        refresh = stack.refresh("--expect-no-changes")
        assert refresh.status == 0, refresh.output
        up = stack.up("--expect-no-changes")
        assert up.status == 0, up.output
        assert f"pulumi-fastpix {number}" in up.output
        if not installs_plugin:
            assert str(shortcuts.commands_of(environments[number]) / PLUGIN) in up.output, "Pulumi warns of it"
        assert stack.states() == states
        is_published = number == NEWER and not installs_plugin
        assert is_named_after("git_/host.invalid/o/r.git/plugin" if is_published else "not-installed")
    switch_to(NEWER)
    destroy = stack.destroy()
    assert destroy.status == 0, destroy.output
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1, "the one that came with the stream"
