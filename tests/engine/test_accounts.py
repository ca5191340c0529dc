"""A second account in the same program: its own credentials, its own server, its secrets encrypted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.cases import AT_ONCE, BOTH_PROVIDERS, MODULES, through_both
from support.engine import Stack, succeeded
from support.playback_ids import ids_on

STREAM = f"stream_id={DEMO_STREAM_ID!r}"
TWO_ACCOUNTS = f"""
config = pulumi.Config("studio")
studio = module.Provider(
    "studio",
    access_token_id=config.require("accessTokenId"),
    secret_key=config.require("secretKey"),
    base_url=config.require("baseUrl"),
    timeout_seconds=pulumi.Output.from_input(None),
)
module.LivePlaybackId(f"ours-{{provider}}", {STREAM})
module.LivePlaybackId(f"theirs-{{provider}}", {STREAM}, opts=pulumi.ResourceOptions(provider=studio))
"""
INVALID_SETTINGS = r"""
refused = []
for name, module in (("studio-dynamic", fastpix), ("studio-native", native)):
    try:
        module.Provider(name, access_token_id="", secret_key="hush\n", base_url="api.fastpix.com")
    except pulumi.RunError as error:  # which would end the program
        pulumi.log.error(str(error))
        refused.append(error)
raise refused[-1]
"""
WITHOUT_A_SECRET_KEY = f"""
nothing = pulumi.Output.from_input(None)
studio = module.Provider("studio", access_token_id="studio-token", secret_key=nothing)
module.LivePlaybackId(f"main-{{provider}}", {STREAM}, opts=pulumi.ResourceOptions(provider=studio))
"""
COMPONENT = """
class Show(pulumi.ComponentResource):
    def __init__(self, name, opts, declare):
        super().__init__("test:index:Show", name, None, opts)
        declare(parent=pulumi.ComponentResource("test:index:Inner", name, None, pulumi.ResourceOptions(parent=self)))
"""
WAYS = {
    "itself": "declare(provider=studio)",
    "its-own-list": "declare(providers=[studio])",
    "a-component": "Show(name, pulumi.ResourceOptions(providers=[studio]), declare)",
    "a-components-map": "Show(name, pulumi.ResourceOptions(providers={studio.package: studio}), declare)",
}
"""How a playback ID gets its account."""
AS_FUNCTIONS = ", ".join(f"{way!r}: lambda: {statement}" for way, statement in WAYS.items())
OF_THE_OTHER_MODULE = f"""
{COMPONENT}
refused = []
for provider, module, other in (("dynamic", fastpix, native), ("native", native, fastpix)):
    studio = other.Provider(f"studio-of-the-other-than-{{provider}}", access_token_id="studio-token", secret_key="hush")
    def declare(**options):
        module.LivePlaybackId(name, {STREAM}, opts=pulumi.ResourceOptions(**options))

    for way, declared in {{{AS_FUNCTIONS}}}.items():
        name = f"{{way}}-{{provider}}"
        try:
            declared()
        except pulumi.RunError as error:  # which would end the program
            pulumi.log.error(str(error))
            refused.append(error)
raise refused[-1]
"""
OF_EITHER_MODULE = f"""
{COMPONENT}
def declare(**options):
    for module in (fastpix, native):
        module.LivePlaybackId(f"main-{{module.__name__}}", {STREAM}, opts=pulumi.ResourceOptions(**options))

