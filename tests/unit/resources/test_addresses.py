"""Where viewers reach playback IDs: at FastPix, or at the host that the environment names."""

from __future__ import annotations

import pytest

from pulumi_fastpix.errors import SettingsError
from pulumi_fastpix.resources.addresses import hls_url


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (None, "https://stream.fastpix.com/id.m3u8"),
        ("", "https://stream.fastpix.com/id.m3u8"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/id.m3u8"),
        ("https://video.example.com/live/", "https://video.example.com/live/id.m3u8"),
    ],
)
def test_the_environment_may_name_another_host(
    given: str | None, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is None:
        monkeypatch.delenv("FASTPIX_STREAM_URL", raising=False)
    else:
        monkeypatch.setenv("FASTPIX_STREAM_URL", given)
    assert hls_url("id") == address


@pytest.mark.parametrize(
    "given", ["stream.example.com", "ftp://a.example", "https://", "https://[", "https://u:p@a.example", "https://a?b"]
)
def test_what_is_no_address_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_STREAM_URL", given)
    with pytest.raises(SettingsError, match="FASTPIX_STREAM_URL must be the address of a stream host"):
        hls_url("id")
