"""The output of `pulumi-fastpix audit`: text for people, JSON for programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

from pulumi_fastpix.cli.audit.findings import (
    ABOUT_SIGNING_KEYS,
    ABOUT_STREAMS,
    UNDECLARED,
    Detail,
    Finding,
    Kind,
    Level,
)
from pulumi_fastpix.cli.audit.messages import message
from pulumi_fastpix.cli.audit.result import Audit, summary
from pulumi_fastpix.cli.other_stacks import OTHER_PROJECTS
from pulumi_fastpix.cli.stacks_read import stacks_read
from pulumi_fastpix.cli.terminal import Colour, Line, verbatim

_HEADINGS = {
    Kind.UNDECLARED_PUBLIC: "Undeclared public playback IDs",
    Kind.OPENED: "Restricted by the stack, but open",
    Kind.UNDECLARED_RESTRICTED: "Undeclared public playback IDs with access restrictions",
    Kind.UNDECLARED_NON_PUBLIC: "Undeclared playback IDs that are not public",
    Kind.STREAM_DELETED: "Live streams deleted, but still in the stack",
    Kind.DELETED: "Deleted, but still in the stack",
    Kind.ACCESS_POLICY: "Access policy changed",
    Kind.ACCESS_RESTRICTIONS: "Access restrictions changed",
    Kind.TWO_OWNERS: "Owned by several stacks",
    Kind.STREAM_TWO_OWNERS: "Live streams owned by several stacks",
    Kind.SIGNING_KEY_DELETED: "Signing keys deleted, but still in the stack",
    Kind.SIGNING_KEY_TWO_OWNERS: "Signing keys owned by several stacks",
    Kind.INTERRUPTED_STREAM: "Interrupted creates of live streams",
    Kind.INTERRUPTED: "Interrupted creates",
    Kind.INTERRUPTED_SIGNING_KEY: "Interrupted creates of signing keys",
    Kind.SHARED_STREAM: "Streams shared with other stacks",
    Kind.LOOKED_UP: "Looked up, owner unknown",
    Kind.RESTRICTED_ELSEWHERE: "Access restrictions that the stack doesn't declare",
    Kind.UNDECLARED_STREAM: "Undeclared live streams",
    Kind.UNDECLARED_SIGNING_KEY: "Undeclared signing keys",
}

_COLOURS = {Level.CRITICAL: Colour.RED, Level.WARNING: Colour.YELLOW}

MOST_COMMANDS = 10
"""Of more findings under one heading, the commands would hide the findings: one shows the form."""

MOST_SHOWN = {Kind.UNDECLARED_STREAM: 10, Kind.UNDECLARED_SIGNING_KEY: 10}
"""Findings of a kind that are shown: in some workspaces, applications make streams by the thousand, and keys, too."""

ANY_STREAM, ANY_PLAYBACK_ID = "STREAM_ID", "PLAYBACK_ID"


def as_lines(audit: Audit) -> list[Line]:
    """Headings with what was found below, which stacks were read, and a last line that sums up."""
    lines: list[Line] = []
    for kind, heading in _HEADINGS.items():
        found = [finding for finding in audit.findings if finding.kind is kind]
        if found:
            shown = found[: MOST_SHOWN.get(kind)]
            lines += [
                Line(f"{heading}:", colour=_COLOURS.get(kind.level)),
                *(_line(audit, finding) for finding in shown),
                *([Line(f"{len(found) - len(shown)} more: see --json", "  ")] if len(found) > len(shown) else []),
                *_what_to_do(audit, kind, found),
                Line(""),
            ]
    read = Line(stacks_read(audit.stacks_read, has_stack=audit.known.has_stack))
    return [*lines, read, Line(summary(audit), colour=_colour(audit))]


def not_audited(audit: Audit) -> list[Line]:
    """What couldn't be read, and what wasn't looked at, for stderr."""
    return [
        *(Line(reason, "Not audited: ", Colour.YELLOW, indent=2) for reason in audit.unread),
        *(Line(reason, "Signing keys weren't looked at: ", indent=2) for reason in audit.hidden_keys),
    ]


def as_json(audit: Audit) -> str:
    """JSON, in the form that docs/audit.md describes. FROZEN: its keys."""
    return json.dumps(
        {
            "stack": audit.known.state.stack or None,
            "stacksRead": list(audit.stacks_read),
            "streams": [
                {
                    "streamId": audit.known.without_secrets(stream.stream_id),
                    "provider": stream.account or None,
                    "declared": any(not one.interrupted for one in stream.declared),
                    "exists": stream.listed is not None,
                    "playbackIds": len(stream.listed or ()),
                    "owned": stream.owned,
                    "lookedUp": stream.looked_up,
                }
                for stream in audit.streams
            ],
            "signingKeys": [
                {
                    "signingKeyId": key.id,
                    "provider": key.account or None,
                    "declared": bool(key.declared),
                    "exists": key.exists,
                    "createdAt": key.created_at or None,
                }
                for key in audit.keys
            ],
            "findings": [
                {
                    "kind": finding.kind.value,
                    "level": finding.kind.level.value,
                    "streamId": audit.known.without_secrets(finding.stream_id) or None,
                    "provider": finding.account or None,
                    "playbackId": finding.playback_id or None,
                    "signingKeyId": finding.signing_key_id or None,
                    "accessPolicy": finding.access_policy or None,
                    "accessRestrictions": dict(finding.restrictions) or None,
                    "name": finding.name or None,
                    "stacks": list(finding.stacks),
                    "message": message(finding),
                }
                for finding in audit.findings
            ],
            "unread": list(audit.unread),
        },
        indent=2,
    )


def _line(audit: Audit, finding: Finding) -> Line:
    name = f"{finding.name!r}" if finding.name else ""
    first, *more = [finding.playback_id, finding.access_policy, name] if finding.playback_id else [name]
    stream = audit.known.without_secrets(finding.stream_id)
    where = f"on stream {stream}"
    if finding.kind in ABOUT_STREAMS:
        first, more, where = stream, [], name
    if finding.kind in ABOUT_SIGNING_KEYS:
        first, more = finding.signing_key_id, [name]
        where = f"created {finding.created_at}" if finding.created_at else ""
    account = f"of the account of {finding.account!r}" if finding.account else ""
    about = " ".join(filter(None, [*more, where, account]))
    text = f"{about}: {message(finding)}"
    return Line(text, f"  {first} " if first and about else f"  {first}", _COLOURS.get(finding.kind.level), indent=4)


def _what_to_do(audit: Audit, kind: Kind, found: Sequence[Finding]) -> list[Line]:
    if kind in UNDECLARED:
        return _with_undeclared(audit, found)
    if kind is Kind.UNDECLARED_SIGNING_KEY:
        return _with_keys(audit, found)
    return _with_streams(audit, found) if kind is Kind.UNDECLARED_STREAM else []


def _with_keys(audit: Audit, found: Sequence[Finding]) -> list[Line]:
    """What is to be thought of before a signing key is deleted, which this command never does."""
    lines = _recover_first(audit, found)
    if any(finding.detail is None for finding in found):
        text = "If nobody signs with one, delete it at FastPix: that ends all its tokens at once."
        lines.append(Line(f"{text} Another project's stack may own it. {OTHER_PROJECTS}", "  -> "))
    return lines


def _with_streams(audit: Audit, found: Sequence[Finding]) -> list[Line]:
    """How to have a live stream declared."""
    lines = _recover_first(audit, found)
    streams = [_stream(audit, one) for one in found if not one.account and one.detail is None]
    if not streams or not audit.known.has_stack:
        return lines
    adopt = _ours(audit, "adopt", "--streams", *_also(audit), *(streams if len(found) == 1 else [ANY_STREAM]))
    return [*lines, Line("To have the stack own one:", "  -> "), verbatim(adopt, "       ")]


def _with_undeclared(audit: Audit, found: Sequence[Finding]) -> list[Line]:
    """How to have one declared, or deleted. FastPix creates one with every stream, so everybody needs this."""
    lines = _recover_first(audit, found)
    # Whatever a run has yet to record or to delete is that run's.
    theirs = [finding for finding in found if finding.detail is None]
    keeping, closing = _to_keep(audit, theirs), _to_close(audit, theirs)
    if keeping:
        lines += [
            Line(
                "To keep one, declare it, unless another project's stack owns it: then either may delete it.", "  -> "
            ),
            *(verbatim(command, "       ") for command in keeping),
        ]
    if closing:
        lines += [
            Line(f"To close one, delete it, unless another project's stack owns it. {OTHER_PROJECTS}", "  -> "),
            *(verbatim(command, "       ") for command in closing),
        ]
    return lines


def _recover_first(audit: Audit, found: Sequence[Finding]) -> list[Line]:
    if not any(finding.detail is Detail.MAY_BE_INTERRUPTED for finding in found):
        return []
    recover = _ours(audit, "recover")
    return [Line(f"First find out which of them a killed run made: {recover}", "  -> ", unbroken=recover)]


def _to_keep(audit: Audit, found: Sequence[Finding]) -> list[str]:
    """Commands that adopt, one for each stream. That takes a stack, and works in its own account only."""
    on_stream: dict[str, list[str]] = {}
    for finding in found:
        if not finding.account and audit.known.has_stack:
            on_stream.setdefault(_stream(audit, finding), []).append(finding.playback_id)
    if len(found) > MOST_COMMANDS and on_stream:
        on_stream = {ANY_STREAM: [ANY_PLAYBACK_ID]}
    return [_ours(audit, "adopt", *_also(audit), stream, *playback_ids) for stream, playback_ids in on_stream.items()]


def _to_close(audit: Audit, found: Sequence[Finding]) -> list[str]:
    """Commands that delete, one for each playback ID."""
    ids = [(_stream(audit, finding), finding.playback_id) for finding in found]
    if len(found) > MOST_COMMANDS:
        ids = [(ANY_STREAM, ANY_PLAYBACK_ID)]
    return [_ours(audit, "delete", *_also(audit), *of_one) for of_one in ids]


def _also(audit: Audit) -> list[str]:
    return [argument for stack in audit.also for argument in ("--also", stack)]


def _stream(audit: Audit, finding: Finding) -> str:
    """The stream's ID for a command, unless it is a secret."""
    hidden = audit.known.without_secrets(finding.stream_id) != finding.stream_id
    return ANY_STREAM if hidden else finding.stream_id


def _ours(audit: Audit, name: str, *arguments: str) -> str:
    """A command of ours for the same stack."""
    return shlex.join(["pulumi-fastpix", name, *audit.known.pulumi.options(), *arguments])


def _colour(audit: Audit) -> Colour:
    worst = audit.findings[0].kind.level if audit.findings else Level.NOTE
    return _COLOURS.get(worst, Colour.GREEN if (audit.streams or audit.keys) and not audit.unread else Colour.YELLOW)
