"""A playback ID of each provider, and the changes that a preview shows of them: for access restrictions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pulumi_fastpix.sandbox import Sandbox
from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules
from support.cases import MODULES, sent_for, shown_of, through_both
from support.engine import Run, Stack
from support.restrictions import at_fastpix

PREVIEWED = ("up", "--yes", "--diff")
"""An `up` that shows a preview first."""
T = TypeVar("T")


def preview_of(run: Run) -> str:
    """What an `up` showed before it did anything."""
    assert run.status == 0, run.output
    return run.output.partition("Resources:")[0]


def changes(preview: str) -> list[str]:
    """The lines of a preview that show a change of a property."""
    lines = [" ".join(line.split()) for line in preview.splitlines() if line.strip().startswith(("+ ", "- ", "~ "))]
    return [line for line in lines if "LivePlaybackId" not in line and "Stack" not in line]


def agreed(both: dict[str, T]) -> T:
    """What is the same with both providers."""
    assert both["dynamic"] == both["native"]
    return both["native"]


class TwoPlaybackIds(Stack):
    """A stack with a playback ID of each provider on a stream of its own, which have to behave alike."""

    def __init__(self, folder: Path, sandbox: Sandbox, restrictions: object) -> None:
        super().__init__(folder, sandbox.environment())
        self.sandbox = sandbox
        self.streams = {name: sandbox.store.live_streams.create() for name in MODULES}
        self.declare(restrictions)
        self.create()

    def declare(self, restrictions: object, before: str = "", more: str = "") -> None:
        """Declare them with these access restrictions, lines of the program before that, and more arguments."""
        self.write_program(
            through_both(f"""{before}
module.LivePlaybackId(provider, stream_id={self.streams}[provider], access_restrictions={restrictions!r}, {more})
""")
        )

    def sent(self) -> list[str]:
        return agreed(sent_for(self.sandbox, self.streams))

    def changed(self) -> list[list[str]]:
        """Go on to what is declared: the changes that the preview shows, of the one and of the other."""
        preview = preview_of(self.run(*PREVIEWED))
        return [changes(shown_of(preview, name)) for name in MODULES]

    def rules(self) -> dict[str, Any]:
        """Those at the server."""
        return agreed({name: at_fastpix(self.sandbox, self.ids()[name], self.streams[name]) for name in MODULES})

    def stored(self) -> Any:
        return agreed({name: one["outputs"].get("accessRestrictions") for name, one in self.resources().items()})

    def restrict_elsewhere(self, rules: Mapping[RestrictedBy, Rules]) -> None:
        for name, stream in self.streams.items():
            self.sandbox.store.playback_ids.restrict(stream, self.ids()[name], rules)
