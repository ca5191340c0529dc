"""What Pulumi's options for failures do with our resources: those rows of docs/options.md, on the real engine."""

from __future__ import annotations

import pytest

from pulumi_fastpix.sandbox import Fault, Sandbox
from support.cases import AT_ONCE, MODULES, sent_for
from support.engine import Stack, succeeded
from support.own_streams import write_on_own_streams
from support.playback_ids import ids_on

AGAIN = """
def again(args):
    with open("asked", "a+") as asked:
        asked.write(args.name + "\\n")
        asked.seek(0)
        return asked.read().split().count(args.name) < 3

hook = pulumi.ErrorHook(f"again-{provider}", again)
module.LivePlaybackId(f"{provider}-main", stream_id=STREAMS[provider],
    opts=pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[hook])))
"""
"""With a hook that writes into a file for which resource it was asked, and has each tried again twice."""


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    """Names of resources begin with the provider's."""
    return stack_of_both


def asked(stack: Stack) -> dict[str, int]:
    """How often the hook was asked, by provider."""
    names = (stack.program_folder / "asked").read_text().split()
    return {provider: names.count(f"{provider}-main") for provider in MODULES}


def test_an_error_hook_has_a_create_tried_again_and_makes_no_second_one(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    for stream_id in streams.values():
        # Refused, so not carried out; and not a refusal after which the provider itself tries again.
        sandbox.faults.add(Fault(kind="status", status=403, method="POST", times=2, path=f"*/{stream_id}/*"))
    write_on_own_streams(stack, streams, AGAIN)
    succeeded(stack.up())
    assert asked(stack) == dict.fromkeys(MODULES, 2)
    sent = sent_for(sandbox, streams)
    for provider, stream_id in streams.items():
        assert sent[provider] == ["POST playback-ids"] * 3
        assert ids_on(sandbox, stream_id) == {stack.ids()[f"{provider}-main"]}


def test_an_error_hook_does_not_send_a_create_in_doubt_blindly_again(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    stack.environ["FASTPIX_RETRY_FOR_SECONDS"] = "2"
    for stream_id in streams.values():
        # Its response is lost, and then no list can be read: nobody knows whether it was carried out.
        lost = Fault(kind="drop", when="after", method="POST", times=1, path=f"*/{stream_id}/*")
        sandbox.faults.add(lost, Fault(kind="status", status=503, method="GET", skip=1, path=f"*/{stream_id}"))
    write_on_own_streams(stack, streams, AGAIN)
    up = stack.up(*AT_ONCE)
    assert up.status != 0
    assert asked(stack) == dict.fromkeys(MODULES, 3)
    sent = sent_for(sandbox, streams)
    for provider, stream_id in streams.items():
        assert "Nothing was sent again" in up.said_of(f"{provider}-main"), up.output
        assert sent[provider] == ["POST playback-ids"]
        assert len(ids_on(sandbox, stream_id)) == 1


def test_what_is_only_partly_done_is_replaced_if_asked_for(
    stack: Stack, sandbox: Sandbox, streams: dict[str, str]
) -> None:
    """`#initerror` stands for that in `replace_on_changes`; without it, the next run finishes what is there."""

    def declare(rules: str) -> None:
        options = 'opts=pulumi.ResourceOptions(replace_on_changes=["#initerror"])'
        inputs = f"stream_id=STREAMS[provider], access_restrictions={rules}"
        write_on_own_streams(stack, streams, f"module.LivePlaybackId(provider, {inputs}, {options})")

    declare("None")
    succeeded(stack.up())
    before = stack.ids()
    sandbox.faults.add(Fault(kind="drop", when="after", method="PATCH"))
    declare('{"domains": {"default_policy": "deny"}}')
    up = stack.up(*AT_ONCE, FASTPIX_RETRY_FOR_SECONDS="1")
    assert up.status != 0
    assert all("are not as declared" in up.said_of(provider) for provider in MODULES), up.output
    assert stack.ids() == before
    sandbox.faults.clear()
    succeeded(stack.up())
    for provider, stream_id in streams.items():
        assert stack.ids()[provider] != before[provider]
        assert before[provider] not in ids_on(sandbox, stream_id)
