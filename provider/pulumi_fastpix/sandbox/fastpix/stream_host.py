"""FastPix's stream host: who may watch by a playback ID, as its access policy, a token and its restrictions say.

FastPix has it at an address of its own, `https://stream.fastpix.com/<playback ID>.m3u8`, and asks for no credentials.
The order in which it checks, its texts, and what isn't a switch here are our guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pulumi_fastpix.sandbox.data.identifiers import PLAYBACK_ID
from pulumi_fastpix.sandbox.data.records import Rules
from pulumi_fastpix.sandbox.errors import SigningKeyNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.switches import Switches

ALGORITHM = "RS256"


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """What a player sends along when it asks for a stream.

    Attributes:
        token: in the query of the address.
        origin: the header `Origin`: the page that plays.
        referer: the header `Referer`, which tells the same where there is no `Origin`.
        user_agent: the header `User-Agent`, if there is one.
    """

    token: str | None = None
    origin: str | None = None
    referer: str | None = None
    user_agent: str | None = None

    @property
    def domain(self) -> str | None:
        """The domain of the page, in small letters; None if it isn't known."""
        for address in (self.origin, self.referer):
            if address and address != "null":
                return _host(address)
        return None


@dataclass(frozen=True)
class NotForYou:
    """Why a viewer may not watch.

    Attributes:
        status: 404 without such a playback ID, 401 for its token, 403 for its page or its player.
        reason: a sentence for the developer; it never has the token.
    """

    status: int
    reason: str


def refusal(playback_id: str, viewer: Viewer, store: Store, switches: Switches) -> NotForYou | None:
    """Why this viewer may not watch by this playback ID; None if it may."""
    found = store.playback_ids.find(playback_id) if PLAYBACK_ID.fullmatch(playback_id) else None
    if found is None:
        return NotForYou(404, "There is no such playback ID.")
    checked = found.access_policy == "private" or (viewer.token and switches.signed_public == "checked")
    if checked and (problem := _wrong_with_token(viewer.token, playback_id, found.workspace, store, switches)):
        return NotForYou(switches.bad_token, f"This playback ID is {found.access_policy}, and {problem}.")
    if not _lets_in_domain(found.restrictions.get("domains", Rules()), viewer.domain, switches):
        page = f"from {viewer.domain}" if viewer.domain else "without Origin and Referer"
        return NotForYou(403, f"The domains that may play this playback ID don't let in a request {page}.")
    if not _lets_in_user_agent(found.restrictions.get("userAgents", Rules()), viewer.user_agent, switches):
        return NotForYou(403, "The user agents that may play this playback ID don't let in this one.")
    return None


def _wrong_with_token(
    token: str | None, playback_id: str, workspace: str, store: Store, switches: Switches
) -> str | None:
    """What is wrong with a token, as it follows "and"; None if it opens the playback ID."""
    # Slow to import, and needed for private playback IDs only.
    import jwt  # noqa: PLC0415 - see above

    if not token:
        return "the address has no token"
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, RecursionError):  # PyJWT 2.10 lets the second one through
        return "the token is no JWT"
    if not isinstance(key_id, str) or not key_id.isascii():  # half a surrogate pair can't be looked up
        return "the token names no signing key (kid)"
    try:
        public_key = store.signing_keys.get(key_id, workspace=workspace).public_key
    except SigningKeyNotFoundError:
        return "the token's signing key doesn't exist in its workspace, or was deleted"
    opens = [f"media:{playback_id}", *([f"drm:{playback_id}"] if switches.accepted_audience == "media-or-drm" else [])]
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token, public_key, algorithms=[ALGORITHM], audience=opens, options={"require": ["exp", "aud"]}
        )
    except jwt.ExpiredSignatureError:
        return "the token has expired"
    except jwt.InvalidAudienceError:
        return "the token is for something else (aud)"
    except jwt.InvalidSignatureError:
        return "the token was signed with another key than it names"
    # PyJWT 2.10 lets the others through: for numbers that are infinite or none, and for endless nesting.
    except (jwt.InvalidTokenError, OverflowError, TypeError, RecursionError):
        return f"the token isn't valid: it must be signed by {ALGORITHM}, and have the claims aud and exp"
    if claims.get("kid", key_id) != key_id:
        return "the token names one signing key in its header and another one in its claims (kid)"
    return None


def _lets_in_domain(rules: Rules, domain: str | None, switches: Switches) -> bool:
    if domain is None:
        return rules.default_policy == "allow" or switches.unknown_domain == "let-in"
    listed = rules.deny if rules.default_policy == "allow" else rules.allow
    is_listed = any(_is_in(domain, entry.lower(), switches) for entry in listed)
    return is_listed != (rules.default_policy == "allow")


def _is_in(domain: str, entry: str, switches: Switches) -> bool:
    if re.fullmatch(re.escape(entry).replace(r"\*", ".*"), domain):
        return True
    if entry.startswith("*."):
        return switches.wildcard_domain == "also-itself" and domain == entry[2:]
    return switches.plain_domain == "also-subdomains" and domain.endswith(f".{entry}")


def _lets_in_user_agent(rules: Rules, user_agent: str | None, switches: Switches) -> bool:
    if not user_agent:
        return rules.default_policy == "allow" or switches.unknown_user_agent == "let-in"
    listed = rules.deny if rules.default_policy == "allow" else rules.allow
    return any(entry in user_agent for entry in listed) != (rules.default_policy == "allow")


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
