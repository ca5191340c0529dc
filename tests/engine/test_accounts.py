"""A second account in the same program: its own credentials, its own server, its secrets encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from support.engine import DYNAMIC, NATIVE, ProviderUnderTest, Stack
from support.playback_ids import ids_on

TWO_ACCOUNTS = f"""
config = pulumi.Config("studio")
studio = fastpix.Provider(
    "studio",
    access_token_id=config.require("accessTokenId"),
    secret_key=config.require("secretKey"),
    base_url=config.require("baseUrl"),
    timeout_seconds=pulumi.Output.from_input(None),
)
fastpix.LivePlaybackId("ours", stream_id="{DEMO_STREAM_ID}")
fastpix.LivePlaybackId("theirs", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
"""


def configured(tmp_path: Path, provider: ProviderUnderTest, ours: Sandbox, theirs: Sandbox) -> Stack:
    stack = Stack(tmp_path, provider=provider)
    stack.write_program(TWO_ACCOUNTS)
    stack.create()
    stack.configure_target(ours)
    stack.configure_target(theirs, "studio")
    return stack


def test_each_account_has_its_own_playback_ids_and_credentials(
    tmp_path: Path, provider: ProviderUnderTest, sandbox: Sandbox
) -> None:
    with Sandbox() as theirs:
        stack = configured(tmp_path, provider, sandbox, theirs)
        up = stack.up()
        assert up.status == 0, up.output
        ids = stack.ids()
        assert ids["ours"] in ids_on(sandbox) - ids_on(theirs)
        assert ids["theirs"] in ids_on(theirs) - ids_on(sandbox)
        state = stack.export()
        assert theirs.access_token_id in state, "the search would have found what is there in plain text"
        assert sandbox.secret_key not in state
        assert theirs.secret_key not in state

        again = stack.run("up", "--yes", "--refresh", "--expect-no-changes")
        assert again.status == 0, again.output

        # The stored secret is the old one: the error names the account, and the way to the new secret.
        stack.configure(secrets={"studio:secretKey": theirs.store.access_tokens.rotate_secret(theirs.access_token_id)})
        refused = stack.refresh()
        assert "The credentials came from the provider resource 'studio'" in refused.diagnostics, refused.output
        assert "--run-program" in refused.diagnostics
        assert "Traceback" not in refused.output
        refresh = stack.refresh("--run-program")
        assert refresh.status == 0, refresh.output
        assert stack.ids() == ids

        destroy = stack.destroy("--run-program")
        assert destroy.status == 0, destroy.output
        assert not {ids["ours"], ids["theirs"]} & (ids_on(sandbox) | ids_on(theirs))


def test_invalid_settings_of_an_account_are_reported_in_the_preview(stack: Stack, sandbox: Sandbox) -> None:
    stack.write_program(r"""
fastpix.Provider("studio", access_token_id="", secret_key="hush\n", base_url="api.fastpix.com")
""")
    preview = stack.run("preview")
    assert preview.status != 0
    assert (
        "The provider resource 'studio' has invalid settings: access_token_id is empty; secret_key contains white space"
        in (preview.diagnostics)
    )
    assert "base_url must be an address like https://" in preview.diagnostics
    assert "Traceback" not in preview.output
    assert "hush" not in preview.output
    assert sandbox.requests == []


def test_an_account_takes_nothing_from_the_environment(stack: Stack, sandbox: Sandbox) -> None:
    """Else a secret that turns out to be missing would send one account's calls to another."""
    stack.write_program(f"""
studio = fastpix.Provider("studio", access_token_id="studio-token", secret_key=pulumi.Output.from_input(None))
fastpix.LivePlaybackId("main", stream_id="{DEMO_STREAM_ID}", opts=pulumi.ResourceOptions(provider=studio))
""")
    up = stack.up(FASTPIX_SANDBOX="")
    assert up.status != 0
    assert "fastpix:secretKey of the provider resource 'studio' is missing" in up.diagnostics, up.output
    under_sandbox_exec = stack.up()
    assert "but the provider resource 'studio' is a target of its own" in under_sandbox_exec.diagnostics
    assert sandbox.requests == []


IN_A_COMPONENT = """
class Show(pulumi.ComponentResource):
    def __init__(self, name, opts):
        super().__init__("test:index:Show", name, None, opts)
        inner = pulumi.ComponentResource("test:index:Inner", "inner", None, pulumi.ResourceOptions(parent=self))
        {declaration}

Show("show", pulumi.ResourceOptions(providers={providers}))
"""
DECLARATION = 'fastpix.LivePlaybackId("main", stream_id="{id}", opts=pulumi.ResourceOptions({options}))'


@pytest.mark.parametrize("way", ["itself", "its own list", "a component", "a component's map"])
def test_a_provider_resource_of_the_other_provider_is_refused(
    way: str, provider: ProviderUnderTest, stack: Stack
) -> None:
    """Pulumi would use the stack's own account without a word."""
    other = NATIVE if provider is DYNAMIC else DYNAMIC
    options = {"itself": "provider=studio", "its own list": "providers=[studio]"}.get(way, "parent=inner")
    declaration = DECLARATION.format(id=DEMO_STREAM_ID, options=options)
    if way.startswith("a component"):
        providers = "[studio]" if way == "a component" else "{studio.package: studio}"
        declaration = IN_A_COMPONENT.format(declaration=declaration, providers=providers)
    stack.write_program(f"""
import {other.module} as other
studio = other.Provider("studio", access_token_id="studio-token", secret_key="hush")
{declaration}
""")
    # Outside the sandbox, where the account itself would be refused: newer engines configure it in previews, too.
    preview = stack.run("preview", FASTPIX_SANDBOX="")
    assert preview.status != 0
    assert "The resource 'main' and its Provider come from different modules" in preview.diagnostics
    assert "Traceback" not in preview.output


def test_a_component_may_have_an_account_of_each_provider(
    provider: ProviderUnderTest, stack: Stack, sandbox: Sandbox
) -> None:
    other = NATIVE if provider is DYNAMIC else DYNAMIC
    account = f'access_token_id="{sandbox.access_token_id}", secret_key="{sandbox.secret_key}"'
    account += f', base_url="{sandbox.base_url}"'
    declaration = DECLARATION.format(id=DEMO_STREAM_ID, options="parent=inner")
    stack.write_program(f"""
import {other.module} as other
accounts = [one.Provider(f"studio-{{one.__name__}}", {account}) for one in (fastpix, other)]
{IN_A_COMPONENT.format(declaration=declaration, providers="accounts")}
""")
    up = stack.up(FASTPIX_SANDBOX="")
    assert up.status == 0, up.output
    (made,) = (one for name, one in stack.resources().items() if name == "main")
    assert f"::studio-{provider.module}::" in made["provider"]
