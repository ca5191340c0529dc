"""A stack that an earlier version wrote refreshes with this one, shows no diff, replaces and destroys.

The states are in tests/recorded_states, with the programs they were recorded of.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.settings.workspace_mark import workspace_mark
from support.engine import Stack, counts

RECORDED = sorted(path.parent for path in Path(__file__).parents[1].glob("recorded_states/*/state.json"))


def playback_ids(state: str) -> list[dict[str, Any]]:
    """The playback IDs in an export, through either provider."""
    resources = json.loads(state)["deployment"]["resources"]
    return [resource for resource in resources if resource["type"].endswith(":LivePlaybackId")]


@pytest.fixture(params=RECORDED, ids=lambda folder: folder.name)
def recorded(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    """The stack, in a sandbox that has what the sandbox of the recording had."""
    folder: Path = request.param
    state = (folder / "state.json").read_text()
    for resource in playback_ids(state):
        outputs = resource["outputs"]
        sandbox.store.playback_ids.create(DEMO_STREAM_ID, outputs["accessPolicy"], playback_id=resource["id"])
    environ = sandbox.environment()
    del environ["FASTPIX_SANDBOX"]
    stack = Stack(tmp_path, environ)
    stack.copy_program(folder)
    stack.create()
    (tmp_path / "state.json").write_text(pointed_at(sandbox, state))
    imported = stack.run("stack", "import", "--file", str(tmp_path / "state.json"))
    assert imported.status == 0, imported.output
    return stack


def pointed_at(sandbox: Sandbox, state: str) -> str:
    """The state as if it had been recorded with this sandbox: each has a port and credentials of its own."""
    mark = workspace_mark(sandbox.base_url, sandbox.access_token_id)
    for pattern, here in (
        (r"http://127\.0\.0\.1:\d+/v1", sandbox.base_url),
        (r"sandbox-secret-[0-9a-f]{32}", sandbox.secret_key),
        (r"sandbox-[0-9a-f]{8}\b", sandbox.access_token_id),
        # Recorded before the marks of sandboxes were told from those of accounts.
        (r"(?<=\"seenBy\": \")[0-9a-f]{12}", mark),
    ):
        assert re.search(pattern, state), pattern
        state = re.sub(pattern, here, state)
    return state


def test_a_recorded_stack_refreshes_shows_no_diff_replaces_and_destroys(recorded: Stack, sandbox: Sandbox) -> None:
    ids = recorded.ids()
    assert len(ids) == 10

    unchanged = recorded.preview("--expect-no-changes")
    assert unchanged.status == 0, unchanged.output
    refreshed = recorded.run("refresh", "--yes", "--skip-preview")
    assert refreshed.status == 0, refreshed.output
    assert recorded.ids() == ids
    unchanged = recorded.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert unchanged.status == 0, unchanged.output
    assert sandbox.mutating_requests == []

    replaced = recorded.up(REPLACE="1")
    assert counts(replaced)["replaced"] == 10, replaced.output
    assert not set(recorded.ids().values()) & set(ids.values())
    assert recorded.destroy().status == 0
    assert recorded.resources() == {}
    (first,) = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    assert first.id not in ids.values()
