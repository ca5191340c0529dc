"""Processes are killed amid creates: the journal tells what they made, and nothing is made twice."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Fault, Sandbox, Switches
from support.cases import AT_ONCE, MODULES, through_both
from support.commands import fastpix, follow
from support.creates_to_kill import CREATES, FOR_GOOD, ON_ITS_WAY, Creates, Moment, WaitingForAll, noted
from support.engine import Stack, succeeded
from support.killing import Victims, up_killed
from support.playback_ids import ids_on
from support.stream_secrets import secrets_of

CLOSED = {"domains": {"default_policy": "deny"}}
TOLD = "A provider process was killed during this run."

BEFORE_THE_REQUEST = Moment("GET", "begun", made=False)
MOMENTS = {
    "before-the-request": BEFORE_THE_REQUEST,
    **{
        f"request-on-its-way-{maker}": Moment("POST", "sending", seconds=ON_ITS_WAY, makers=(maker,))
        for maker in MODULES
    },
    "response-on-its-way": Moment("POST", "sending", when="after"),
    "after-the-response": Moment("PATCH", "made", certain=True, restrictions=CLOSED),
}
ON_THEIR_WAY = [name for name, moment in MOMENTS.items() if moment.seconds == ON_ITS_WAY]


@pytest.fixture
def clock() -> WaitingForAll:
    return WaitingForAll()


@pytest.fixture
def sandbox(clock: WaitingForAll) -> Iterator[Sandbox]:
    with Sandbox(switches=Switches(restrictions_create="ignored"), clock=clock) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("victims", "moments"),
    [
        ("provider", [*MOMENTS]),
        ("all", [*MOMENTS]),
        # Alone, since a provider that has the responses to all of them ends by itself then.
        ("pulumi", ON_THEIR_WAY),
        ("pulumi", [name for name in MOMENTS if name not in ON_THEIR_WAY]),
    ],
    ids=["provider", "all", "pulumi-requests-on-their-way", "pulumi-other-moments"],
)
def test_what_a_killed_process_made_is_recovered(
    stack_of_both: Stack, sandbox: Sandbox, clock: WaitingForAll, victims: Victims, moments: list[str]
) -> None:
    creates = Creates(stack_of_both, sandbox, clock, {name: MOMENTS[name] for name in moments})
    made = creates.killed(victims)
    for name in moments:
        assert len(made[name]) == (CREATES if MOMENTS[name].made else 0), name
    certain = [name for name in moments if MOMENTS[name].is_certain(victims)]
    uncertain = [name for name in moments if MOMENTS[name].made and name not in certain]

    if uncertain:
        # Nothing tells the six that were made from one that somebody else has made meanwhile.
        refusal = fastpix(stack_of_both, "recover")
        assert refusal.status == 1, refusal.stdout
        listed = set(refusal.stderr.split())
        for name in moments:
            asked_about = {*made[name], creates.foreign[name]} & listed
            assert asked_about == ({*made[name], creates.foreign[name]} if name in uncertain else set()), refusal
        assert not creates.before & listed

    advice = fastpix(stack_of_both, "recover", *(f"--not-ours={creates.foreign[name]}" for name in uncertain))
    assert advice.status == 0, advice.stderr
    assert not any(foreign in advice.stdout for foreign in creates.foreign.values())
    assert all(one in advice.stdout for ids in made.values() for one in ids)
    shown_as_certain = [line for line in advice.stdout.splitlines() if "(certain)" in line]
    assert len(shown_as_certain) == CREATES * len(certain)
    assert all(any(one in line for line in shown_as_certain) for name in certain for one in made[name])
    follow(stack_of_both, advice.stdout)
    creates.are_finished(made)


def test_a_provider_that_is_killed_before_it_sends_anything_leaves_nothing_to_recover(
    stack_of_both: Stack, sandbox: Sandbox, clock: WaitingForAll
) -> None:
    """So the next run can go on at once."""
    creates = Creates(stack_of_both, sandbox, clock, {"before-the-request": BEFORE_THE_REQUEST})
    made = creates.killed("provider")
    assert made == {"before-the-request": set()}
    advice = fastpix(stack_of_both, "recover")
    assert advice.status == 0, advice.stderr
    assert creates.foreign["before-the-request"] not in advice.stdout
    assert "(certain)" not in advice.stdout
    creates.are_finished(made)


@pytest.fixture
def a_provider_is_killed(stack: Stack, sandbox: Sandbox) -> Callable[[], str]:
    """Kills the provider once it has made all, and gives what the run printed."""
    stack.write_program(f"""
for number in range({CREATES}):
    fastpix.LivePlaybackId(f"camera-{{number}}", stream_id="{DEMO_STREAM_ID}")
