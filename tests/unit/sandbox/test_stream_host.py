"""The stream host: who may watch, by access policy, token, domain and user agent; over HTTP, as players ask."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import random
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from pulumi_fastpix.sandbox import DEMO_STREAM_ID, Sandbox
from pulumi_fastpix.sandbox.data.records import NewSigningKey, Rules
from pulumi_fastpix.signing import playback_token

if TYPE_CHECKING:
    from pulumi_fastpix.sandbox.data.records import AccessPolicy, Restrictions

PARTNER, STRANGER = "https://partner.example", "https://stranger.example"
BROWSER, CURL = "Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0"
ALLOWED: Restrictions = {"domains": Rules(default_policy="deny", allow=("partner.example",))}
DENIED: Restrictions = {"domains": Rules(deny=("stranger.example",))}
NO_CURL: Restrictions = {"userAgents": Rules(deny=("curl/",))}
BROWSERS: Restrictions = {"userAgents": Rules(default_policy="deny", allow=("Mozilla/5.0",))}


@pytest.fixture
def key(sandbox: Sandbox) -> NewSigningKey:
    return sandbox.store.signing_keys.create()


def playback_id(sandbox: Sandbox, policy: AccessPolicy = "private", restrictions: Restrictions | None = None) -> str:
    return sandbox.store.playback_ids.create(DEMO_STREAM_ID, policy, restrictions=restrictions or {})


def token_for(playback_id: str, key: NewSigningKey) -> str:
    return playback_token(playback_id, key.id, key.private_key, valid_for=60)


def watch(
    sandbox: Sandbox, id_: str, token: str | None = None, origin: str | None = None, agent: str = BROWSER, **more: str
) -> requests.Response:
    headers = {"User-Agent": agent, **({"Origin": origin} if origin else {}), **more}
    address = f"{sandbox.stream_url}/{id_}.m3u8"
    return requests.get(address, params={"token": token} if token else None, headers=headers, timeout=10)


def test_a_public_playback_id_plays_for_everybody(sandbox: Sandbox) -> None:
    (id_, _), *_ = sandbox.store.playback_ids.list(DEMO_STREAM_ID)
    response = watch(sandbox, id_)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.text.startswith("#EXTM3U\n")
    assert watch(sandbox, playback_id(sandbox)).headers["access-control-allow-origin"] == "*", "a page may read why"
    assert requests.head(response.url, timeout=10).status_code == 200
    assert sandbox.requests == [], "it is no request to the API"
    assert watch(sandbox, id_, token="nonsense").status_code == 200


def test_what_does_not_exist_is_not_found(sandbox: Sandbox) -> None:
    id_ = playback_id(sandbox, "public")
    sandbox.store.playback_ids.delete(DEMO_STREAM_ID, id_)
    for one in (id_, "43751449-62d6-42e4-8153-783e28c31ed1", "nonsense"):
        response = watch(sandbox, one)
        assert (response.status_code, response.json()) == (404, {"sandbox": "There is no such playback ID."})
    with_stream = playback_id(sandbox, "public")
    sandbox.store.live_streams.delete(DEMO_STREAM_ID)
    assert watch(sandbox, with_stream).status_code == 404


@pytest.mark.parametrize("policy", ["public", "private"])
@pytest.mark.parametrize("domains", [{}, ALLOWED, DENIED])
@pytest.mark.parametrize("agents", [{}, NO_CURL, BROWSERS])
def test_policy_domains_and_user_agents_are_checked_each_on_its_own(
    policy: Any, domains: Restrictions, agents: Restrictions, sandbox: Sandbox, key: NewSigningKey
) -> None:
    id_ = playback_id(sandbox, policy, {**domains, **agents})
    for with_token, origin, agent in itertools.product([True, False], [PARTNER, STRANGER, None], [BROWSER, CURL]):
        token = token_for(id_, key) if with_token else None
        page_is_let_in = {0: True, 1: origin == PARTNER, 2: origin != STRANGER}[[{}, ALLOWED, DENIED].index(domains)]
        expected = 200
        if policy == "private" and not with_token:
            expected = 401
        elif not page_is_let_in or (agents and agent == CURL):
            expected = 403
        response = watch(sandbox, id_, token, origin, agent)
        assert response.status_code == expected, response.text
        seen = sandbox.can_watch(id_, token=token, origin=origin, user_agent=agent)
        assert seen == (expected == 200)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://partner.example:8443"}, 200),
        ({"Origin": "https://PARTNER.example"}, 200),
        ({"Referer": "https://partner.example/page?with=query"}, 200),
        ({"Origin": "null", "Referer": "https://partner.example/"}, 200),
        ({"Origin": STRANGER, "Referer": "https://partner.example/"}, 403),
        ({"Origin": "https://www.partner.example"}, 403),
        ({"Origin": "https://partner.example.stranger.example"}, 403),
        ({"Origin": "https://[partner.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_the_page_is_known_by_origin_or_else_by_referer(headers: dict[str, str], status: int, sandbox: Sandbox) -> None:
    assert watch(sandbox, playback_id(sandbox, "public", ALLOWED), **headers).status_code == status


def test_wildcards_stand_for_subdomains(sandbox: Sandbox) -> None:
    id_ = playback_id(sandbox, "public", {"domains": Rules(default_policy="deny", allow=("*.partner.example",))})
    for origin, seen in (
        ("https://www.partner.example", True),
        ("https://a.b.partner.example", True),
        ("https://badpartner.example", False),
        (PARTNER, False),
    ):
        assert sandbox.can_watch(id_, origin=origin) == seen
    sandbox.switches.wildcard_domain = "also-itself"
    assert sandbox.can_watch(id_, origin=PARTNER)
    assert not sandbox.can_watch(id_)
    sandbox.switches.unknown_domain = "let-in"
    assert sandbox.can_watch(id_)


@pytest.mark.parametrize(
    ("entry", "let_in", "kept_out"),
    [
        ("*", PARTNER, None),
        ("www.*.example", "https://www.partner.example", PARTNER),
        ("partner-*.example", "https://partner-2.example", PARTNER),
        ("*.partner.example", "https://WWW.partner.example", "https://www.partner.example.stranger.example"),
        ("par.*", "https://par.is", "https://paris.example"),
    ],
)
def test_a_wildcard_stands_for_any_characters(entry: str, let_in: str, kept_out: str | None, sandbox: Sandbox) -> None:
    allowed = playback_id(sandbox, "public", {"domains": Rules(default_policy="deny", allow=(entry,))})
    denied = playback_id(sandbox, "public", {"domains": Rules(deny=(entry,))})
    assert [sandbox.can_watch(one, origin=let_in) for one in (allowed, denied)] == [True, False]
    if kept_out is not None:
        assert [sandbox.can_watch(one, origin=kept_out) for one in (allowed, denied)] == [False, True]


def test_a_domain_may_stand_for_its_subdomains(sandbox: Sandbox) -> None:
    id_ = playback_id(sandbox, "public", ALLOWED)
    pages = (PARTNER, "https://www.partner.example", "https://badpartner.example")
    assert [sandbox.can_watch(id_, origin=page) for page in pages] == [True, False, False]
    sandbox.switches.plain_domain = "also-subdomains"
    assert [sandbox.can_watch(id_, origin=page) for page in pages] == [True, True, False]


def test_who_has_no_user_agent_is_refused_where_only_some_may_play_unless_the_switch_says_so(sandbox: Sandbox) -> None:
    some, all_but = playback_id(sandbox, "public", BROWSERS), playback_id(sandbox, "public", NO_CURL)
    assert [sandbox.can_watch(one, user_agent=None) for one in (some, all_but)] == [False, True]
    sandbox.switches.unknown_user_agent = "let-in"
    assert [sandbox.can_watch(one, user_agent=None) for one in (some, all_but)] == [True, True]
    with closing(HTTPConnection(sandbox.stream_url.removeprefix("http://"), timeout=10)) as silent:
        silent.request("GET", f"/{some}.m3u8")  # without a User-Agent, which every other library sends
        assert silent.getresponse().status == 200


def test_the_token_of_a_public_playback_id_may_be_checked(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox, "public")
    sandbox.switches.signed_public = "checked"
    assert not sandbox.can_watch(id_, token="nonsense")
    assert "the token is no JWT" in watch(sandbox, id_, "nonsense").text
    assert sandbox.can_watch(id_, token=token_for(id_, key))
    assert sandbox.can_watch(id_), "none is needed"


def test_a_change_of_rules_counts_at_once(sandbox: Sandbox) -> None:
    id_ = playback_id(sandbox, "public")
    assert sandbox.can_watch(id_, origin=STRANGER)
    sandbox.store.playback_ids.restrict(DEMO_STREAM_ID, id_, ALLOWED)
    assert not sandbox.can_watch(id_, origin=STRANGER)


@dataclass
class Change:
    """One change of a valid token's header, claims or signing key."""

    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = None
    reason: str = ""


