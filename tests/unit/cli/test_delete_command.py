"""`delete` as a person or a pipeline meets it, with a stand-in for `pulumi`."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.data.records import RestrictedBy, Rules
from support.fake_pulumi import FakePulumi
from support.playback_ids import PLAYBACK_ID, ids_on
from support.responses import DELETED, listing
from support.scripted_server import ScriptedServer
from support.states import account, export, interrupted, resource, secret
from unit.cli.command import EXECUTABLE, run


@pytest.fixture(autouse=True)
def empty_stack(pulumi: FakePulumi) -> None:
    pulumi.prints("export", export())


def delete(playback_id: str, *arguments: str, stream_id: str = DEMO_STREAM_ID) -> Result:
    return run("delete", stream_id, playback_id, *arguments)


def test_an_undeclared_playback_id_is_shown_and_deleted(sandbox: Sandbox, first_id: str) -> None:
    hidden = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "private")
    result = delete(first_id, "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output == (
        f"Playback ID {first_id} on stream {DEMO_STREAM_ID} at {sandbox.base_url} is public: anyone who has its "
        f"address can watch. Its stream has one other.\n"
        f"Stacks that were read: dev. Stacks of other projects are read only if --also names them.\n"
        f"Deleted playback ID {first_id} of stream {DEMO_STREAM_ID}.\n"
    )
    assert ids_on(sandbox) == {hidden}
    # The stream is read again, to make sure.
    assert [request.method for request in sandbox.requests] == ["GET", "DELETE", "GET"]
    assert "is private. It is the last one on its stream." in delete(hidden, "--yes").output


def test_the_access_restrictions_of_a_playback_id_are_shown(sandbox: Sandbox) -> None:
    partner: dict[RestrictedBy, Rules] = {"domains": Rules(default_policy="deny", allow=("partner.example",))}
    restricted = str(sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public", restrictions=partner))
    shown = delete(restricted).output
    assert "is public, for the domain partner.example alone and for all user agents. Its stream has one" in shown
    assert "anyone who has its address" not in shown


def test_without_a_terminal_nothing_is_deleted_unless_that_is_confirmed(sandbox: Sandbox, first_id: str) -> None:
    result = delete(first_id)
    assert result.exit_code == 1
    assert "is public" in result.stdout
    assert "Nothing was deleted. There is no terminal" in result.stderr
    assert "--yes" in result.stderr
    assert ids_on(sandbox) == {first_id}


def prints(**named: Callable[[str], Any]) -> Callable[[FakePulumi, str], None]:
    """Let `pulumi` print these states, made with the playback ID, of the stack dev or of others."""

    def arrange(pulumi: FakePulumi, playback_id: str) -> None:
        for stack, state in named.items():
            pulumi.prints(f"export-of/{stack.replace('_', '/')}", state(playback_id))
            if stack == "dev":
                pulumi.prints("export", state(playback_id))

    return arrange


@pytest.mark.parametrize(
    ("arrange", "expected"),
    [
        (prints(dev=lambda id_: export(resource("main", id_))), "Stack dev owns {}, as 'main'"),
        (prints(dev=lambda id_: export(resource("main", id_, external=True))), "Stack dev looks {} up"),
        (prints(dev=lambda id_: export(resource("main", id_, delete=True))), "Stack dev has replaced {}"),
        (prints(dev=lambda _: interrupted()), "A run of stack dev that was killed, or is still going on, may have"),
        (prints(dev=lambda id_: export(pending=(resource("main", id_),))), "A run of stack dev that was killed"),
        (prints(prod=lambda id_: export(resource("main", id_))), "Stack prod owns {}"),
        (prints(prod=lambda id_: export(resource("main", id_, external=True))), "Stack prod looks {} up"),
        (
            prints(prod=lambda _: interrupted(stream_id=secret(ciphertext="v1:x"))),
            "A run of stack prod that was killed",
        ),
        (prints(acme_web_prod=lambda id_: export(resource("main", id_))), "Stack acme/web/prod owns {}"),
    ],
)
def test_a_playback_id_on_which_a_stack_has_a_claim_is_kept(
    arrange: Callable[[FakePulumi, str], None], expected: str, pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.prints("stacks", [{"name": "dev"}, {"name": "prod"}])
    arrange(pulumi, first_id)
    result = delete(first_id, "--yes", "--also", "acme/web/prod")
    assert result.exit_code == 1
    assert f"Nothing was deleted. {expected.format(first_id)}" in result.stderr
    assert ids_on(sandbox) == {first_id}


@pytest.mark.parametrize(
    "state",
    [
        interrupted(policy="private"),
        interrupted(stream_id="another"),
        export(pending=(resource("main", "another"),)),
        export(pending=(resource("main", "another"),), operation="updating"),
        export(resource("main", "another")),
    ],
)
def test_what_a_stack_has_besides_is_no_claim(state: Any, pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", state)
    assert delete(first_id, "--yes").exit_code == 0
    assert ids_on(sandbox) == set()


def test_nothing_is_deleted_while_another_stack_cannot_be_read(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.fails("stacks")
    result = delete(first_id, "--yes")
    assert result.exit_code == 1
    assert "Could not list the other stacks" in result.stderr
    assert "may own the playback ID. Nothing was deleted." in result.stderr
    assert ids_on(sandbox) == {first_id}
    result = delete(first_id, "--yes", "--ignore-unread")
    assert result.exit_code == 0
    assert "Warning: Could not list the other stacks" in result.stderr
    assert ids_on(sandbox) == set()


def test_nothing_is_deleted_if_the_stack_of_the_project_cannot_be_read(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str
) -> None:
    pulumi.fails("export")
    result = delete(first_id, "--yes", "--ignore-unread")
    assert (result.exit_code, ids_on(sandbox)) == (1, {first_id})
    assert "no stack selected" in result.stderr


def test_outside_of_a_project_no_stack_is_read(
    sandbox: Sandbox, first_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").unlink()
    monkeypatch.setenv("PATH", "")
    refused = delete(first_id)
    assert refused.exit_code == 1
    assert "No stack was read: there is no Pulumi project here." in refused.stdout
    result = delete(first_id, "--yes")
    assert (result.exit_code, ids_on(sandbox)) == (0, set())


def test_a_playback_id_that_does_not_exist_is_no_error(sandbox: Sandbox) -> None:
    result = delete(PLAYBACK_ID, "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.output.startswith(f"Nothing to delete: stream {DEMO_STREAM_ID} has no playback ID {PLAYBACK_ID}")
    assert "Check both IDs if you expected one." in result.output
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_ids_in_the_wrong_order_are_warned_of(sandbox: Sandbox, first_id: str) -> None:
    result = delete(DEMO_STREAM_ID, "--yes", stream_id=first_id)
    assert result.exit_code == 1
    assert "Warning: a stream ID has 32 hex digits, 0-9 and a-f; this looks like a playback ID" in result.stderr
    assert ids_on(sandbox) == {first_id}


def test_a_stream_that_cannot_be_seen_is_an_error(sandbox: Sandbox, first_id: str) -> None:
    result = delete(first_id, "--yes", stream_id="f" * 32)
    assert result.exit_code == 1
    assert "stream not found" in result.stderr
    assert "If the stream was deleted, so were its playback IDs" in result.stderr
    assert ids_on(sandbox) == {first_id}


def test_a_lost_response_is_no_failure(sandbox: Sandbox, first_id: str) -> None:
    sandbox.faults.add(Fault(kind="drop", method="DELETE", when="after", times=1))
    result = delete(first_id, "--yes")
    assert (result.exit_code, ids_on(sandbox)) == (0, set()), result.output


def test_a_deletion_that_shows_no_effect_is_an_error(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("USERNAME", "token"), ("PASSWORD", "secret-key"), ("BASE_URL", server.base_url)):
        monkeypatch.setenv(f"FASTPIX_{name}", value)
    server.on("GET", listing(PLAYBACK_ID))
    server.on("DELETE", DELETED)
    result = delete(PLAYBACK_ID, "--yes")
    assert result.exit_code == 1
    assert "but still lists it" in result.stderr


def test_a_playback_id_of_a_second_account_is_found_and_deleted_there(
    pulumi: FakePulumi, sandbox: Sandbox, first_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have a stream of the same ID. No playback ID of the stack goes through the account."""
    monkeypatch.delenv("FASTPIX_SANDBOX")
    with Sandbox() as studio:
        pulumi.prints("export", export(account("studio", studio)))
        (there,) = ids_on(studio)
        result = delete(there, "--yes")
        assert result.exit_code == 0, result.output
        assert f"at {studio.base_url}, in the account of 'studio', is public" in result.output
        assert (ids_on(studio), ids_on(sandbox)) == (set(), {first_id})


