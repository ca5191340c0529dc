"""What exists after an operation has failed reaches the engine: through both providers' processes, oldest SDK, too.

`make test-floor` runs this on the oldest SDK. It fails if a newer SDK has moved the variable that it relies on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import json_format

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox
from pulumi_fastpix.settings.settings import read_settings
from support.forked_python import forked
from support.playback_ids import INPUTS, ids_on
from support.provider_process import PROVIDER, ProviderProcess, ProviderProcessError, provider_process, serving

NATIVE_URN = "urn:pulumi:dev::project::fastpix:index:LivePlaybackId::main"
RESTRICTIONS = {"domains": {"defaultPolicy": "deny", "allow": ["a.example"]}, "userAgents": {"deny": ["curl"]}}
DECLARED = {**INPUTS, "accessRestrictions": RESTRICTIONS}


@pytest.fixture(params=["dynamic", "native"])
def provider(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[ProviderProcess]:
    if request.param == "dynamic":
        with provider_process(sandbox.environment(), forked("python")) as dynamic:
            yield dynamic
    else:
        with serving([forked("pulumi-resource-fastpix"), "127.0.0.1:1"], sandbox.environment()) as process:
            native = process.of(NATIVE_URN, None)
            native.configure({})
            yield native


def sandbox_mark(sandbox: Sandbox) -> str:
    return read_settings({}, sandbox.environment()).workspace_mark


def stored(error: ProviderProcessError, provider: ProviderProcess) -> tuple[str, dict[str, object]]:
    """Id and state as the engine would store them."""
    assert error.partly_done is not None
    state = json_format.MessageToDict(error.partly_done.properties)
    # Without it a dynamic resource could be neither refreshed nor deleted.
    assert state.pop("__provider", None) == (None if provider.is_native else PROVIDER)
    assert state.pop("seenBy")
    state.pop("hlsUrl", None)
    assert [*error.partly_done.reasons] == [str(error).removeprefix("Exception calling application: ")]
    return error.partly_done.id, state


def test_a_create_of_which_the_rules_failed_and_an_update_of_which_one_group_did(
    provider: ProviderProcess, sandbox: Sandbox
) -> None:
    sandbox.switches.access_restrictions = "never"
    before = ids_on(sandbox)
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", skip=1, times=1))
    with pytest.raises(ProviderProcessError, match="FastPix hasn't confirmed all of its access restrictions") as failed:
        provider.create(DECLARED)
    id_, state = stored(failed.value, provider)
    assert ids_on(sandbox) - before == {id_}
    assert state == {
        **INPUTS,
        "accessRestrictions": {**RESTRICTIONS, "userAgents": {"defaultPolicy": "unconfirmed", "deny": ["curl"]}},
    }

    other = {"domains": {"defaultPolicy": "deny", "allow": ["b.example"]}, "userAgents": {"deny": ["wget"]}}
    sandbox.faults.add(Fault(kind="status", status=422, method="PATCH", skip=1, times=1))
    with pytest.raises(ProviderProcessError, match="are not as declared") as failed:
        provider.update(id_, {**state, "seenBy": sandbox_mark(sandbox)}, {**INPUTS, "accessRestrictions": other})
    assert stored(failed.value, provider) == (
        id_,
        {**INPUTS, "accessRestrictions": {**other, "userAgents": {"defaultPolicy": "unconfirmed", "deny": ["wget"]}}},
    )


def test_an_update_that_is_refused_as_a_whole_stores_nothing_else(provider: ProviderProcess, sandbox: Sandbox) -> None:
    id_ = sandbox.store.playback_ids.create(DEMO_STREAM_ID, "public")
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    with pytest.raises(ProviderProcessError, match="are not as declared") as failed:
        provider.update(id_, {**INPUTS, "seenBy": sandbox_mark(sandbox)}, DECLARED)
    assert failed.value.partly_done is None


NEWER_SDK = """
import grpc._server
grpc._server._Context.set_trailing_metadata = None
"""


def test_where_the_engine_cannot_be_told_the_error_says_that_the_stack_does_not_have_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(NEWER_SDK)
    sandbox.switches.access_restrictions = "never"
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH"))
    environ = {**sandbox.environment(), "PYTHONPATH": str(tmp_path)}
    with provider_process(environ) as dynamic, pytest.raises(ProviderProcessError) as failed:
        dynamic.create(DECLARED)
    assert failed.value.partly_done is None
    (made,) = (id_ for id_ in ids_on(sandbox) if id_ in str(failed.value))
    assert f"so the stack doesn't have it: take {made} with `pulumi-fastpix adopt`, or delete it." in str(failed.value)
    sandbox.faults.clear()
    sandbox.faults.add(Fault(kind="status", status=403, method="PATCH", skip=1))
    state = {**INPUTS, "seenBy": sandbox_mark(sandbox)}
    with provider_process(environ) as dynamic, pytest.raises(ProviderProcessError) as failed:
        dynamic.update(made, state, DECLARED)
    assert "so the stack still has what was there before: run `pulumi refresh`" in str(failed.value)