FOREIGN_KEY = rsa.generate_private_key(65537, 2048)
CHANGES = {
    "another playback ID": Change(claims={"aud": f"media:{DEMO_STREAM_ID}"}, reason="for something else"),
    "for DRM": Change(claims={"aud": "drm:{id}"}, reason="for something else"),
    "no audience": Change(claims={"aud": None}, reason="claims aud and exp"),
    "expired": Change(claims={"exp": 1}, reason="has expired"),
    "no end": Change(claims={"exp": None}, reason="claims aud and exp"),
    "not yet": Change(claims={"nbf": 4102444800}, reason="isn't valid"),
    "another key's signature": Change(key=FOREIGN_KEY, reason="signed with another key"),
    "another key in the claims": Change(claims={"kid": "b7158b65-302d-4fbd-9c48-503ca92bdd25"}, reason="names one"),
    "an unknown key": Change(header={"kid": "b7158b65-302d-4fbd-9c48-503ca92bdd25"}, reason="doesn't exist"),
    "no key": Change(header={"kid": None}, reason="names no signing key"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_token_with_any_change_is_refused(change: Change, sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    valid = token_for(id_, key)
    assert watch(sandbox, id_, valid).status_code == 200
    claims = {**jwt.decode(valid, options={"verify_signature": False}), **change.claims}
    claims = {
        name: one.format(id=id_) if isinstance(one, str) else one for name, one in claims.items() if one is not None
    }
    header = {name: one for name, one in {"kid": key.id, **change.header}.items() if one is not None}
    pem = base64.b64decode(key.private_key)
    changed = jwt.encode(claims, change.key or pem, algorithm="RS256", headers=header)
    response = watch(sandbox, id_, changed)
    assert response.status_code == 401
    assert change.reason in response.json()["sandbox"]
    assert changed not in response.text
    sandbox.switches.bad_token = 403
    assert watch(sandbox, id_, changed).status_code == 403


def part(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_other_algorithms_are_refused(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    claims = jwt.decode(token_for(id_, key), options={"verify_signature": False})
    unsigned = f"{part({'alg': 'none', 'typ': 'JWT', 'kid': key.id})}.{part(claims)}."
    # What a careless check takes for a signature: the public key, which is no secret, as the secret of an HMAC.
    head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': key.id})}.{part(claims)}"
    public_key = sandbox.store.signing_keys.get(key.id).public_key.encode()
    by_hmac = f"{head}.{part(hmac.new(public_key, head.encode(), hashlib.sha256).digest())}"
    for forged in (unsigned, by_hmac, "nonsense", "a.b.c", ""):
        assert watch(sandbox, id_, forged).status_code == 401


def test_nonsense_in_a_token_is_refused_as_any_other(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    deep = b"[" * 40_000
    for head in (b'{"alg": "RS256", "kid": "\\ud800"}', b'{"alg": "RS256", "kid": {}}', b"[]", deep):
        assert watch(sandbox, id_, f"{part(head)}.{part({})}.{part(b'signature')}").status_code == 401, head[:40]
    algorithm = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    private_key: Any = algorithm.prepare_key(base64.b64decode(key.private_key))
    header = {"alg": "RS256", "kid": key.id}
    for claim in ('"exp": 1e999', '"exp": [1]', '"exp": 4102444800, "nbf": 1e999', '"exp": 4102444800, "iat": {}'):
        claims = f'{{"aud": "media:{id_}", {claim}}}'.encode()
        signed = f"{part(header)}.{part(claims)}"
        token = f"{signed}.{part(algorithm.sign(signed.encode(), private_key))}"
        assert watch(sandbox, id_, token).status_code == 401, claim
    signed = f"{part(header)}.{part(deep[:9000])}"
    token = f"{signed}.{part(algorithm.sign(signed.encode(), private_key))}"
    assert watch(sandbox, id_, token).status_code == 401


def test_every_token_that_is_signed_is_accepted_and_none_with_a_byte_changed(
    sandbox: Sandbox, key: NewSigningKey
) -> None:
    chance = random.Random(17)  # noqa: S311 - repeatable, not secret
    other = sandbox.store.signing_keys.create()
    for _ in range(60):
        id_, chosen = playback_id(sandbox), chance.choice([key, other])
        expires_at = datetime.now(timezone.utc) + timedelta(seconds=chance.choice([30, 900, 10**6, 10**9]))
        issued_at = chance.choice([None, datetime.now(timezone.utc)])
        token = playback_token(id_, chosen.id, chosen.private_key, expires_at=expires_at, issued_at=issued_at)
        assert sandbox.can_watch(id_, token=token)
        place = chance.randrange(len(token) - 1)  # the last bits of the last character may mean nothing
        wrong = "A" if token[place] != "A" else "B"
        assert not sandbox.can_watch(id_, token=token[:place] + wrong + token[place + 1 :])
        assert not sandbox.can_watch(playback_id(sandbox), token=token)


def test_a_deleted_key_and_another_workspaces_open_nothing(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    token = token_for(id_, key)
    foreign = sandbox.store.signing_keys.create(workspace="another")
    assert not sandbox.can_watch(id_, token=token_for(id_, foreign))
    assert sandbox.can_watch(id_, token=token)
    sandbox.store.signing_keys.delete(key.id)
    assert not sandbox.can_watch(id_, token=token)


def test_a_token_ends(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    token = playback_token(id_, key.id, key.private_key, valid_for=2)
    assert sandbox.can_watch(id_, token=token)
    until = time.monotonic() + 30
    while sandbox.can_watch(id_, token=token) and time.monotonic() < until:
        time.sleep(0.2)
    assert "has expired" in watch(sandbox, id_, token).text


def test_tokens_for_drm_open_where_the_switch_says_so(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    token = playback_token(id_, key.id, key.private_key, valid_for=60, audience="drm")
    assert not sandbox.can_watch(id_, token=token)
    sandbox.switches.accepted_audience = "media-or-drm"
    assert sandbox.can_watch(id_, token=token)


def test_other_requests_are_not_the_stream_hosts(sandbox: Sandbox, key: NewSigningKey) -> None:
    id_ = playback_id(sandbox)
    token = token_for(id_, key)
    address = f"{sandbox.stream_url}/{id_}.m3u8"
    assert requests.post(address, timeout=10).status_code == 405
    assert requests.get(f"{address}/x", params={"token": token, "key": key.private_key}, timeout=10).status_code == 404
    (logged,) = sandbox.requests
    assert logged.query == "token=<secret>&key=<secret>"
