"""Access restrictions as values: what they mean, and how those that are stored, declared and shown differ. Pure.

Stacks store them as the program has written them, with what it left out left out: so they show no difference to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pulumi_fastpix.resources.access_restrictions.names import (
    ACCESS_RESTRICTIONS,
    ALLOW,
    DEFAULT_POLICY,
    DENY,
    DOMAINS,
    FIELDS,
    GROUPS,
    UNCONFIRMED,
)
from pulumi_fastpix.resources.base import NOTHING, Path, Unknown, Values


class Rules(NamedTuple):
    """One group as FastPix has it: all three fields, and no order in the lists."""

    default_policy: str = ALLOW
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()


OPEN = Rules()
"""What a playback ID has when it is made."""


def rules_of(restrictions: Values, group: str) -> Rules:
    """The rules of a group, with those that are left out; the upper and lower case of a domain mean the same."""
    fields = restrictions.get(group, NOTHING)
    fold = str.lower if group == DOMAINS else str
    allow, deny = (frozenset(map(fold, fields.get(name, ()))) for name in (ALLOW, DENY))
    return Rules(fields.get(DEFAULT_POLICY, ALLOW), allow, deny)


def as_sent(restrictions: Values, group: str) -> dict[str, Any]:
    """A group as it is sent: all three fields, since it isn't known whether FastPix keeps one that is left out."""
    fields = restrictions.get(group, NOTHING)
    return {
        DEFAULT_POLICY: fields.get(DEFAULT_POLICY, ALLOW),
        ALLOW: list(fields.get(ALLOW, ())),
        DENY: list(fields.get(DENY, ())),
    }


def differing_groups(stored: Values, declared: Values) -> list[str]:
    """The groups that have to be sent; one that is declared no more becomes open, one that never was is left alone."""
    return [
        group
        for group in GROUPS
        if (group in stored or group in declared)
        and ((group in stored) != (group in declared) or rules_of(stored, group) != rules_of(declared, group))
    ]


def differing_paths(state: Values, inputs: Values) -> tuple[Path, ...]:
    """The paths below the state and the inputs of a resource at which their restrictions differ.

    What isn't known yet counts as different.
    """
    stored, declared = state.get(ACCESS_RESTRICTIONS, NOTHING), inputs.get(ACCESS_RESTRICTIONS, NOTHING)
    if isinstance(declared, Unknown) or bool(stored) != bool(declared):
        return ((ACCESS_RESTRICTIONS,),)
    paths: list[Path] = []
    for group in GROUPS:
        path = (ACCESS_RESTRICTIONS, group)
        if (group in stored) != (group in declared) or isinstance(declared.get(group), Unknown):
            paths.append(path)
        elif group in declared:
            before = rules_of(stored, group)
            paths += [(*path, name) for name in FIELDS if _differs(before, declared, group, name)]
    return tuple(paths)


def _differs(before: Rules, declared: Values, group: str, name: str) -> bool:
    value = declared[group].get(name)
    if isinstance(value, Unknown) or (isinstance(value, list) and any(isinstance(one, Unknown) for one in value)):
        return True
    place = FIELDS.index(name)
    return before[place] != rules_of({group: {name: value} if value is not None else {}}, group)[place]


def after_reading(stored: Values, shown: Values) -> dict[str, Any]:
    """What a read stores of the restrictions that are stored: as they are, but where FastPix shows others.

    Args:
        stored: with the groups that are declared; the others are nobody's business here.
        shown: the groups that FastPix shows.
    """
    return {
        group: fields
        if group not in shown or rules_of(stored, group) == rules_of(shown, group)
        else briefly(shown, group, fields)
        for group, fields in stored.items()
    }


def of_lookup(shown: Values) -> dict[str, Any]:
    """What a lookup stores of the restrictions that FastPix shows: the groups that aren't simply open."""
    return {group: briefly(shown, group) for group in GROUPS if rules_of(shown, group) != OPEN}


def briefly(shown: Values, group: str, like: Values = NOTHING) -> dict[str, Any]:
    """A group that FastPix shows, without fields that mean nothing, except for those that `like` has."""
    fields, rules = as_sent(shown, group), rules_of(shown, group)
    return {name: fields[name] for name, value, default in zip(FIELDS, rules, OPEN, strict=True)
            if name in like or value != default}  # fmt: skip


def unconfirmed(declared: Values, group: str) -> dict[str, Any]:
    """What is stored of a group that FastPix may or may not have changed.

    The lists are those that were sent: a program may have Pulumi ignore changes of them, and then gets these back.
    """
    return {**declared.get(group, NOTHING), DEFAULT_POLICY: UNCONFIRMED}


def in_words(access_policy: str, restrictions: Values) -> str:
    """Who can watch, for people: `public, for the domain example.com alone and for all user agents`."""
    return f"{access_policy}, {' and '.join(_group_in_words(restrictions, group) for group in GROUPS)}"


def in_numbers(access_policy: str, restrictions: Values, groups: Iterable[str]) -> str:
    """Who can watch as far as some groups tell, without the entries: a stack may hold them as secrets."""
    parts = [_group_in_words(restrictions, group, counted=True) for group in groups]
    return f"{access_policy}, {' and '.join(parts)}" if parts else access_policy


def difference(sent: Values, shown: Values, group: str) -> str:
    """How rules that FastPix shows differ from those that it was sent, without the entries."""
    before, after = rules_of(sent, group), rules_of(shown, group)
    parts = []
    if before.default_policy != after.default_policy:
        parts.append(f"{DEFAULT_POLICY} is {after.default_policy!r} and not {before.default_policy!r}")
    for name, were, are in ((ALLOW, before.allow, after.allow), (DENY, before.deny, after.deny)):
        if were != are:
            lacking, others = _count(were - are, "entry", "entries"), _count(are - were, "other", "others")
            parts.append(f"{name} lacks {lacking} and has {others}")
    return ", ".join(parts)


def _count(entries: frozenset[str], one: str, many: str) -> str:
    return f"{len(entries)} {one if len(entries) == 1 else many}"


def restricts(restrictions: Values) -> bool:
    """Whether somebody is kept out by them, as far as is known."""
    return any(
        rules.deny if rules.default_policy == ALLOW else rules.default_policy == DENY
        for rules in (rules_of(restrictions, group) for group in GROUPS)
    )


def _group_in_words(restrictions: Values, group: str, *, counted: bool = False) -> str:
    one, many = ("domain", "domains") if group == DOMAINS else ("user agent", "user agents")
    default_policy, allow, deny = rules_of(restrictions, group)
    if default_policy == UNCONFIRMED:
        return f"perhaps for all {many}"
    if default_policy == ALLOW:
        return f"for all {many} but {len(deny) if counted else _named(deny)}" if deny else f"for all {many}"
    if not allow:
        return f"for no {one}"
    noun = one if len(allow) == 1 else many
    return f"for {len(allow)} {noun} alone" if counted else f"for the {noun} {_named(allow)} alone"


def _named(entries: frozenset[str], most: int = 3) -> str:
    named = ", ".join(sorted(entries)[:most])
    return f"{named} and {len(entries) - most} more" if len(entries) > most else named