accounts = [one.Provider(f"studio-{{one.__name__}}", **account) for one in (fastpix, native)]
Show("show", pulumi.ResourceOptions(providers=accounts), declare)
"""


@pytest.fixture
def stack(stack_of_both: Stack) -> Stack:
    return stack_of_both


@pytest.fixture
def theirs() -> Iterator[Sandbox]:
    """What the second account leads to."""
    with Sandbox() as other:
        yield other


def test_each_account_has_its_own_playback_ids_and_credentials(
    tmp_path: Path, sandbox: Sandbox, theirs: Sandbox
) -> None:
    stack = Stack(tmp_path)
    stack.write_program(through_both(TWO_ACCOUNTS))
    stack.create()
    accounts = {"fastpix": sandbox, "studio": theirs}
    tokens = {f"{namespace}:accessTokenId": account.access_token_id for namespace, account in accounts.items()}
    addresses = {f"{namespace}:baseUrl": account.base_url for namespace, account in accounts.items()}
    secrets = {f"{namespace}:secretKey": account.secret_key for namespace, account in accounts.items()}
    stack.configure(tokens | addresses, secrets)
    succeeded(stack.up())
    ids = stack.ids()
    for provider in MODULES:
        assert ids[f"ours-{provider}"] in ids_on(sandbox) - ids_on(theirs)
        assert ids[f"theirs-{provider}"] in ids_on(theirs) - ids_on(sandbox)
    state = json.dumps(stack.deployment())
    assert theirs.access_token_id in state, "the search would have found what is there in plain text"
    assert sandbox.secret_key not in state
    assert theirs.secret_key not in state

    succeeded(stack.run("up", "--yes", "--refresh", "--expect-no-changes"))

    # The stored secret is the old one: the error names the account, and the way to the new secret.
    stack.configure(secrets={"studio:secretKey": theirs.store.access_tokens.rotate_secret(theirs.access_token_id)})
    refused = stack.refresh("--parallel=32")
    for provider in MODULES:
        said = refused.said_of(f"theirs-{provider}")
        assert "The credentials came from the provider resource 'studio'" in said, refused.output
        assert "--run-program" in said
    assert "Traceback" not in refused.output
    succeeded(stack.refresh("--run-program"))
    assert stack.ids() == ids

    succeeded(stack.destroy("--run-program"))
    assert not {*ids.values()} & (ids_on(sandbox) | ids_on(theirs))


def test_invalid_settings_of_an_account_are_reported_in_the_preview(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(BOTH_PROVIDERS + INVALID_SETTINGS)
    preview = stack.run("preview")
    assert preview.status != 0
    for provider in MODULES:
        problems = "access_token_id is empty; secret_key contains white space"
        (line,) = {
            line.strip()
            for line in preview.diagnostics.splitlines()
            if f"The provider resource 'studio-{provider}' has invalid settings: {problems}" in line
        }
        assert "base_url must be an address like https://" in line
    assert "Traceback" not in preview.output
    assert "hush" not in preview.output
    assert sandbox.requests == []


def test_an_account_takes_nothing_from_the_environment(stack: Stack, sandbox: Sandbox) -> None:
    """Else a secret that turns out to be missing would send one account's calls to another."""
    stack.write_program(through_both(WITHOUT_A_SECRET_KEY))
    up = stack.up(*AT_ONCE, FASTPIX_SANDBOX="")
    assert up.status != 0
    for provider in MODULES:
        missing = "fastpix:secretKey of the provider resource 'studio' is missing"
        assert missing in up.said_of(f"main-{provider}"), up.output
    for provider, module in MODULES.items():
        # One after the other, since this ends a run at once.
        stack.write_program(f"{BOTH_PROVIDERS}provider, module = {provider!r}, {module}\n{WITHOUT_A_SECRET_KEY}")
        under_sandbox_exec = stack.up()
        assert "but the provider resource 'studio' is a target of its own" in under_sandbox_exec.diagnostics
    assert sandbox.requests == []


def test_a_provider_resource_of_the_other_provider_is_refused(stack: Stack) -> None:
    """Pulumi would use the stack's own account without a word."""
    stack.write_program(BOTH_PROVIDERS + OF_THE_OTHER_MODULE)
    # Outside the sandbox, where the account itself would be refused: newer engines configure it in previews, too.
    preview = stack.run("preview", FASTPIX_SANDBOX="")
    assert preview.status != 0
    for provider in MODULES:
        for way in WAYS:
            refused = f"The resource '{way}-{provider}' and its Provider come from different modules"
            assert refused in preview.diagnostics, preview.output
    assert "Traceback" not in preview.output


def test_a_component_may_have_an_account_of_each_provider(stack: Stack, sandbox: Sandbox) -> None:
    keys = {"access_token_id": sandbox.access_token_id, "secret_key": sandbox.secret_key, "base_url": sandbox.base_url}
    stack.write_program(f"{BOTH_PROVIDERS}account = {keys}\n{OF_EITHER_MODULE}")
    succeeded(stack.up(FASTPIX_SANDBOX=""))
    made = stack.resources()
    for module in ("pulumi_fastpix", "pulumi_fastpix.native"):
        assert f"::studio-{module}::" in made[f"main-{module}"]["provider"]
