"""Runs with a damaged journal, or one that can't be written; what it tells of replacements. Both providers at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_fastpix.journal.files import MOST_BYTES, files_in, folder_of
from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.cases import BOTH_PROVIDERS
from support.commands import fastpix, follow
from support.engine import Stack
from support.killing import up_killed
from support.playback_ids import ids_on

ONE_ID_EACH = f"""{BOTH_PROVIDERS}
for name, provider in {{"dynamic": fastpix, "native": native}}.items():
    provider.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}")
"""


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    """Names of resources begin with the provider's."""
    return stack_of_both


def journal_of(stack: Stack) -> Path:
    folder = folder_of(stack.environ)
    assert folder is not None
    return folder


def kill_provider_when(stack: Stack, sandbox: Sandbox, when: Callable[[], bool]) -> None:
    """Run `up`, and kill the provider amid creates: FastPix has done what they sent, and they have no response."""
    sandbox.faults.add(Fault(kind="latency", method="POST", seconds=60, when="after"))
    up_killed(stack, when, stack.folder / "up.log", victims="provider", journal=True)
    sandbox.faults.clear()


REPLACED = f"""{BOTH_PROVIDERS}
for name, provider in {{"dynamic": fastpix, "native": native}}.items():
    provider.LivePlaybackId(name, stream_id="{DEMO_STREAM_ID}", access_policy=POLICY)
    provider.LivePlaybackId(f"{{name}}-moved", stream_id=STREAM)
    provider.LiveStream(f"{{name}}-stream", access_policy=POLICY)
"""


def test_replacements_that_a_killed_provider_made_are_found(stack: Stack, sandbox: Sandbox) -> None:
    """The names are still those of what was to be replaced, and Pulumi remembers nothing.

    What was to be replaced is in the list of its replacement, on another stream, or older than the newest streams.
    """
    store = sandbox.store
    stack.write_program(f'STREAM, POLICY = "{DEMO_STREAM_ID}", "public"\n{REPLACED}')
    assert stack.up().status == 0
    other, *_ = [store.live_streams.create() for _ in range(60)]
    with_them = {one.id for one in store.live_streams.list()} | ids_on(sandbox, other)
    before = ids_on(sandbox)
    stack.write_program(f'STREAM, POLICY = "{other}", "private"\n{REPLACED}')

    def made() -> set[str]:
        everywhere = {one.id for one in store.live_streams.list()} | ids_on(sandbox, DEMO_STREAM_ID, other)
        return everywhere - with_them - before

    kill_provider_when(stack, sandbox, lambda: len(made()) == 6)
    orphans = made()

    preview = stack.preview()
    assert preview.status == 0, preview.output
    advice = fastpix(stack, "recover")
    assert all(orphan in advice.stdout + advice.stderr for orphan in orphans)
    advice = fastpix(stack, "recover", *(f"--ours={orphan}" for orphan in orphans))
    assert advice.status == 0, advice.stderr
    follow(stack, advice.stdout)
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert made() == {*stack.ids().values()}
    assert "Nothing to recover" in fastpix(stack, "recover").stdout


@pytest.fixture
def home_without_journal(stack: Stack) -> Path:
    """A home in which no folder can be made: a file is in its place, since root may write everywhere."""
    (stack.folder / ".local").touch()
    return stack.folder / ".local"


def test_a_home_that_can_not_be_written_ends_no_run(stack: Stack, sandbox: Sandbox, home_without_journal: Path) -> None:
    stack.write_program(f"""{ONE_ID_EACH}
    provider.LivePlaybackId(f"{{name}}-more", stream_id="{DEMO_STREAM_ID}")
    provider.LiveStream(f"{{name}}-stream")
""")
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert completed.diagnostics.count("The journal in") == 2, "once by each provider's process"
    assert f"{home_without_journal}/state/pulumi-fastpix/journal can't be written: Not a directory" in completed.output
    assert len(stack.ids()) == 6
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output
    assert "The journal" not in again.output
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert "Nothing to recover" in advice.stdout
    assert advice.stderr.count("can't be read: Not a directory") == 1
    destroyed = stack.destroy()
    assert destroyed.status == 0, destroyed.output
    assert ids_on(sandbox)


def test_a_damaged_a_huge_and_a_newer_journal_are_in_nobodys_way(stack: Stack, sandbox: Sandbox) -> None:
    before = ids_on(sandbox)
    stack.write_program(ONE_ID_EACH)
    kill_provider_when(stack, sandbox, lambda: len(ids_on(sandbox) - before) == 2)
    made = ids_on(sandbox) - before
    written = files_in(journal_of(stack))[0]
    assert len(files_in(journal_of(stack))) == 2
    damaged = written.with_name("20260101T000000Z-1-0a.jsonl")
    damaged.write_bytes(b"\x00" * 5000 + written.read_bytes()[: -len(b'ending", "key": "12345678"}')])
    newer = written.with_name("20260102T000000Z-1-0a.jsonl")
    newer.write_bytes(written.read_bytes().replace(b'"format": 1', b'"format": 2').replace(b'"key": "', b'"key": "2'))
    huge = written.with_name("20260103T000000Z-1-0a.jsonl")
    with huge.open("wb") as opened:
        opened.truncate(MOST_BYTES + 1)

    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert [advice.stdout.count(one) for one in made] == [1, 1]
    assert f"{huge}, of the journal, is too large to be read." in advice.stderr
    follow(stack, advice.stdout)
    stack.write_program(f'{ONE_ID_EACH}\nfastpix.LivePlaybackId("more", stream_id="{DEMO_STREAM_ID}")')
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert "The journal" not in completed.output
    ids = stack.ids()
    assert {ids["dynamic"], ids["native"]} == made
    assert {*ids.values()} == ids_on(sandbox) - before
    # What is understood is settled by now, and what is too large is removed. The other version's is left to that.
    assert files_in(journal_of(stack)) == [newer]
