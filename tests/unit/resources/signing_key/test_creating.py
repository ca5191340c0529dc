"""A signing key is made once, or it is said what may be left over."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_fastpix.announce import announcing_through
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.errors import (
    CancelledError,
    CreateInDoubtError,
    FastPixError,
    PartlyDoneError,
    PermissionDeniedError,
)
from pulumi_fastpix.resources.signing_key.lifecycle import SigningKeyLifecycle
from pulumi_fastpix.resources.workspace import Workspace
from support.responses import BAD_GATEWAY, DROPPED, SERVER_ERROR, error
from support.scripted_server import Received, Reply, ScriptedServer
from support.signing_keys import (
    KEY_ID,
    KEY_NOT_FOUND,
    KEYS_REFUSED,
    PRIVATE_KEY,
    key_made,
    key_read,
    keys_listed,
)

LIST = "*/signing-keys[?]*"
ONE = f"*/signing-keys/{KEY_ID}"
OLD, OLDER, ORPHAN = "0-old", "0-older", "0-orphan"


def posts(server: ScriptedServer) -> list[Received]:
    return [request for request in server.received if request.method == "POST"]


def changes(server: ScriptedServer) -> list[str]:
    return [request.method for request in server.received if request.method != "GET"]


def idempotency_keys(server: ScriptedServer) -> list[str]:
    return [request.headers["Idempotency-Key"] for request in posts(server)]


def test_a_key_is_made_and_its_public_key_read(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any], said: list[Any]
) -> None:
    made = lifecycle.create({"rotation": "2026-11"})
    assert (made.id, made.inputs, made.state) == (KEY_ID, {"rotation": "2026-11"}, state)
    assert [request.body for request in posts(server)] == [b"{}"]
    assert said == []
    without = lifecycle.create({})
    assert (without.inputs, "rotation" in without.state) == ({}, False)
    # A constant one would be answered with the first key for ever.
    assert len({*idempotency_keys(server)}) == 2


@pytest.mark.parametrize("lost", [DROPPED, SERVER_ERROR, BAD_GATEWAY, Reply(201, {"success": True, "data": {}})])
def test_a_create_whose_response_is_lost_is_sent_again_with_the_same_idempotency_key(
    lost: Reply, lifecycle: SigningKeyLifecycle, server: ScriptedServer, said: list[Any]
) -> None:
    """FastPix answers it again, with the same key."""
    server.on("POST", lost, lost, key_made())
    server.on("GET", keys_listed(OLD), keys_listed(KEY_ID, OLD), path=LIST)
    assert lifecycle.create({}).state["privateKey"] == PRIVATE_KEY
    assert len(posts(server)) == 3
    assert len({*idempotency_keys(server)}) == 1
    ((severity, text),) = said
    assert severity == "info"
    assert f"FastPix answered with signing key {KEY_ID}. No other one has appeared." in text


def test_what_a_create_that_is_not_replayed_leaves_is_named_and_nothing_else(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, said: list[Any]
) -> None:
    """By its id and time: a person decides. Older keys move up onto the page as others are deleted."""
    server.on("POST", DROPPED, key_made())
    server.on("GET", keys_listed(OLD), keys_listed(KEY_ID, ORPHAN, OLD, OLDER), path=LIST)
    assert lifecycle.create({}).id == KEY_ID
    assert changes(server) == ["POST", "POST"]
    ((severity, text),) = said
    assert severity == "warning"
    assert f"but signing key {ORPHAN} (made at time-of-{ORPHAN}) has appeared, too" in text
    assert "delete it if nobody signs with it" in text
    assert OLDER not in text
    assert PRIVATE_KEY not in text


def test_it_is_said_that_nobody_knows_what_a_lost_create_has_left(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, said: list[Any]
) -> None:
    server.on("POST", DROPPED, key_made())
    server.on("GET", keys_listed(OLD), error(422, "no"), path=LIST)
    assert lifecycle.create({}).id == KEY_ID
    ((severity, text),) = said
    assert severity == "warning"
    assert "Whether the first request made another one isn't known" in text


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        (keys_listed(OLD, OLDER), "No new key is listed so far."),
        (keys_listed(ORPHAN, OLD), f"Since then signing key {ORPHAN} (made at time-of-{ORPHAN}) has appeared."),
        (error(422, "no"), "The list of keys can't be read."),
    ],
)
@pytest.mark.parametrize("last", [DROPPED, error(422, "no")])
def test_a_create_that_stays_lost_is_in_doubt_and_claims_nothing(
    last: Reply, listed: Reply, found: str, lifecycle: SigningKeyLifecycle, server: ScriptedServer
) -> None:
    server.on("POST", DROPPED, last)
    server.on("GET", keys_listed(OLD), listed, path=LIST)
    with pytest.raises(CreateInDoubtError) as raised:
        lifecycle.create({})
    assert "A signing key may have been made whose private key nobody has." in str(raised.value)
    assert found in str(raised.value)
    assert "Run it again, which makes a new one." in raised.value.advice
    assert {*changes(server)} == {"POST"}


def test_a_create_in_doubt_that_is_asked_for_again_is_the_same_one(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer
) -> None:
    """As upon an error hook of the program; another resource's is another one."""
    server.on("POST", DROPPED, error(422, "no"), key_made())
    server.on("GET", keys_listed(OLD), path=LIST)
    with pytest.raises(CreateInDoubtError):
        lifecycle.create({}, urn="urn")
    assert lifecycle.create({}, urn="urn").id == KEY_ID
    assert len({*idempotency_keys(server)}) == 1
    lifecycle.create({}, urn="urn")
    lifecycle.create({}, urn="other")
    assert len({*idempotency_keys(server)}) == 3