""")

    def kill() -> str:
        before = ids_on(sandbox)
        sandbox.faults.add(Fault(kind="latency", method="POST", seconds=FOR_GOOD, when="after"))
        log = stack.folder / "up.log"
        up_killed(stack, lambda: len(ids_on(sandbox) - before) == CREATES, log, CREATES, "provider", journal=True)
        sandbox.faults.clear()
        return log.read_text()

    return kill


def test_the_run_whose_provider_is_killed_names_the_way(a_provider_is_killed: Callable[[], str]) -> None:
    """Pulumi ends the program at once, and in two of five runs shows nothing more of it: so it has ten attempts."""
    assert any(TOLD in a_provider_is_killed() for _ in range(10))


def streams_of(sandbox: Sandbox) -> set[str]:
    return {one.id for one in sandbox.store.live_streams.list()}


def assert_no_secret_is_written(stack: Stack, sandbox: Sandbox, made: set[str]) -> None:
    """Providers were answered with the secrets of what they made, and the journal is one of the files they wrote."""
    written = b"".join(file.read_bytes() for file in stack.written_files())
    assert all(one.encode() in written for one in made), "the search finds what is there"
    in_basic_form = base64.b64encode(f"{sandbox.access_token_id}:{sandbox.secret_key}".encode()).decode()
    # Nobody has the private key any more. This is how each begins, as FastPix sends it, and inside: 21 bytes, since
    # base64 of any three has the same form whatever follows.
    private_keys = (base64.b64encode(b"-----BEGIN PRIVATE KE").decode(), "BEGIN PRIVATE KEY")
    for secret in (sandbox.secret_key, in_basic_form, *secrets_of(sandbox), *private_keys):
        assert secret.encode() not in written


def test_live_streams_and_signing_keys_that_killed_providers_made(stack_of_both: Stack, sandbox: Sandbox) -> None:
    """A stream is imported as FastPix shows it, and finished by the next run; of a key, the private key is lost.

    They are killed before the creates end, so all secrets have come, and only the journal knows of what was made.
    """
    stack = stack_of_both
    concerts, matinees = ([f"{name}-{provider}" for provider in MODULES] for name in ("concert", "matinee"))
    stack.write_program(
        through_both(f"""
closed = {CLOSED}
module.LiveStream(
    "concert-" + provider, metadata={{"show": "42"}}, reconnect_window=300, access_restrictions=closed
)
module.LiveStream("matinee-" + provider, access_restrictions=closed)
module.SigningKey("viewers-" + provider)
""")
    )
    before = streams_of(sandbox)
    sandbox.faults.add(Fault(kind="latency", method="PATCH", seconds=FOR_GOOD))
    sandbox.faults.add(Fault(kind="latency", method="GET", path="*/signing-keys/*", seconds=FOR_GOOD))

    def all_are_made() -> bool:
        return [event for event, _ in noted(stack)].count("made") == 3 * len(MODULES)

    up_killed(stack, all_are_made, stack.folder / "up.log", victims="provider", journal=True)
    sandbox.faults.clear()
    keys = [key.id for key in sandbox.store.signing_keys.list()]
    assert len(keys) == len(MODULES)
    made = streams_of(sandbox) - before
    assert len(made) == 2 * len(MODULES)
    assert_no_secret_is_written(stack, sandbox, {*keys, *made})

    audit = fastpix(stack, "audit", "--all-streams").stdout
    assert "Interrupted creates of live streams:" in audit
    assert "Interrupted creates of signing keys:" in audit
    assert all(one in audit for one in made)
    assert "First find out which of them a killed run made: pulumi-fastpix recover" in audit
    refusal = stack.up(*AT_ONCE)
    assert refusal.status != 0
    for name in (*concerts, *matinees):
        said = refusal.said_of(name)
        assert said.count("Nothing was created: an earlier run made the live stream") == 1, refusal.output
    advice = fastpix(stack, "recover")
    assert advice.status == 0, advice.stderr
    assert advice.stdout.count("(certain)") == len(made)
    assert all(f"{key}  created" in advice.stdout for key in keys)
    follow(stack, advice.stdout)
    completed = stack.up()
    assert completed.status == 0, completed.output
    assert streams_of(sandbox) - before == made
    ids = stack.ids()
    assert {ids[name] for name in (*concerts, *matinees)} == made
    for name in concerts:
        assert stack.resources()[name]["inputs"]["metadata"] == {"show": "42"}
    again = stack.up("--expect-no-changes")
    assert again.status == 0, again.output


def test_what_a_run_makes_anew_after_a_killed_one_is_found_afterwards(stack_of_both: Stack, sandbox: Sandbox) -> None:
    """That run warns, and nobody has what the killed one made: `recover` finds it all the same."""
    stack = stack_of_both
    stack.write_program(
        through_both("""
module.LiveStream("concert-" + provider, metadata={"made": "through " + provider})
module.SigningKey("viewers-" + provider)
""")
    )

    def keys() -> set[str]:
        return {key.id for key in sandbox.store.signing_keys.list()}

    before = streams_of(sandbox)
    sandbox.faults.add(Fault(kind="latency", method="POST", when="after", seconds=FOR_GOOD))
    up_killed(
        stack,
        lambda: (len(streams_of(sandbox) - before), len(keys())) == (2, 2),
        stack.folder / "up.log",
        victims="provider",
        journal=True,
    )
    sandbox.faults.clear()
    assert "error reading from server: EOF" in (stack.folder / "up.log").read_text()
    lost_streams, lost_keys = streams_of(sandbox) - before, keys()
    anew = succeeded(stack.up())
    assert anew.diagnostics.count("An earlier run was killed while it created this live stream") == len(MODULES)
    assert anew.diagnostics.count("An earlier run may have made a signing key for this resource") == len(MODULES)
    succeeded(stack.up("--expect-no-changes"))

    audit = fastpix(stack, "audit").stdout
    assert "Interrupted creates of live streams:" in audit
    assert "Interrupted creates of signing keys:" in audit
    asked = fastpix(stack, "recover")
    assert asked.status == 1
    assert all(stream in asked.stderr for stream in lost_streams)
    advice = fastpix(stack, "recover", "--all-ours")
    assert advice.status == 0, advice.stderr
    assert all(f"{key}  created" in advice.stdout for key in lost_keys)
    assert "and the stack has new keys by now" in advice.stdout
    follow(stack, advice.stdout)
    (stack.program_folder / "fastpix-import.json").unlink()
    succeeded(stack.up())
    assert streams_of(sandbox) - before == {stack.ids()[f"concert-{provider}"] for provider in MODULES}

    # The keys were named: they are deleted by hand.
    assert keys() - lost_keys == {stack.ids()[f"viewers-{provider}"] for provider in MODULES}
    assert "Nothing to recover" in fastpix(stack, "recover").stdout
