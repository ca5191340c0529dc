"""The lines that the provider prints while it works."""

from __future__ import annotations

import io
import sys

import pytest

from pulumi_fastpix.announce import announce


class ClosedPipe(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_an_announcement_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    announce("waiting.")
    assert capsys.readouterr() == ("", "FastPix: waiting.\n")


def test_an_announcement_to_a_closed_pipe_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a create in doubt would never be judged, and would hold back all later ones."""
    monkeypatch.setattr(sys, "stderr", ClosedPipe())
    announce("waiting.")
