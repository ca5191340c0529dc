"""The lines that the provider prints while it works."""

from __future__ import annotations

import io
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_fastpix.announce import announce, announcing_through, warn


class ClosedPipe(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_announcements_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    announce("waiting.")
    warn("no request succeeded.")
    assert capsys.readouterr() == ("", "FastPix: waiting.\nFastPix: warning: no request succeeded.\n")


def test_an_announcement_to_a_closed_pipe_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a create in doubt would never be judged."""
    monkeypatch.setattr(sys, "stderr", ClosedPipe())
    announce("waiting.")


def test_a_channel_gets_what_its_own_thread_announces(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[tuple[str, str]] = []
    with ThreadPoolExecutor(1) as another, announcing_through(lambda *line: lines.append(line)):
        announce("waiting.")
        warn("no request succeeded.")
        another.submit(announce, "elsewhere.").result()
    announce("afterwards.")
    assert lines == [("info", "waiting."), ("warning", "no request succeeded.")]
    assert capsys.readouterr().err == "FastPix: elsewhere.\nFastPix: afterwards.\n"
