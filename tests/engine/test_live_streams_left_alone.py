"""Changes to live streams that FastPix doesn't carry out, and what another workspace's credentials may do: nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pulumi_fastpix.sandbox import Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES
from support.engine import Run, Stack, counts, succeeded

METADATA = {"show": "42"}


def test_metadata_is_cleared_or_the_run_says_so(tmp_path: Path, sandbox: Sandbox) -> None:
    outcomes = {
        "cleared": "",
        "kept": "FastPix was sent the metadata of stream",
        "refused": "422",
    }
    stack = Stack(tmp_path, sandbox.environment())

    def up(*cleared: str) -> Run:
        """With no metadata for these."""
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f"{module}.LiveStream('{provider}-{case}', metadata={ {} if case in cleared else METADATA })\n"
                for provider, module in MODULES.items()
                for case in outcomes
            )
        )
        return stack.up(*AT_ONCE)

    def both(case: str) -> list[str]:
        return [f"{provider}-{case}" for provider in MODULES]

    def metadata(case: str) -> list[Any]:
        ids = stack.ids()
        return [sandbox.store.live_streams.get(ids[name]).settings.metadata or None for name in both(case)]

    stack.write_program("")
    stack.create()
    succeeded(up())
    for case, said in outcomes.items():
        sandbox.switches.metadata_clear = case  # type: ignore[assignment]  # one of its positions
        # Back in the program, all is well again with those that failed.
        run = up("cleared", case)
        assert "Traceback" not in run.output
        assert (run.status == 0) == (case == "cleared"), run.output
        if case == "cleared":
            assert metadata(case) == [None, None]
            continue
        assert metadata(case) == [METADATA, METADATA]
        for name in both(case):
            assert said in run.said_of(name), run.output
            assert stack.resources()[name]["outputs"]["metadata"] == METADATA
    assert counts(succeeded(up("cleared"))) == {"unchanged": 7}


def test_another_workspace_changes_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    stack = Stack(tmp_path, sandbox.environment())

    names = [f"{provider}-{case}" for provider in MODULES for case in ("changed", "replaced")]

    def declare(changed: str, replaced: str) -> None:
        stack.write_program(
            BOTH_PROVIDERS
            + "".join(
                f'{module}.LiveStream("{provider}-changed", {changed})\n'
                f'{module}.LiveStream("{provider}-replaced", {replaced})\n'
                for provider, module in MODULES.items()
            )
        )

    declare("reconnect_window=300", "reconnect_window=300")
    stack.create()
    succeeded(stack.up())
    before = stack.states_with_secrets()
    stranger = sandbox.store.access_tokens.add(workspace="another")
    other = {"FASTPIX_USERNAME": stranger.id, "FASTPIX_PASSWORD": stranger.secret}
    sandbox.clear_requests()
    # Nor is a stream made there in the place of one that would be replaced.
    declare("reconnect_window=90", 'reconnect_window=300, max_resolution="480p"')
    runs = [stack.refresh("--parallel=32", **other), stack.up(*AT_ONCE, **other), stack.destroy(*AT_ONCE, **other)]
    for run in runs:
        assert run.status != 0
        for name in names:
            assert "Nothing was changed" in run.said_of(name), run.output
    assert sandbox.mutating_requests == []
    assert stack.states_with_secrets() == before
