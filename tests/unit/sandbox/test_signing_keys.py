"""Signing keys: as recorded, with each guess where no response is known, and their private keys shown once."""

from __future__ import annotations

import base64
import re
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pulumi_fastpix.sandbox import (
    DEMO_STREAM_ID,
    Fault,
    LoggedRequest,
    Sandbox,
    SigningKeyNotFoundError,
    Store,
)
from pulumi_fastpix.sandbox.data.signing_keys import KeyPair, new_key_pair
from unit.sandbox.client import Client
from unit.sandbox.refusals import invalid, refused

if TYPE_CHECKING:
    from pathlib import Path

    import requests

KEYS = "/iam/signing-keys"
NOT_FOUND = {
    "code": 404,
    "message": "signing key not found",
    "description": "The requested resource (eg: signingKeyId) doesn't exist in the workspace",
}
FORBIDDEN = {
    "code": 403,
    "message": "forbidden",
    "description": "The Access token does not have permissions to perform the request.",
}


def made(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 201, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def test_a_key_is_made_listed_read_and_deleted_as_recorded(http: Client) -> None:
    created = http.post(KEYS)
    data = made(created)
    assert created.headers["content-type"] == "application/json;charset=UTF-8"
    assert created.json() == {"success": True, "data": data}
    assert list(data) == ["id", "privateKey", "createdAt"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", data["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", data["createdAt"])
    assert http.get(KEYS).json() == {
        "success": True,
        "data": [{"id": data["id"], "createdAt": data["createdAt"]}],
        "pagination": {"totalRecords": 1, "currentOffset": 1, "offsetCount": 1},
    }
    read = http.get(f"{KEYS}/{data['id']}").json()
    public_key = read["data"]["publicKey"]
    assert read == {
        "success": True,
        "data": {"workspaceId": "sandbox", "signingKeyId": data["id"], "publicKey": public_key},
    }
    deleted = http.delete(f"{KEYS}/{data['id']}")
    assert (deleted.status_code, deleted.json()["data"]) == (200, {"message": "signing key deleted successfully"})
    for response in (http.get(f"{KEYS}/{data['id']}"), http.delete(f"{KEYS}/{data['id']}")):
        refused(response, 404, NOT_FOUND)
    refused(http.get(f"{KEYS}/no-uuid"), 404, NOT_FOUND)


def test_both_keys_have_the_form_of_recorded_ones_and_belong_together(http: Client) -> None:
    data = made(http.post(KEYS, json={}))
    private_pem = base64.b64decode(data["privateKey"], validate=True).decode()
    body = r"[A-Za-z0-9+/]+=*"
    assert re.fullmatch(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n", private_pem)
    public_pem = http.get(f"{KEYS}/{data['id']}").json()["data"]["publicKey"]
    found = re.fullmatch(f"-----BEGIN PUBLIC KEY-----\n({body})\n-----END PUBLIC KEY-----\n", public_pem)
    assert found is not None
    assert len(found.group(1)) == 392
    private = serialization.load_pem_private_key(private_pem.encode(), None)
    public = serialization.load_pem_public_key(public_pem.encode())
    assert isinstance(private, rsa.RSAPrivateKey)
    assert isinstance(public, rsa.RSAPublicKey)
    assert private.key_size == 2048
    assert private.public_key().public_numbers() == public.public_numbers()


def test_deleting_a_key_that_is_not_there_may_succeed(sandbox: Sandbox, http: Client) -> None:
    absent = f"{KEYS}/b7158b65-302d-4fbd-9c48-503ca92bdd25"
    refused(http.delete(absent), 404, NOT_FOUND)
    sandbox.switches.absent_signing_key_delete = 200
    assert (http.delete(absent).status_code, http.get(absent).status_code) == (200, 404)


def test_the_list_is_newest_first_in_pages(sandbox: Sandbox, http: Client) -> None:
    ids = [sandbox.store.signing_keys.create().id for _ in range(3)][::-1]
    page = http.get(KEYS, params={"limit": 2, "offset": 2}).json()
    assert [one["id"] for one in page["data"]] == ids[2:]
    assert page["pagination"] == {"totalRecords": 3, "currentOffset": 2, "offsetCount": 2}
    assert http.get(KEYS, params={"offset": 2**63 - 1}).json()["data"] == []
    invalid(http.get(KEYS, params={"limit": 51, "offset": 0}), ("limit", "is invalid"), ("offset", "is invalid"))
    sandbox.faults.add(Fault(kind="short-list", method="GET"))
    short = http.get(KEYS).json()
    assert ([one["id"] for one in short["data"]], short["pagination"]["totalRecords"]) == (ids[1:], 2)


def test_the_create_of_a_key_is_answered_again_for_ever_as_observed(sandbox: Sandbox, http: Client) -> None:
    once = {"Idempotency-Key": "constant"}
    first = made(http.post(KEYS, headers=once))
    assert made(http.post(KEYS, headers=once)) == first
    assert made(http.post(KEYS, headers={"Idempotency-Key": "another"}))["id"] != first["id"]
    assert made(http.post(KEYS))["id"] != first["id"]
    http.delete(f"{KEYS}/{first['id']}")
    assert made(http.post(KEYS, headers=once)) == first
    refused(http.get(f"{KEYS}/{first['id']}"), 404, NOT_FOUND)
    elsewhere = sandbox.store.access_tokens.add(workspace="another")
    http.auth = (elsewhere.id, elsewhere.secret)
    assert made(http.post(KEYS, headers=once)) == first
    sandbox.switches.signing_key_idempotency = "ignored"
    assert made(http.post(KEYS, headers=once))["id"] != first["id"]


def test_keys_are_those_of_a_workspace(sandbox: Sandbox, http: Client) -> None:
    key_id = made(http.post(KEYS))["id"]
    elsewhere = sandbox.store.access_tokens.add(workspace="another")
    http.auth = (elsewhere.id, elsewhere.secret)
    assert http.get(KEYS).json()["data"] == []
    for response in (http.get(f"{KEYS}/{key_id}"), http.delete(f"{KEYS}/{key_id}")):
        refused(response, 404, NOT_FOUND)
    assert [one.id for one in sandbox.store.signing_keys.list()] == [key_id]


@pytest.mark.parametrize(("position", "reading"), [("read-only", 200), ("hidden", 403)])
def test_an_access_token_may_not_be_allowed_to_manage_keys(
    position: Any, reading: int, sandbox: Sandbox, http: Client
) -> None:
    key_id = made(http.post(KEYS))["id"]
    sandbox.switches.signing_keys = position
    refused(http.post(KEYS), 403, FORBIDDEN)
    refused(http.delete(f"{KEYS}/{key_id}"), 403, FORBIDDEN)
    assert [http.get(path).status_code for path in (KEYS, f"{KEYS}/{key_id}")] == [reading] * 2
    assert sandbox.store.signing_keys.count() == 1


def test_a_read_only_token_and_no_token_make_no_key(sandbox: Sandbox, http: Client) -> None:
    token = sandbox.store.access_tokens.add(read_only=True)
    http.auth = (token.id, token.secret)
    assert (http.post(KEYS).status_code, http.get(KEYS).status_code) == (403, 200)
    http.auth = None
    assert [http.request(method, KEYS).status_code for method in ("POST", "GET")] == [401, 401]
    assert sandbox.store.signing_keys.count() == 0


def test_a_lost_response_has_made_the_key(sandbox: Sandbox, http: Client) -> None:
    sandbox.faults.add(Fault(kind="status", status=504, method="POST", when="after", times=1))
    assert http.post(KEYS, headers={"Idempotency-Key": "a"}).status_code == 504
    (lost,) = sandbox.store.signing_keys.list()
    assert made(http.post(KEYS, headers={"Idempotency-Key": "a"}))["id"] == lost.id


def test_other_methods_are_refused_and_say_which_there_are(http: Client) -> None:
    for path, methods in ((KEYS, {"GET", "HEAD", "POST"}), (f"{KEYS}/a", {"DELETE", "GET", "HEAD"})):
        response = http.put(path)
        assert (response.status_code, {*response.headers["allow"].split(", ")}) == (405, methods)


def test_a_private_key_is_shown_once_and_stored_nowhere_unless_it_may_have_to_be_shown_again(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    log: list[LoggedRequest] = []
    with Sandbox(data, on_request=log.append) as sandbox, Client(sandbox) as http:
        private_key = made(http.post(KEYS))["privateKey"]
        repeatable = made(http.post(KEYS, headers={"Idempotency-Key": "a"}))["privateKey"]
        shown = [http.get(KEYS).text, f"{log} {sandbox.requests}", f"{sandbox.store.signing_keys.create()!r}"]
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert private_key.encode() not in stored
    assert repeatable.encode() in stored
    assert all(key not in one for key in (private_key, repeatable) for one in shown)
    assert "private_key" not in shown[-1]


def test_a_private_key_in_any_form_is_not_repeated(sandbox: Sandbox, http: Client) -> None:
    given = made(http.post(KEYS))["privateKey"]
    pem = base64.b64decode(given).decode()
    body = pem.split("\n")[1]
    wrapped = pem.replace(body, textwrap.fill(body, 64))
    traditional = (
        serialization.load_pem_private_key(pem.encode(), None)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        .decode()
    )
    for form in (given, pem, body, wrapped, traditional, base64.b64encode(traditional.encode()).decode()):
        with pytest.raises(SigningKeyNotFoundError) as error:
            sandbox.store.signing_keys.get(form)
        in_path = http.get(f"{KEYS}/{quote(form, safe='')}")
        in_query = http.get(f"{KEYS}?key={quote(form, safe='')}")
        in_header = http.get(KEYS, headers={"Idempotency-Key": " ".join(form.split("\n"))})
        shown = f"{error.value} {in_path.text} {in_query.text} {in_header.text} {sandbox.requests}"
        for line in form.split("\n"):
            if "-" not in line and len(line) > 4:
                assert line[5:45] not in shown
                assert quote(line, safe="")[5:45] not in shown
        assert all("<secret>" in one for one in (shown, sandbox.requests[-1].idempotency_key or ""))


def test_other_requests_are_answered_while_a_key_is_made(
    sandbox: Sandbox, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow_key_pair() -> KeyPair:
        begun.set()
        assert may_end.wait(30)
        return new_key_pair()

    monkeypatch.setattr("pulumi_fastpix.sandbox.fastpix.api.new_key_pair", slow_key_pair)
    with ThreadPoolExecutor(1) as pool:
        create = pool.submit(http.post, KEYS)
        assert begun.wait(10)
        try:
            with Client(sandbox) as other:
                assert other.get(KEYS).json()["data"] == []
            sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
            assert not create.done()
        finally:
            may_end.set()
        key_id = made(create.result())["id"]
    assert [key.id for key in sandbox.store.signing_keys.list()] == [key_id]


def test_keys_can_be_made_at_once_and_again(sandbox: Sandbox) -> None:
    def create(number: int) -> str:
        with Client(sandbox) as http:
            return str(made(http.post(KEYS, headers={"Idempotency-Key": f"{number % 6}"}))["id"])

    with ThreadPoolExecutor(12) as pool:
        ids = list(pool.map(create, range(12)))
    assert ids[:6] == ids[6:]
    assert {key.id for key in sandbox.store.signing_keys.list()} == {*ids}


def test_the_store_says_which_key_it_lacks() -> None:
    with closing(Store()) as store:
        key_id = store.signing_keys.create().id
        store.signing_keys.delete(key_id)
        with pytest.raises(SigningKeyNotFoundError, match=key_id):
            store.signing_keys.delete(key_id)
