"""Access restrictions in the API: the domains and user agents that may play a playback ID."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pulumi_fastpix.sandbox.data.records import RestrictedBy, Restrictions, Rules
from pulumi_fastpix.sandbox.errors import PlaybackIdNotFoundError
from pulumi_fastpix.sandbox.fastpix import responses
from pulumi_fastpix.sandbox.fastpix.paths import ids_of
from pulumi_fastpix.sandbox.fastpix.request_bodies import RequestBody, parse
from pulumi_fastpix.sandbox.fastpix.responses import INVALID, Body, FastPixResponse, FieldProblem, validation_error

if TYPE_CHECKING:
    from starlette.responses import Response

    from pulumi_fastpix.sandbox.data.store import Store
    from pulumi_fastpix.sandbox.fastpix.calls import Call
    from pulumi_fastpix.sandbox.switches import Switches


class RulesBody(RequestBody):
    """Body of a change of the rules for domains or for user agents; may be `{}`."""

    default_policy: Literal["allow", "deny"] = "allow"
    allow: list[str] = Field(default_factory=list)
    deny: list[str] = Field(default_factory=list)

    def merged_into(self, rules: Rules) -> Rules:
        """Those rules, with the fields that this body sets replaced."""
        given = self.model_fields_set
        return Rules(
            default_policy=self.default_policy if "default_policy" in given else rules.default_policy,
            allow=tuple(self.allow) if "allow" in given else rules.allow,
            deny=tuple(self.deny) if "deny" in given else rules.deny,
        )


class RestrictionsBody(RequestBody):
    """The part of a creation's body that sets restrictions."""

    domains: RulesBody = Field(default_factory=RulesBody)
    user_agents: RulesBody = Field(default_factory=RulesBody)

    def restrictions(self, path: str, switches: Switches) -> Restrictions:
        """The restrictions that a playback ID is created with; an empty object gives none.

        Args:
            path: the body's place in the request's body.
            switches: among them, what becomes of restrictions in a creation.

        Raises:
            RefusalError: 422.
        """
        by: dict[RestrictedBy, RulesBody] = {"domains": self.domains, "userAgents": self.user_agents}
        given = {name: body.merged_into(Rules()) for name, body in by.items() if body.model_fields_set}
        if switches.restrictions_create == "ignored" or not given:
            return {}
        if switches.restrictions_create == "refused":
            raise validation_error([FieldProblem(path, INVALID)])
        return {name: _accepted(rules, f"{path}.{name}.", switches) for name, rules in given.items()}


def _accepted(rules: Rules, path: str, switches: Switches) -> Rules:
    """The rules as FastPix keeps them; `path` is that of their fields in the request's body. May raise RefusalError."""
    wildcards = [
        f"{path}{name}.{place}"
        for name, entries in (("allow", rules.allow), ("deny", rules.deny))
        for place, entry in enumerate(entries)
        if "*" in entry
    ]
    if not wildcards or switches.restriction_wildcards == "kept":
        return rules
    if switches.restriction_wildcards == "refused":
        raise validation_error(FieldProblem(name, INVALID) for name in wildcards)
    return replace(rules, allow=_without_wildcards(rules.allow), deny=_without_wildcards(rules.deny))


def _without_wildcards(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if "*" not in entry)


def restrictions_data(restrictions: Restrictions) -> Body:
    """Both kinds of restrictions in a response, with defaults for a kind that was never set."""
    return {
        "domains": _rules_data(restrictions.get("domains", Rules())),
        "userAgents": _rules_data(restrictions.get("userAgents", Rules())),
    }


def _rules_data(rules: Rules) -> Body:
    """As recorded for on-demand media; for live playback IDs FastPix's specification is the only source."""
    return {"defaultPolicy": rules.default_policy, "allow": list(rules.allow), "deny": list(rules.deny)}


class AccessRestrictionOperations:
    """Changes the restrictions of a playback ID, one kind at a time."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def change_domains(self, call: Call) -> Response:
        """`PATCH …/playback-ids/{playbackId}/domains`."""
        return self._change("domains", call)

    def change_user_agents(self, call: Call) -> Response:
        """`PATCH …/playback-ids/{playbackId}/user-agents`."""
        return self._change("userAgents", call)

    def _change(self, by: RestrictedBy, call: Call) -> Response:
        body = parse(RulesBody, call.body, self._switches)
        stream_id, playback_id = ids_of(call, call.request.path_params["playback_id"], self._switches)
        before = Rules()
        if self._switches.restrictions_patch == "merges":
            before = self._store.playback_ids.restrictions(stream_id).get(playback_id, {}).get(by, before)
        rules = _accepted(body.merged_into(before), "", self._switches)
        try:
            self._store.playback_ids.restrict(stream_id, playback_id, {by: rules}, workspace=call.workspace)
        except PlaybackIdNotFoundError:
            raise responses.playback_id_not_found() from None
        return FastPixResponse(responses.success(_rules_data(rules)))
