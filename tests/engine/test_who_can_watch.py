"""What a program declares is who can watch: every combination of access policy, rules and token, at the stream host."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import requests

from pulumi_fastpix.sandbox import Sandbox
from support.cases import MODULES, through_both
from support.engine import Stack, counts

POLICIES = ("public", "private")
DOMAINS = {
    "anywhere": None,
    "partner": {"default_policy": "deny", "allow": ["partner.example"]},
    "nocopy": {"deny": ["copy.example"]},
}
AGENTS = {"any": None, "browsers": {"default_policy": "deny", "allow": ["Mozilla/"]}, "nocurl": {"deny": ["curl/"]}}
PAGES = {"partner": "https://partner.example", "copy": "https://copy.example", "none": None}
PLAYERS = {"browser": "Mozilla/5.0", "curl": "curl/8.5.0"}


@dataclass(frozen=True)
class Declared:
    """One playback ID of the program."""

    policy: str
    domains: str
    agents: str

    @property
    def name(self) -> str:
        return f"{self.policy}-{self.domains}-{self.agents}"

    def line(self, *, opened: bool = False) -> str:
        groups = {"domains": None if opened else DOMAINS[self.domains], "user_agents": AGENTS[self.agents]}
        rules = {group: rules for group, rules in groups.items() if rules is not None}
        return (
            f'ids["{self.name}"] = module.LivePlaybackId(f"{{provider}}-{self.name}", stream_id=stream.id, '
            f'access_policy="{self.policy}", access_restrictions={rules or None})'
        )

    def answer(self, page: str, player: str, *, token: bool, opened: bool = False) -> int:
        """The documented one."""
        if self.policy == "private" and not token:
            return 401
        domains = "anywhere" if opened else self.domains
        page_may = {"anywhere": True, "partner": page == "partner", "nocopy": page != "copy"}[domains]
        player_may = self.agents == "any" or player == "browser"
        return 200 if page_may and player_may else 403


ALL = [Declared(*one) for one in itertools.product(POLICIES, DOMAINS, AGENTS)]
HEAD = """
from datetime import datetime, timezone
restrictions = {"user_agents": {"deny": ["curl/"]}}
stream = module.LiveStream(f"{provider}-main", access_policy="private", access_restrictions=restrictions)
key = module.SigningKey(f"{provider}-viewers")
until = datetime(2100, 1, 1, tzinfo=timezone.utc)
ids = {}
"""
TAIL = """
pulumi.export(provider, {
    "open": {name: one.hls_url for name, one in ids.items()},
    "signed": {name: one.signed_hls_url(key, expires_at=until) for name, one in ids.items()},
    "crew": stream.signed_hls_url(key, expires_at=until),
})
"""


def program(*, opened: bool = False) -> str:
    """All playback IDs through both providers."""
    return through_both(HEAD + "\n".join(one.line(opened=opened) for one in ALL) + TAIL)


def status(viewer: requests.Session, address: str, page: str, player: str) -> int:
    headers = {"User-Agent": PLAYERS[player], **({"Origin": origin} if (origin := PAGES[page]) else {})}
    return viewer.get(address, headers=headers, timeout=10).status_code


def answers(outputs: dict[str, Any], *, opened: bool = False) -> int:
    """Ask in every way whether what was declared through a provider is so; how often."""
    number = 0
    with requests.Session() as viewer:
        viewer.trust_env = False  # which would be searched for a proxy each time
        for one, token, page, player in itertools.product(ALL, (True, False), PAGES, PLAYERS):
            address = outputs["signed" if token else "open"][one.name]
            expected = one.answer(page, player, token=token, opened=opened)
            assert status(viewer, address, page, player) == expected, (one, token, page, player)
            number += 1
        assert [status(viewer, outputs["crew"], "none", player) for player in PLAYERS] == [200, 403]
    return number


def test_who_can_watch_is_as_declared_and_changes_with_it_in_place(stack_of_both: Stack, sandbox: Sandbox) -> None:
    stack = stack_of_both
    stack.environ["FASTPIX_STREAM_URL"] = sandbox.stream_url
    stack.write_program(program())
    up = stack.up()
    assert counts(up) == {"created": len(MODULES) * (len(ALL) + 2) + 1}, up.output
    ids, outputs, shown = stack.ids(), stack.outputs(), up.output + stack.export()
    assert outputs.keys() == MODULES.keys()
    for of_provider in outputs.values():
        assert answers(of_provider) == len(ALL) * 12
        secrets = [one.partition("token=")[2] for one in of_provider["signed"].values()]
        assert len(secrets) == len(ALL)
        assert not [secret for secret in secrets if secret in shown]

    stack.write_program(program(opened=True))
    up = stack.up()
    updated = len(MODULES) * sum(one.domains != "anywhere" for one in ALL)
    assert counts(up) == {"updated": updated, "unchanged": len(MODULES) * 8 + 1}, up.output
    assert stack.ids() == ids
    for of_provider in stack.outputs().values():
        answers(of_provider, opened=True)
