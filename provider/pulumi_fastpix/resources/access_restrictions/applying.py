"""Brings the access restrictions of one playback ID to what is declared, and believes FastPix's answers only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from pulumi_fastpix.api import retry
from pulumi_fastpix.api.client import Client
from pulumi_fastpix.api.deadline import Deadline
from pulumi_fastpix.api.models import AccessRestrictions
from pulumi_fastpix.errors import FastPixError, OtherValuesError, RefusedError
from pulumi_fastpix.resources.access_restrictions.names import GROUPS
from pulumi_fastpix.resources.access_restrictions.rules import (
    as_sent,
    briefly,
    difference,
    differing_groups,
    rules_of,
    unconfirmed,
)
from pulumi_fastpix.resources.base import Values


class Applied(NamedTuple):
    """What has become of access restrictions.

    Attributes:
        restrictions: what is to be stored: as declared where FastPix has confirmed it.
        failures: why they aren't all as declared; empty if they are.
    """

    restrictions: dict[str, Any]
    failures: tuple[FastPixError, ...]


def shown_by(restrictions: AccessRestrictions) -> dict[str, Any]:
    """The groups that a response shows."""
    return restrictions.model_dump(mode="json", by_alias=True, exclude_none=True)


def after_create(declared: Values, shown: Values, may_be_restricted: Collection[str]) -> dict[str, Any]:
    """What is known of the restrictions that a playback ID was made with: those that the response shows.

    Args:
        declared: those that were sent.
        shown: the groups that the response shows.
        may_be_restricted: the groups that it may have been made with all the same; they are opened unless declared.
    """
    known = {}
    for group in GROUPS:
        is_confirmed = group in shown and rules_of(shown, group) == rules_of(declared, group)
        if group in declared:
            known[group] = declared[group] if is_confirmed else unconfirmed(declared, group)
        elif group in may_be_restricted and not is_confirmed:
            known[group] = unconfirmed(declared, group)
    return known


def apply(
    client: Client, *, stream_id: str, playback_id: str, stored: Values, declared: Values, deadline: Deadline
) -> Applied:
    """Send the groups that differ; a group that is declared no more is opened.

    A refusal of one group doesn't keep the other from being sent: it may keep somebody out.
    """
    now, failures = dict(stored), []
    for group in differing_groups(stored, declared):
        in_doubt = False
        try:
            for attempt in client.playback_ids.attempts_to_set_rules(stream_id, playback_id, group, deadline):
                with attempt:
                    try:
                        answered = client.playback_ids.set_rules_once(
                            stream_id, playback_id, group, as_sent(declared, group), deadline
                        )
                    except FastPixError as failure:
                        # Also if a later attempt is refused, this one may have changed them.
                        in_doubt = in_doubt or retry.outcome_unknown(failure)
                        raise
        except FastPixError as failure:
            failures.append(failure)
            if in_doubt:
                now[group] = unconfirmed(declared, group)
            if retry.outcome_unknown(failure) or not isinstance(failure, RefusedError):
                break
            continue
        shown = {group: answered.model_dump(mode="json", by_alias=True)}
        if rules_of(shown, group) != rules_of(declared, group):
            now[group] = briefly(shown, group)
            failures.append(_other_rules(playback_id, group, declared, shown))
        elif group in declared:
            now[group] = declared[group]
        else:
            del now[group]
    return Applied({group: now[group] for group in GROUPS if group in now}, tuple(failures))


def without_old_entries(restrictions: Values, declared: Values) -> dict[str, Any]:
    """What a partly failed update stores: groups that aren't as declared are unconfirmed, whatever is known of them.

    Pulumi encrypts what it stores if the *new* inputs are secret: old entries may have been, and would be in clear.
    """
    differing = differing_groups(restrictions, declared)
    return {
        group: unconfirmed(declared, group) if group in differing else fields for group, fields in restrictions.items()
    }


def _other_rules(playback_id: str, group: str, declared: Values, shown: Values) -> OtherValuesError:
    return OtherValuesError(
        f"FastPix was sent the {group} rules of playback ID {playback_id}, and answered with others: "
        f"{difference(declared, shown, group)}.",
        "Declare rules that FastPix keeps as they are.",
    )
