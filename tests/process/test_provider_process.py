"""The real provider process, called as the engine calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from support.playback_ids import INPUTS, PLAYBACK_ID, STREAM_KEY, first_id_on, ids_on
from support.provider_process import UNKNOWN, ProviderProcess, ProviderProcessError, provider_process

STATE = {**INPUTS, "seenBy": "sandbox-0123456789ab"}


@pytest.fixture(scope="module")
def checker() -> Iterator[ProviderProcess]:
    """One process for all that needs no server, and that no call changes anything of."""
    with provider_process() as provider:
        yield provider


def test_a_playback_id_is_created_read_looked_up_and_deleted(provider: ProviderProcess, sandbox: Sandbox) -> None:
    playback_id, state = provider.create({**INPUTS, "accessPolicy": "private"})
    assert state.keys() == {"streamId", "accessPolicy", "seenBy"}
    assert (playback_id, "private") in sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    assert provider.read(playback_id, state) == (playback_id, state, {**INPUTS, "accessPolicy": "private"})
    assert provider.look_up(playback_id, {"streamId": DEMO_STREAM_ID}) == (playback_id, state)
    provider.delete(playback_id, state)
    assert provider.read(playback_id, state)[0] == ""
    provider.delete(playback_id, state)


def test_check_fills_in_the_default_and_lets_unknown_values_pass(checker: ProviderProcess) -> None:
    inputs, failures = checker.check({}, {"streamId": UNKNOWN})
    assert (inputs, failures) == ({"streamId": UNKNOWN, "accessPolicy": "public"}, [])
    inputs, failures = checker.check({}, {"streamId": DEMO_STREAM_ID, "accessPolicy": UNKNOWN})
    assert (inputs["accessPolicy"], failures) == (UNKNOWN, [])


def test_check_replaces_a_null_access_policy_by_the_default(checker: ProviderProcess) -> None:
    assert checker.check({}, {**INPUTS, "accessPolicy": None}) == (INPUTS, [])


def test_check_gives_the_same_result_without_olds(checker: ProviderProcess) -> None:
    """The engine checks again, without olds, once it has decided to replace."""
    news = {"streamId": DEMO_STREAM_ID, "accessPolicy": "private"}
    assert checker.check(INPUTS, news) == checker.check({}, news) == (news, [])


@pytest.mark.parametrize("stream_id", ["", " ", "a b", "a/b", "a?b", "a#b", "..", "https://x.example/y", "a\n"])
def test_check_refuses_an_invalid_stream_id(checker: ProviderProcess, stream_id: str) -> None:
    ((name, message),) = checker.check({}, {"streamId": stream_id})[1]
    # Pulumi prints the value of the property that is named: one that might be a secret is not named.
    assert name == ("" if stream_id else "streamId")
    assert "a stream ID" in message


@pytest.mark.parametrize("access_policy", ["", "drm", "Public", "PRIVATE", " public"])
def test_check_refuses_an_access_policy_other_than_public_and_private(
    checker: ProviderProcess, access_policy: str
) -> None:
    ((name, message),) = checker.check({}, {**INPUTS, "accessPolicy": access_policy})[1]
    assert name == ("accessPolicy" if access_policy.isalpha() or not access_policy else "")
    assert "access policy must" in message


@pytest.mark.parametrize("value", [7.0, 7, True, ["a"], {"a": "b"}, [UNKNOWN]])
def test_check_refuses_a_stream_id_that_is_no_string(checker: ProviderProcess, value: Any) -> None:
    """Every number arrives as a float."""
    _, failures = checker.check({}, {"streamId": value})
    ((name, message),) = failures
    assert name == ""
    assert message.startswith("streamId: a stream ID must be a string")


def test_check_reports_all_problems_at_once_and_no_secret(checker: ProviderProcess) -> None:
    _, failures = checker.check({}, {"streamId": STREAM_KEY, "accessPolicy": "drm"})
    assert [name for name, _ in failures] == ["", "accessPolicy"]
    assert STREAM_KEY not in str(failures)


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (INPUTS, ("DIFF_NONE", [])),
        ({**INPUTS, "accessPolicy": "private"}, ("DIFF_UNKNOWN", ["accessPolicy"])),
        ({**INPUTS, "streamId": "other"}, ("DIFF_UNKNOWN", ["streamId"])),
        ({"streamId": "other", "accessPolicy": "private"}, ("DIFF_UNKNOWN", ["streamId", "accessPolicy"])),
        ({**INPUTS, "streamId": UNKNOWN}, ("DIFF_UNKNOWN", ["streamId"])),
    ],
)
def test_diff_names_the_inputs_that_replace(
    checker: ProviderProcess, news: dict[str, str], expected: tuple[str, list[str]]
) -> None:
    """With `replaces` and no verdict of ours the engine shows just the inputs that differ."""
    assert checker.diff("id", STATE, news) == expected


def test_diff_after_a_refresh_compares_the_refreshed_state_with_the_declaration(checker: ProviderProcess) -> None:
    fresh = {**STATE, "accessPolicy": "private"}
    assert checker.diff("id", fresh, INPUTS) == ("DIFF_UNKNOWN", ["accessPolicy"])


def test_diff_updates_a_state_without_the_providers_pickle(checker: ProviderProcess) -> None:
    assert checker.diff("id", STATE, INPUTS, old_provider=None) == ("DIFF_SOME", [])


def test_update_returns_the_stored_state_without_a_request(provider: ProviderProcess, sandbox: Sandbox) -> None:
    assert provider.update("id", STATE, INPUTS) == STATE
    assert sandbox.requests == []


def test_a_missing_playback_id_fails_a_lookup_and_is_dropped_by_a_refresh(provider: ProviderProcess) -> None:
    with pytest.raises(ProviderProcessError, match="Could not look up playback ID"):
        provider.look_up(PLAYBACK_ID, {"streamId": DEMO_STREAM_ID})
    assert provider.read(PLAYBACK_ID, STATE)[0] == ""


def test_without_credentials_check_and_diff_work_and_create_fails() -> None:
    with provider_process() as provider:
        assert provider.check({}, INPUTS) == (INPUTS, [])
        assert provider.diff("id", STATE, INPUTS) == ("DIFF_NONE", [])
        with pytest.raises(ProviderProcessError, match="no credentials were found"):
            provider.create(INPUTS)


def test_once_an_object_has_shown_the_wrong_side_nothing_is_created(
    provider: ProviderProcess, sandbox: Sandbox
) -> None:
    of_an_account = {**INPUTS, "seenBy": "0123456789ab"}
    for call in (
        lambda: provider.diff("id", of_an_account, INPUTS),
        lambda: provider.create(INPUTS),
        lambda: provider.read(PLAYBACK_ID, of_an_account),
        lambda: provider.update(PLAYBACK_ID, of_an_account, INPUTS),
        lambda: provider.delete(PLAYBACK_ID, of_an_account),
    ):
        with pytest.raises(ProviderProcessError, match="was made with an account, but this run talks to a sandbox"):
            call()
    assert sandbox.requests == []
    # What is on this side can be destroyed all the same.
    provider.delete(first_id_on(sandbox), STATE)
    assert ids_on(sandbox) == set()


def test_configuration_is_used_before_the_environment(sandbox: Sandbox) -> None:
    environ = {"FASTPIX_USERNAME": "other", "FASTPIX_PASSWORD": "wrong", "FASTPIX_BASE_URL": "http://127.0.0.1:1/v1"}
    with provider_process(environ) as provider:
        provider.configure(
            {
                "fastpix:accessTokenId": sandbox.access_token_id,
                "fastpix:secretKey": sandbox.secret_key,
                "fastpix:baseUrl": sandbox.base_url,
            }
        )
        assert provider.create(INPUTS)[0]


def test_a_create_whose_response_is_lost_is_claimed_and_not_repeated(sandbox: Sandbox) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with provider_process({**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "4"}) as provider:
        made, _ = provider.create(INPUTS)
    assert len(sandbox.mutating_requests) == 1
    assert sandbox.store.playback_ids.list(DEMO_STREAM_ID) == [*before, (made, "public")]