def test_the_id_of_a_secret_stream_is_not_shown(pulumi: FakePulumi, sandbox: Sandbox, first_id: str) -> None:
    pulumi.prints("export", export(resource("kept", "x", stream_id=secret(ciphertext="v1:x"))))
    shown = export(resource("kept", "x", stream_id=secret(plaintext=f'"{DEMO_STREAM_ID}"')))
    pulumi.prints("export-with-secrets", shown)
    sandbox.faults.add(Fault(kind="status", status=403, method="DELETE", times=1))
    for arguments in (("--yes",), ("--yes",)):
        result = delete(first_id, *arguments)
        assert "(its ID is a secret of this stack)" in result.output
        assert DEMO_STREAM_ID not in result.output
    assert result.exit_code == 0


def test_ctrl_c_after_the_request_was_sent_does_not_promise_that_nothing_was_changed(
    sandbox: Sandbox, first_id: str
) -> None:
    sandbox.faults.add(Fault(kind="latency", method="DELETE", when="after", seconds=20))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children would ignore it
    try:
        command = subprocess.Popen(
            [EXECUTABLE, "delete", DEMO_STREAM_ID, first_id, "--yes"], stderr=subprocess.PIPE, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with command:
        deadline = time.monotonic() + 30
        while ids_on(sandbox) and time.monotonic() < deadline:
            time.sleep(0.02)
        command.send_signal(signal.SIGINT)
        _, stderr = command.communicate(timeout=10)
    assert command.returncode == 130
    assert stderr == f"Interrupted. Playback ID {first_id} may be deleted or not: run this again to find out.\n"
