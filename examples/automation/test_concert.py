"""Who can watch, tested on the real engine against a sandbox: no account, and nothing left behind."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi import automation

from pulumi_fastpix.sandbox import Fault, Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def stack(sandbox: Sandbox, tmp_path: Path) -> automation.Stack:
    """The program beside this file, in a stack that nobody else sees."""
    environment = {
        **sandbox.environment(),
        "FASTPIX_JOURNAL": "off",
        "FASTPIX_RETRY_FOR_SECONDS": "2",
        "PULUMI_BACKEND_URL": tmp_path.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        # The program and its provider run in the environment of the test.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    # A copy, since Pulumi writes the stack's configuration beside the program.
    folder = tmp_path / "program"
    folder.mkdir()
    for name in ("Pulumi.yaml", "__main__.py"):
        (folder / name).write_text(Path(__file__).with_name(name).read_text())
    options = automation.LocalWorkspaceOptions(env_vars=environment)
    stack = automation.create_stack("test", work_dir=str(folder), opts=options)
    stack.set_config("domains", automation.ConfigValue(json.dumps(["partner.example"])))
    return stack


def test_another_domain_keeps_the_address(stack: automation.Stack, sandbox: Sandbox) -> None:
    before = stack.up().outputs["partner"].value
    assert sandbox.can_watch(before, origin="https://partner.example")
    assert not sandbox.can_watch(before, origin="https://other.example")
    stack.set_config("domains", automation.ConfigValue(json.dumps(["new.example"])))
    after = stack.up().outputs["partner"].value
    assert after == before
    assert sandbox.can_watch(after, origin="https://new.example")
    assert not sandbox.can_watch(after, origin="https://partner.example")


def test_an_outage_opens_nothing(stack: automation.Stack, sandbox: Sandbox) -> None:
    partner = stack.up().outputs["partner"].value
    sandbox.faults.add(Fault(kind="status", status=503, method="PATCH"))
    stack.set_config("domains", automation.ConfigValue(json.dumps(["new.example"])))
    with pytest.raises(automation.CommandError, match="503"):
        stack.up()
    assert sandbox.can_watch(partner, origin="https://partner.example")
    assert not sandbox.can_watch(partner, origin="https://other.example")
    sandbox.faults.clear()
    stack.up()
    assert sandbox.can_watch(partner, origin="https://new.example")
