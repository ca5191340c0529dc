"""What the provider says while it works."""

from __future__ import annotations

import io
import sys

import pytest

from pulumi_fastpix.announce import announce


class Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_it_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    announce("waiting.")
    assert capsys.readouterr() == ("", "FastPix: waiting.\n")


def test_that_nobody_listens_ends_no_create(monkeypatch: pytest.MonkeyPatch) -> None:
    """A create in doubt would never be judged, and hold back all later ones."""
    monkeypatch.setattr(sys, "stderr", Closed())
    announce("waiting.")
