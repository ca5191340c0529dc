"""Access restrictions, as FastPix's SDKs since 1.2.0 have them; responses are recorded for on-demand media only."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, PlaybackIdNotFoundError, Sandbox, Store
from pulumi_fastpix.sandbox.data.records import Rules
from unit.sandbox.refusals import ABSENT_PLAYBACK_ID, PLAYBACK_ID_NOT_FOUND, invalid, refused

if TYPE_CHECKING:
    from pathlib import Path

    from unit.sandbox.client import Client

NEVER_SET: dict[str, Any] = {
    "domains": {"defaultPolicy": "allow", "allow": [], "deny": []},
    "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": []},
}


def test_restrictions_given_at_creation_are_shown_in_every_response(http: Client, demo: str, ids: str) -> None:
    agents = {"defaultPolicy": "deny", "allow": ["Mozilla", "VLC"], "deny": []}
    made = http.post(ids, json={"accessRestrictions": {"userAgents": agents}}).json()["data"]
    assert list(made) == ["id", "accessPolicy", "accessRestrictions"]
    assert made["accessRestrictions"] == {**NEVER_SET, "userAgents": agents}
    assert http.get(f"{ids}/{made['id']}").json()["data"] == made
    listed = http.get(demo).json()["data"]["playbackIds"]
    (first,) = (one for one in listed if one["id"] != made["id"])
    assert made in listed
    assert list(first) == ["id", "accessPolicy"]


def test_the_playback_id_created_with_a_stream_can_be_restricted(http: Client) -> None:
    playback = {"accessRestrictions": {"domains": {"deny": ["example.com"]}}}
    made = http.post("/live/streams", json={"playbackSettings": playback, "inputMediaSettings": {}}).json()["data"]
    (first,) = made["playbackIds"]
    assert first["accessRestrictions"]["domains"] == {**NEVER_SET["domains"], "deny": ["example.com"]}


def test_a_change_of_domains_leaves_user_agents_alone_and_resets_what_it_leaves_out(http: Client, ids: str) -> None:
    playback_id = f"{ids}/{http.post(ids, json={}).json()['data']['id']}"
    rules = {"defaultPolicy": "deny", "allow": ["*.example.com"], "deny": []}
    changed = http.patch(f"{playback_id}/domains", json=rules)
    assert (changed.status_code, changed.json()) == (200, {"success": True, "data": rules})
    http.patch(f"{playback_id}/user-agents", json={"deny": ["curl"]})
    fewer = http.patch(f"{playback_id}/domains", json={"allow": ["example.org"]}).json()["data"]
    assert fewer == {"defaultPolicy": "allow", "allow": ["example.org"], "deny": []}
    read = http.get(playback_id).json()["data"]["accessRestrictions"]
    assert read == {"domains": fewer, "userAgents": {**NEVER_SET["userAgents"], "deny": ["curl"]}}


@pytest.mark.parametrize("of", ["domains", "user-agents"])
def test_an_invalid_change_is_refused_and_changes_nothing(of: str, http: Client, ids: str) -> None:
    playback_id = http.post(ids, json={}).json()["data"]["id"]
    wrong = {"defaultPolicy": "maybe", "allow": "example.com", "deny": [7]}
    invalid(
        http.patch(f"{ids}/{playback_id}/{of}", json=wrong),
        *(("defaultPolicy", "is invalid"), ("allow", "is invalid"), ("deny.0", "is invalid")),
    )
    refused(http.patch(f"{ids}/{ABSENT_PLAYBACK_ID}/{of}", json={}), 404, PLAYBACK_ID_NOT_FOUND)
    invalid(http.patch(f"{ids}/not-a-uuid/{of}", json={}), ("playbackId", "is invalid"))
    assert "accessRestrictions" not in http.get(f"{ids}/{playback_id}").json()["data"]


def test_restrictions_that_were_never_set_are_shown_as_defaults_if_switched_on(
    sandbox: Sandbox, http: Client, demo: str, ids: str
) -> None:
    sandbox.switches.access_restrictions = "always"
    made = http.post(ids, json={}).json()["data"]
    assert made["accessRestrictions"] == NEVER_SET
    assert http.get(f"{ids}/{made['id']}").json()["data"] == made
    assert made in http.get(demo).json()["data"]["playbackIds"]


def test_restrictions_are_shown_by_their_changes_alone_if_switched_so(
    sandbox: Sandbox, http: Client, demo: str, ids: str
) -> None:
    sandbox.switches.access_restrictions = "never"
    made = http.post(ids, json={"accessRestrictions": {"domains": {"deny": ["example.com"]}}}).json()["data"]
    assert list(made) == ["id", "accessPolicy"]
    changed = http.patch(f"{ids}/{made['id']}/user-agents", json={"deny": ["curl"]})
    assert changed.json()["data"] == {**NEVER_SET["userAgents"], "deny": ["curl"]}
    assert http.get(f"{ids}/{made['id']}").json()["data"] == made
    assert made in http.get(demo).json()["data"]["playbackIds"]
    sandbox.switches.access_restrictions = "if-set"
    assert http.get(f"{ids}/{made['id']}").json()["data"]["accessRestrictions"]["domains"]["deny"] == ["example.com"]


def test_restrictions_given_at_creation_can_be_ignored_or_refused(sandbox: Sandbox, http: Client, ids: str) -> None:
    given = {"accessRestrictions": {"domains": {"defaultPolicy": "deny"}}}
    with_stream = {"playbackSettings": given, "inputMediaSettings": {}}
    sandbox.switches.restrictions_create = "ignored"
    assert list(http.post(ids, json=given).json()["data"]) == ["id", "accessPolicy"]
    (first,) = http.post("/live/streams", json=with_stream).json()["data"]["playbackIds"]
    assert list(first) == ["id", "accessPolicy"]
    sandbox.switches.restrictions_create = "refused"
    invalid(http.post(ids, json=given), ("accessRestrictions", "is invalid"))
    invalid(http.post("/live/streams", json=with_stream), ("playbackSettings.accessRestrictions", "is invalid"))
    assert http.post(ids, json={}).status_code == 201


def test_entries_with_a_wildcard_can_be_dropped_or_refused(sandbox: Sandbox, http: Client, ids: str) -> None:
    rules = {"defaultPolicy": "deny", "allow": ["example.com", "*.example.com"], "deny": ["*"]}
    kept = {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    body = {"accessRestrictions": {"domains": rules, "userAgents": rules}}
    sandbox.switches.restriction_wildcards = "dropped"
    made = http.post(ids, json=body).json()["data"]
    assert made["accessRestrictions"] == {"domains": kept, "userAgents": kept}
    assert http.patch(f"{ids}/{made['id']}/domains", json=rules).json()["data"] == kept
    sandbox.switches.restriction_wildcards = "refused"
    wildcards = [("allow.1", "is invalid"), ("deny.0", "is invalid")]
    invalid(http.patch(f"{ids}/{made['id']}/user-agents", json=rules), *wildcards)
    assert http.patch(f"{ids}/{made['id']}/user-agents", json=kept).json()["data"] == kept
    of_domains = [(f"accessRestrictions.domains.{field}", message) for field, message in wildcards]
    invalid(http.post(ids, json={"accessRestrictions": {"domains": rules, "userAgents": kept}}), *of_domains)


def test_a_change_of_restrictions_keeps_what_it_leaves_out_if_switched_on(
    sandbox: Sandbox, http: Client, ids: str
) -> None:
    body = {"accessRestrictions": {"domains": {"defaultPolicy": "deny", "allow": ["example.com"]}}}
    domains = f"{ids}/{http.post(ids, json=body).json()['data']['id']}/domains"
    sandbox.switches.restrictions_patch = "merges"
    merged = http.patch(domains, json={"deny": ["example.org"]}).json()["data"]
    assert merged == {"defaultPolicy": "deny", "allow": ["example.com"], "deny": ["example.org"]}
    sandbox.switches.restrictions_patch = "replaces"
    assert http.patch(domains, json={}).json()["data"] == NEVER_SET["domains"]


def test_restrictions_are_kept_in_the_data_file_and_deleted_with_their_playback_id(tmp_path: Path) -> None:
    data = tmp_path / "fastpix.db"
    with Sandbox(data) as sandbox:
        playback_id = sandbox.store.playback_ids.create(DEMO_STREAM_ID, restrictions={"domains": Rules(allow=("a",))})
    with closing(Store(data)) as store:
        assert store.playback_ids.restrictions(DEMO_STREAM_ID) == {playback_id: {"domains": Rules(allow=("a",))}}
        store.playback_ids.delete(DEMO_STREAM_ID, playback_id)
        assert store.playback_ids.restrictions(DEMO_STREAM_ID) == {}
        with pytest.raises(PlaybackIdNotFoundError):
            store.playback_ids.restrict(DEMO_STREAM_ID, playback_id, {"domains": Rules()})
