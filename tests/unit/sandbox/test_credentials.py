"""Credentials: the sandbox accepts only its own, keeps workspaces apart, and logs no secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, AccessTokenNotFoundError, Sandbox
from pulumi_fastpix.sandbox.data.records import AccessToken

if TYPE_CHECKING:
    from unit.sandbox.client import Client


def get(sandbox: Sandbox, path: str, token_id: str, secret: str) -> int:
    return requests.get(sandbox.base_url + path, auth=(token_id, secret), timeout=10).status_code


def test_credentials_cannot_be_mistaken_for_real_ones(sandbox: Sandbox) -> None:
    assert re.fullmatch(r"sandbox-[0-9a-f]{8}", sandbox.access_token_id)
    assert re.fullmatch(r"sandbox-secret-[0-9a-f]{32}", sandbox.secret_key)


def test_each_data_file_has_credentials_of_its_own(sandbox: Sandbox) -> None:
    with Sandbox(seed=1) as other, Sandbox(seed=1) as another:
        assert len({one.secret_key for one in (sandbox, other, another)}) == 3


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer abc", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w==", "Basic Og==", "Basic \xe9"],
)
def test_a_request_without_valid_credentials_is_unauthorized(sandbox: Sandbox, demo: str, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = requests.get(sandbox.base_url + demo, headers=headers, timeout=10)
    assert response.status_code == 401
    assert response.json()["error"]["message"] == "unauthorized"
    assert response.json()["error"]["description"].startswith("This happens because of 1)Miss match between")


def test_a_rotated_secret_replaces_the_old_one(sandbox: Sandbox, demo: str) -> None:
    old = sandbox.secret_key
    new = sandbox.store.access_tokens.rotate_secret(sandbox.access_token_id)
    assert sandbox.environment()["FASTPIX_PASSWORD"] == new != old
    assert get(sandbox, demo, sandbox.access_token_id, old) == 401
    assert get(sandbox, demo, sandbox.access_token_id, new) == 200


def test_a_revoked_token_is_refused(sandbox: Sandbox, demo: str) -> None:
    token = sandbox.store.access_tokens.add()
    assert get(sandbox, demo, token.id, token.secret) == 200
    assert get(sandbox, demo, token.id, sandbox.secret_key) == 401
    sandbox.store.access_tokens.revoke(token.id)
    assert get(sandbox, demo, token.id, token.secret) == 401
    for refuses in (
        sandbox.store.access_tokens.get,
        sandbox.store.access_tokens.rotate_secret,
        sandbox.store.access_tokens.revoke,
    ):
        with pytest.raises(AccessTokenNotFoundError, match="may have been revoked"):
            refuses(token.id)


def test_the_default_token_is_one_that_may_write(sandbox: Sandbox) -> None:
    sandbox.store.access_tokens.add(workspace="elsewhere")
    sandbox.store.access_tokens.add(read_only=True)
    writer = sandbox.store.access_tokens.add()
    sandbox.store.access_tokens.revoke(sandbox.access_token_id)
    assert sandbox.store.access_tokens.default() == writer


def test_a_read_only_token_is_forbidden_to_change_anything(sandbox: Sandbox, demo: str, ids: str) -> None:
    token = sandbox.store.access_tokens.add(read_only=True)
    with requests.Session() as reader:
        reader.auth = (token.id, token.secret)
        for read in (reader.get, reader.head):
            assert read(sandbox.base_url + demo, timeout=10).status_code == 200
        for response in (
            reader.post(sandbox.base_url + ids, json={}, timeout=10),
            reader.delete(sandbox.base_url + demo, timeout=10),
        ):
            assert response.status_code == 403
            error = response.json()["error"]
            assert (error["code"], error["message"]) == (403, "forbidden")
            assert error["description"].startswith("The Access token does not have permissions to perform the request.")
    assert len(sandbox.store.playback_ids.list(DEMO_STREAM_ID)) == 1


def test_a_token_of_another_workspace_sees_no_stream_of_this_one(sandbox: Sandbox, http: Client, demo: str) -> None:
    """FastPix responds exactly as if the stream did not exist."""
    token = sandbox.store.access_tokens.add(workspace="elsewhere")
    absent = http.get("/live/streams/" + "0" * 32)
    http.auth = (token.id, token.secret)
    response = http.get(demo)
    assert (response.status_code, response.text) == (404, absent.text)
    assert http.get("/live/streams").json()["data"] == []


def test_no_secret_is_logged(sandbox: Sandbox, http: Client, demo: str) -> None:
    http.get(demo)
    # Id and secret swapped; and real credentials.
    get(sandbox, demo, sandbox.secret_key, sandbox.access_token_id)
    get(sandbox, demo, "5f6a8c02-0d5c-4e53-9d7b-real-token", "real-secret")
    assert [one.token_id for one in sandbox.requests] == [sandbox.access_token_id, None, None]
    written = repr(sandbox.requests) + "".join(str(one) for one in sandbox.requests)
    for secret in (sandbox.secret_key, "real-secret", "real-token"):
        assert secret not in written


def test_a_token_does_not_show_its_secret(sandbox: Sandbox) -> None:
    token = sandbox.store.access_tokens.default()
    assert isinstance(token, AccessToken)
    assert token.secret not in repr(token)
