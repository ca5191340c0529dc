"""What `recover` notes in the journal of what it has looked for, and what it leaves to other credentials."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_fastpix.journal.noted import NotedCreate
from pulumi_fastpix.journal.reading import LeftOver
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.settings.settings import Settings
from support.fake_pulumi import FakePulumi
from support.live_streams import STREAM_TYPE
from support.noted import NOTED, create, write_journal
from support.states import export, resource, secret, urn
from unit.cli.command import run

STREAM = NotedCreate("s", urn("concert", type_=STREAM_TYPE), "LiveStream", "", kind="a digest", is_sent=True)
KEY = NotedCreate("k", urn("viewers", type_="fastpix:index:SigningKey"), "SigningKey", "", is_sent=True)
ID = replace(NOTED, key="i", is_sent=True, stream_id="f" * 32)


@pytest.fixture
def mark(sandbox: Sandbox) -> str:
    return Settings(sandbox.access_token_id, "", sandbox.base_url).workspace_mark


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FASTPIX_JOURNAL", str(tmp_path / "journal"))
    return tmp_path / "journal"


@pytest.mark.parametrize("one", [STREAM, KEY, ID], ids=lambda one: one.type_name)
@pytest.mark.parametrize("own", [True, False], ids=["own", "others"])
def test_only_what_was_begun_with_these_credentials_counts_as_looked_for(  # noqa: PLR0917  # fixtures
    one: NotedCreate, own: bool, pulumi: FakePulumi, folder: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other credentials may lead to another workspace, in which it is."""
    monkeypatch.setenv("FASTPIX_DELETED_STREAMS", ID.stream_id)
    write_journal(folder, replace(one, seen_by=mark if own else "sandbox-ffffffffffff"))
    pulumi.prints("export", export())
    result = run("recover")
    assert result.exit_code == 0, result.output
    assert [left.is_looked_for for left in LeftOver(folder).creates] == [own]


def test_an_orphan_that_somebody_confirms_is_noted_as_what_was_made(
    pulumi: FakePulumi, sandbox: Sandbox, folder: Path, mark: str
) -> None:
    """Whatever comes before the import, `recover` goes on naming it."""
    lost = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    write_journal(folder, create(is_sent=True, seen_by=mark, later=frozenset({"id-2"}), replaces="id-2"))
    pulumi.prints("export", export(resource("main", "id-2")))
    assert run("recover").exit_code == 1
    assert run("recover", "--ours", lost).exit_code == 0
    assert [(left.id, left.is_looked_for) for left in LeftOver(folder).creates] == [(lost, False)]
    again = run("recover", "--force")
    assert (again.exit_code, "(certain)" in again.output) == (0, True), again.output


@pytest.mark.parametrize("command", ["recover", "audit"])
def test_a_stream_that_the_stack_keeps_secret_is_told_from_the_one_of_the_create(
    command: str, pulumi: FakePulumi, sandbox: Sandbox, folder: Path, mark: str
) -> None:
    """What was to be replaced is on another stream, which only the export with secrets shows."""
    other = sandbox.store.live_streams.create()
    lost = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    write_journal(folder, create(is_sent=True, seen_by=mark))
    for name, kept in (("export", secret(ciphertext="v1:x")), ("export-with-secrets", secret(plaintext=f'"{other}"'))):
        pulumi.prints(name, export(resource("main", "old", stream_id=kept)))
    result = run(command)
    assert result.exit_code == 1, result.output
    assert lost in result.output


@pytest.mark.parametrize(
    ("begun_at", "listed"), [("2100-01-01T00:00:00Z", False), ("2026-01-01T00:00:00Z", True)], ids=["older", "newer"]
)
def test_a_key_is_shown_once_unless_it_was_there_before(  # noqa: PLR0917  # fixtures
    begun_at: str, listed: bool, pulumi: FakePulumi, sandbox: Sandbox, folder: Path, mark: str
) -> None:
    key_id = sandbox.store.signing_keys.create().id
    write_journal(folder, replace(KEY, seen_by=mark, begun_at=begun_at))
    pulumi.prints("export", export())
    result = run("recover")
    assert (result.exit_code, f"{key_id}  created" in result.output) == (0, listed), result.output
    assert ("but those that were there before" in result.output) is not listed
    assert [left.is_looked_for for left in LeftOver(folder).creates] == [True]
    assert "pulumi cancel" not in result.output


@pytest.mark.usefixtures("sandbox")
def test_a_relative_path_of_the_journal_is_warned_of(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTPIX_JOURNAL", "journal")
    pulumi.prints("export", export())
    result = run("recover")
    expected = "Warning: FASTPIX_JOURNAL must be an absolute path or `off`, but is 'journal', so no journal was read."
    assert result.stderr.startswith(expected)
