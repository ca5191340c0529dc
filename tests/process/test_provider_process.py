"""The real provider process, called as the engine calls it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.sandbox.http.request_log import peak_concurrency
from support.provider_process import UNKNOWN, ProviderProcess, ProviderProcessError, provider_process

INPUTS = {"streamId": DEMO_STREAM_ID, "accessPolicy": "public"}


@pytest.fixture
def provider(sandbox: Sandbox) -> Iterator[ProviderProcess]:
    with provider_process(sandbox.environment()) as provider:
        yield provider


def test_a_playback_id_lives_and_dies(provider: ProviderProcess, sandbox: Sandbox) -> None:
    playback_id, state = provider.create({**INPUTS, "accessPolicy": "private"})
    assert state.keys() == {"streamId", "accessPolicy", "seenBy"}
    assert (playback_id, "private") in sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    assert provider.read(playback_id, state) == (playback_id, state, {**INPUTS, "accessPolicy": "private"})
    assert provider.look_up(playback_id, {"streamId": DEMO_STREAM_ID}) == (playback_id, state)
    provider.delete(playback_id, state)
    assert provider.read(playback_id, state)[0] == ""
    provider.delete(playback_id, state)


def test_four_calls_run_at_once(provider: ProviderProcess, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="latency", seconds=0.2, method="POST"))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: provider.create(INPUTS)[0], range(4)))
    assert len(set(made)) == 4
    assert peak_concurrency(sandbox.requests) == 4


def test_check_fills_in_the_default_and_lets_unknown_values_pass(provider: ProviderProcess) -> None:
    inputs, failures = provider.check({}, {"streamId": UNKNOWN})
    assert (inputs, failures) == ({"streamId": UNKNOWN, "accessPolicy": "public"}, [])
    inputs, failures = provider.check({}, {"streamId": DEMO_STREAM_ID, "accessPolicy": UNKNOWN})
    assert (inputs["accessPolicy"], failures) == (UNKNOWN, [])


def test_check_gives_a_policy_of_null_its_default(provider: ProviderProcess) -> None:
    assert provider.check({}, {**INPUTS, "accessPolicy": None}) == (INPUTS, [])


def test_check_answers_the_same_with_empty_olds(provider: ProviderProcess) -> None:
    """The engine checks again, without olds, once it has decided to replace."""
    news = {"streamId": DEMO_STREAM_ID, "accessPolicy": "private"}
    assert provider.check(INPUTS, news) == provider.check({}, news) == (news, [])


@pytest.mark.parametrize("stream_id", ["", " ", "a b", "a/b", "a?b", "a#b", "..", "https://x.example/y", "a\n"])
def test_check_refuses_a_stream_id_that_cannot_be_right(provider: ProviderProcess, stream_id: str) -> None:
    ((name, told),) = provider.check({}, {"streamId": stream_id})[1]
    # Pulumi prints the value of the property that is named, so that only what can't be a secret has a name.
    assert name == ("" if stream_id else "streamId")
    assert "a stream ID" in told


@pytest.mark.parametrize("access_policy", ["", "drm", "Public", "PRIVATE", " public"])
def test_check_refuses_an_access_policy_that_live_does_not_know(provider: ProviderProcess, access_policy: str) -> None:
    ((name, told),) = provider.check({}, {**INPUTS, "accessPolicy": access_policy})[1]
    assert name == ("accessPolicy" if access_policy.isalpha() or not access_policy else "")
    assert "access policy must" in told


@pytest.mark.parametrize("value", [7.0, 7, True, ["a"], {"a": "b"}, [UNKNOWN]])
def test_check_refuses_what_is_no_string(provider: ProviderProcess, value: Any) -> None:
    """Every number arrives as a float."""
    _, failures = provider.check({}, {"streamId": value})
    ((name, told),) = failures
    assert name == ""
    assert told.startswith("streamId: a stream ID must be a string")


def test_check_reports_everything_at_once_and_no_secret(provider: ProviderProcess) -> None:
    key = f"0123456789abcdef0123456789abcdefk{DEMO_STREAM_ID}"
    _, failures = provider.check({}, {"streamId": key, "accessPolicy": "drm"})
    assert [name for name, _ in failures] == ["", "accessPolicy"]
    assert key not in str(failures)


STATE = {**INPUTS, "seenBy": "0123456789ab"}


@pytest.mark.parametrize(
    ("news", "answer"),
    [
        (INPUTS, ("DIFF_NONE", [])),
        ({**INPUTS, "accessPolicy": "private"}, ("DIFF_UNKNOWN", ["accessPolicy"])),
        ({**INPUTS, "streamId": "other"}, ("DIFF_UNKNOWN", ["streamId"])),
        ({"streamId": "other", "accessPolicy": "private"}, ("DIFF_UNKNOWN", ["streamId", "accessPolicy"])),
        ({**INPUTS, "streamId": UNKNOWN}, ("DIFF_UNKNOWN", ["streamId"])),
    ],
)
def test_diff(provider: ProviderProcess, news: dict[str, str], answer: tuple[str, list[str]]) -> None:
    """With `replaces` and no verdict of ours the engine shows just the inputs that differ."""
    assert provider.diff("id", STATE, news) == answer


def test_diff_after_a_refresh_compares_what_is_with_what_was_declared(provider: ProviderProcess) -> None:
    fresh = {**STATE, "accessPolicy": "private"}
    assert provider.diff("id", fresh, INPUTS) == ("DIFF_UNKNOWN", ["accessPolicy"])


def test_a_state_without_our_provider_is_taken_over(provider: ProviderProcess) -> None:
    assert provider.diff("id", STATE, INPUTS, old_provider=None) == ("DIFF_SOME", [])


def test_update_keeps_what_is_stored(provider: ProviderProcess, sandbox: Sandbox) -> None:
    assert provider.update("id", STATE, INPUTS) == STATE
    assert sandbox.requests == []


def test_a_lookup_of_what_is_missing_raises_and_a_refresh_drops_it(provider: ProviderProcess) -> None:
    missing = "43751449-62d6-42e4-8153-783e28c31ed1"
    with pytest.raises(ProviderProcessError, match="Could not look up playback ID"):
        provider.look_up(missing, {"streamId": DEMO_STREAM_ID})
    assert provider.read(missing, STATE)[0] == ""


def test_without_credentials_only_what_needs_them_fails() -> None:
    with provider_process() as provider:
        assert provider.check({}, INPUTS) == (INPUTS, [])
        assert provider.diff("id", STATE, INPUTS) == ("DIFF_NONE", [])
        with pytest.raises(ProviderProcessError, match="no credentials were found"):
            provider.create(INPUTS)


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


def test_a_create_whose_answer_is_lost_is_not_repeated(sandbox: Sandbox) -> None:
    before = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    sandbox.faults.add(Fault(kind="drop", when="after", method="POST", times=1))
    with provider_process({**sandbox.environment(), "FASTPIX_RETRY_FOR_SECONDS": "4"}) as provider:
        made, _ = provider.create(INPUTS)
    assert len(sandbox.mutating_requests) == 1
    assert sandbox.store.playback_ids.list(DEMO_STREAM_ID) == [*before, (made, "public")]
