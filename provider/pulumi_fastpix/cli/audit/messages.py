"""The texts of an audit's findings: what each means, and what to do about it."""

from __future__ import annotations

from pulumi_fastpix.cli.audit.findings import ABOUT_SIGNING_KEYS, ABOUT_STREAMS, UNDECLARED, Detail, Finding, Kind
from pulumi_fastpix.errors import NotFoundError
from pulumi_fastpix.resources.access_restrictions.rules import in_words, restricts
from pulumi_fastpix.resources.base import Values
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE

_ONE_OWNER = (
    "if they share it, turn all declarations but one into a `.get()`; if one of them has taken it for its own after a "
    "lost response, let that one forget it by `pulumi state delete`, and `pulumi up` makes another one there"
)
_INTERRUPTED = (
    "a run that was killed, or is still going on, began to create it; if the run was killed, `pulumi-fastpix recover` "
    "finds out what became of it"
)


def stream_not_seen_before(error: NotFoundError, stream_id: str) -> str:
    """A stream answers 404, and may have been deleted or be in another workspace."""
    return (
        f"{error} These credentials haven't seen the stream before: perhaps the access token was replaced since the "
        f"last `pulumi up` or `pulumi refresh`, or the stream is in another workspace. Use the credentials of its "
        f"workspace. Only if you know that it was deleted, run this with {DELETED_STREAMS_VARIABLE}={stream_id} in the "
        f"environment."
    )


def key_not_seen_before(error: NotFoundError) -> str:
    """A signing key answers 404, and may have been deleted or be in another workspace."""
    return (
        f"{error} These credentials haven't seen the key before: perhaps the access token was replaced since the last "
        f"`pulumi up` or `pulumi refresh`, or the key is in another workspace. Use the credentials of its workspace."
    )


def message(finding: Finding) -> str:
    """What a finding means, and what to do about it."""
    if finding.kind in ABOUT_STREAMS:
        return _about_stream(finding)
    return _about_key(finding) if finding.kind in ABOUT_SIGNING_KEYS else _about_playback_id(finding)


def _about_playback_id(finding: Finding) -> str:
    if finding.kind in UNDECLARED:
        return f"{_undeclared(finding)}{_who_can_watch(finding)}"
    if finding.kind in (Kind.OPENED, Kind.ACCESS_RESTRICTIONS):
        return f"{_other_restrictions(finding)}; `pulumi refresh` and then `pulumi up` restore what is declared"
    if finding.kind is Kind.RESTRICTED_ELSEWHERE:
        rules = f"{_is(finding, finding.restrictions)}; " if finding.restrictions else ""
        return f"{rules}what isn't declared of this was set elsewhere, and no run changes it"
    if finding.kind is Kind.DELETED:
        return _deleted(finding)
    if finding.kind is Kind.ACCESS_POLICY:
        return f"it is {finding.recorded_policy} in the stack's state; `pulumi refresh` shows the change"
    if finding.kind is Kind.TWO_OWNERS:
        return _two_owners(finding)
    if finding.kind is Kind.INTERRUPTED:
        return _INTERRUPTED
    if finding.kind is Kind.SHARED_STREAM:
        return f"{_stacks(finding, 'playback IDs of this stream')}, too"
    return "the stack looks it up, and none of the stacks that were read owns it"


def _two_owners(finding: Finding) -> str:
    if finding.detail is Detail.TWICE:
        return (
            "the stack owns it twice, with its live stream and as a LivePlaybackId: let the stack forget the latter by "
            "`pulumi state delete`, and take it out of the program; `pulumi up` alone would delete it"
        )
    return f"{_stacks(finding)}, too: {_ONE_OWNER}"


def _deleted(finding: Finding) -> str:
    has = "looks it up" if finding.looked_up else "has it"
    if finding.detail is Detail.DECLARED_STREAM_DELETED:
        return "the stack has it, but its stream was deleted, which the stack has, too"
    if finding.detail is Detail.WITH_STREAM:
        return "it came with the stream, and was deleted; `pulumi refresh` notes that, and tells how to go on"
    if finding.detail is Detail.STREAM_DELETED:
        return (
            f"the stack {has}, but its stream was deleted; `pulumi refresh` drops it from the stack, but the next "
            f"`pulumi up` fails unless it is taken out of the program"
        )
    return f"the stack {has}, but it was deleted; `pulumi refresh` drops it from the stack"


def _about_stream(finding: Finding) -> str:
    if finding.kind is Kind.STREAM_DELETED:
        if finding.looked_up:
            return (
                "the stack looks it up, but it was deleted; take the `.get()` out of the program, or `pulumi up` fails"
            )
        return (
            "the stack has it, but it was deleted, with all its playback IDs; `pulumi refresh` drops them from the "
            "stack, and the next `pulumi up` makes another stream, which has another stream key"
        )
    if finding.kind is Kind.STREAM_TWO_OWNERS:
        return f"{_stacks(finding)}, too: {_ONE_OWNER}"
    if finding.kind is Kind.INTERRUPTED_STREAM:
        return _INTERRUPTED
    if finding.detail is Detail.MAY_BE_INTERRUPTED:
        return "an interrupted create, or one still going on, may have made it"
    return "none of the stacks that were read declares it"


def _about_key(finding: Finding) -> str:
    if finding.kind is Kind.SIGNING_KEY_DELETED:
        if finding.looked_up:
            return (
                "the stack looks it up, but it was deleted, and its tokens open nothing any more; take the `.get()` "
                "out of the program, or `pulumi up` fails"
            )
        return (
            "the stack has it, but it was deleted, and its tokens open nothing any more; `pulumi refresh` drops it "
            "from the stack, and the next `pulumi up` makes another one"
        )
    if finding.kind is Kind.SIGNING_KEY_TWO_OWNERS:
        return (
            f"{_stacks(finding)}, too, and the first of them that is destroyed ends all its tokens: turn all "
            f"declarations but one into a `.get()`"
        )
    if finding.kind is Kind.INTERRUPTED_SIGNING_KEY:
        return _INTERRUPTED
    return (
        f"{_undeclared(finding)}; whoever has its private key can let anybody in to every private playback ID of the "
        f"workspace"
    )


def _undeclared(finding: Finding) -> str:
    if finding.detail is Detail.REPLACED:
        return "it was replaced, and the next `pulumi up` deletes it"
    if finding.detail is Detail.MAY_BE_INTERRUPTED:
        return "an interrupted create, or one still going on, may have made it"
    return "none of the stacks that were read declares it"


def _who_can_watch(finding: Finding) -> str:
    if restricts(finding.restrictions):
        return f"; {_is(finding, finding.restrictions)}"
    return ", and anyone who has its address can watch" if finding.kind is Kind.UNDECLARED_PUBLIC else ""


def _other_restrictions(finding: Finding) -> str:
    if not finding.recorded_restrictions:
        return "they differ from those in the stack's state, which are a secret of the stack"
    stored = _is(finding, finding.recorded_restrictions)
    return f"{_is(finding, finding.restrictions)}; in the stack's state {stored}"


def _is(finding: Finding, restrictions: Values) -> str:
    return f"it is {in_words(finding.access_policy, restrictions)}"


def _stacks(finding: Finding, what: str = "it") -> str:
    names = ", ".join(finding.stacks)
    return f"stacks {names} own {what}" if len(finding.stacks) > 1 else f"stack {names} owns {what}"
