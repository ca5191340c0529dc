"""The names of access restrictions, as FastPix and the stacks have them. FROZEN: a stack stores them."""

from __future__ import annotations

ACCESS_RESTRICTIONS = "accessRestrictions"

DOMAINS = "domains"
USER_AGENTS = "userAgents"
GROUPS = (DOMAINS, USER_AGENTS)

DEFAULT_POLICY = "defaultPolicy"
ALLOW = "allow"
DENY = "deny"

FIELDS = (DEFAULT_POLICY, ALLOW, DENY)

DEFAULT_POLICIES = (ALLOW, DENY)
UNCONFIRMED = "unconfirmed"
"""Stored as the default policy of a group that FastPix may or may not have changed: it equals none that is declared."""