def test_a_redirect_is_not_followed_nor_sent_again_and_leaves_a_doubt(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer
) -> None:
    server.on("POST", Reply(302, b"", {"Location": "https://elsewhere.example/"}))
    with pytest.raises(CreateInDoubtError, match="a redirect to"):
        lifecycle.create({})
    assert len(posts(server)) == 1


def test_a_refusal_is_no_doubt(lifecycle: SigningKeyLifecycle, server: ScriptedServer) -> None:
    server.on("POST", error(422, "no"))
    with pytest.raises(FastPixError) as raised:
        lifecycle.create({})
    assert not isinstance(raised.value, CreateInDoubtError)
    assert len(posts(server)) == 1


def test_nothing_is_sent_where_the_keys_cannot_be_listed(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer
) -> None:
    server.on("GET", error(422, "no"), path=LIST)
    with pytest.raises(FastPixError, match="Could not list signing keys"):
        lifecycle.create({})
    assert changes(server) == []


@pytest.mark.parametrize("what", ["list", "create", "read", "delete"])
def test_who_may_not_manage_keys_learns_whose_token_may(
    what: str, lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    method = {"create": "POST", "delete": "DELETE"}.get(what, "GET")
    server.on(method, KEYS_REFUSED, path=LIST if what == "list" else "*")
    arguments = ({},) if what in ("list", "create") else (KEY_ID, state)
    call = getattr(lifecycle, "create" if what == "list" else what)
    with pytest.raises(PermissionDeniedError) as raised:
        call(*arguments)
    assert "Signing keys take an administrator's access token." in raised.value.advice
    assert "FastPix answered 403" in str(raised.value)


def test_a_key_whose_public_key_cannot_be_read_is_kept_with_its_private_key(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer, state: dict[str, Any]
) -> None:
    server.on("GET", KEY_NOT_FOUND, path=ONE)
    with pytest.raises(PartlyDoneError, match="its public key couldn't be read") as raised:
        lifecycle.create({"rotation": "2026-11"})
    without = {key: value for key, value in state.items() if key != "publicKey"}
    assert (raised.value.id, dict(raised.value.state)) == (KEY_ID, without)
    assert PRIVATE_KEY not in str(raised.value)
    # The next run calls an update. As long as that fails, what is stored stays.
    with pytest.raises(FastPixError, match="`pulumi refresh` notes that") as again:
        lifecycle.update(KEY_ID, without, {"rotation": "2026-11"})
    assert not isinstance(again.value, PartlyDoneError)
    server.on("GET", key_read(), path=ONE)
    assert lifecycle.update(KEY_ID, without, {"rotation": "2026-11"}).state == state
    assert changes(server) == ["POST"]


@pytest.fixture
def interrupted(server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi is interrupted while a create is on its way."""
    take = server.take

    def interrupt(request: Received) -> Reply:
        if request.method == "POST":
            client.cancel()
        return take(request)

    monkeypatch.setattr(server, "take", interrupt)


@pytest.mark.usefixtures("interrupted")
def test_after_an_interruption_nothing_is_made_and_what_was_sent_is_looked_for(
    lifecycle: SigningKeyLifecycle, server: ScriptedServer
) -> None:
    server.on("POST", DROPPED)
    server.on("GET", keys_listed(OLD), keys_listed(ORPHAN, OLD), path=LIST)
    with pytest.raises(CreateInDoubtError, match=f"signing key {ORPHAN}"):
        lifecycle.create({})
    assert len(posts(server)) == 1
    with pytest.raises(CancelledError):
        lifecycle.create({})
    assert len(posts(server)) == 1


@pytest.mark.usefixtures("interrupted")
def test_a_key_that_was_made_before_an_interruption_is_kept(lifecycle: SigningKeyLifecycle) -> None:
    with pytest.raises(PartlyDoneError, match="Pulumi was interrupted") as raised:
        lifecycle.create({})
    assert raised.value.state["privateKey"] == PRIVATE_KEY


def test_keys_that_are_made_at_once_are_not_taken_for_anybody_elses(
    workspace: Workspace, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each create is sent once the one before has ended: what appears meanwhile is nobody's of this run."""
    listed: list[str] = [OLD]
    lost = {"left": 3}
    lock, said = threading.Lock(), []

    def take(request: Received) -> Reply:
        server.received.append(request)
        with lock:
            if request.method == "POST":
                by_key = {key: number for number, key in enumerate(dict.fromkeys(idempotency_keys(server)))}
                made = f"made-{by_key[request.headers['Idempotency-Key']]}"
                listed[:0] = [] if made in listed else [made]
                lost["left"] -= 1
                return DROPPED if lost["left"] >= 0 else key_made(made)
            last = request.path.rpartition("/")[2]
            return keys_listed(*listed) if last.startswith("signing-keys?") else key_read(last)

    monkeypatch.setattr(server, "take", take)
    made: list[str] = []

    def make() -> None:
        with announcing_through(lambda severity, _: said.append(severity)):
            made.append(SigningKeyLifecycle(workspace).create({}).id)

    threads = [threading.Thread(target=make) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {*made} == {*listed} - {OLD} == {f"made-{number}" for number in range(5)}
    assert "warning" not in said
