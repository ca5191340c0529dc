"""Checks whether the stack's FastPix resources are in the workspace that the settings lead to.

The state of each has the mark of the workspace in which it was last seen, or its stream. Where that isn't the settings'
mark, an access token may have been replaced, or these are another workspace's settings: only FastPix can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pulumi_fastpix.api.client import Client
from pulumi_fastpix.cli.doctor.api_call import seconds_for_call
from pulumi_fastpix.cli.doctor.findings import Check, Finding, ok, problem, warning
from pulumi_fastpix.cli.known_stack import SECRET_STREAM
from pulumi_fastpix.errors import FastPixError, NotFoundError, PermissionDeniedError
from pulumi_fastpix.settings.names import DELETED_STREAMS_VARIABLE
from pulumi_fastpix.settings.workspace_mark import is_of_sandbox
from pulumi_fastpix.stack.signing_keys import StoredSigningKey
from pulumi_fastpix.stack.stored import Stored, Watchable

MOST_STREAMS = 3
"""Streams that are read; one that can't be seen is enough."""


def seen_elsewhere(recorded: Iterable[Stored], mark: str) -> list[Stored]:
    """Those that were last seen under another mark than the settings', or whose stream was."""
    return [one for one in recorded if one.seen_by not in {None, mark}]


def check_workspace(client: Client, elsewhere: Sequence[Stored]) -> list[Finding]:
    """Read a few streams that were last seen under another mark, or a signing key where there are no streams."""
    return _check_streams(client, elsewhere) or _check_key(client, elsewhere)


def _check_streams(client: Client, elsewhere: Sequence[Stored]) -> list[Finding]:
    vouched = client.settings.deleted_streams
    on_streams = [one for one in elsewhere if isinstance(one, Watchable)]
    streams = list(dict.fromkeys(one.stream_id for one in on_streams if one.stream_id and one.stream_id not in vouched))
    secret = {one.stream_id for one in on_streams if one.keeps_stream_secret}
    deadline = client.deadline(seconds_for_call(client.settings))
    for stream_id in streams[:MOST_STREAMS]:
        name = SECRET_STREAM if stream_id in secret else stream_id
        try:
            client.live_streams.get(stream_id, deadline)
        except NotFoundError:
            remedy = f"run `pulumi refresh` with {DELETED_STREAMS_VARIABLE}={name} in the environment"
            return [_not_seen("stream", name, remedy, client.settings.workspace_mark)]
        except FastPixError as error:
            return [_not_known("streams", error.happened.replace(stream_id, name))]
    return [_seen("streams")] if streams else []


def _check_key(client: Client, elsewhere: Sequence[Stored]) -> list[Finding]:
    key_id = next((one.id for one in elsewhere if isinstance(one, StoredSigningKey)), None)
    if key_id is None:
        return []
    try:
        client.signing_keys.get(key_id, client.deadline(seconds_for_call(client.settings)))
    except NotFoundError:
        remedy = "take it out of the state with `pulumi state delete`"
        return [_not_seen("signing key", key_id, remedy, client.settings.workspace_mark)]
    except PermissionDeniedError as error:
        return [_not_known("signing keys", error.happened, error.advice)]
    except FastPixError as error:
        return [_not_known("signing keys", error.happened)]
    return [_seen("signing keys")]


def _seen(nouns: str) -> Finding:
    message = (
        f"the stack's {nouns} are visible with these credentials, though another access token or address saw them "
        f"last; `pulumi refresh` records that"
    )
    return ok(Check.WORKSPACE, message)


def _not_known(nouns: str, happened: str, advice: str = "Try again in a while.") -> Finding:
    message = f"it isn't known whether the stack's {nouns} are in the workspace of these settings: {happened}"
    return warning(Check.WORKSPACE, message, advice)


def _not_seen(noun: str, name: str, if_deleted: str, mark: str) -> Finding:
    same_data = "; in the sandbox, name the same file with --data" if is_of_sandbox(mark) else ""
    return problem(
        Check.WORKSPACE,
        f"the stack's FastPix resources were last seen in another workspace, or with an access token that was replaced "
        f"since, and these credentials don't see {noun} {name}: `pulumi refresh` and `pulumi destroy` will refuse to "
        f"go on",
        f"Use the address and credentials of the workspace that the {noun}s are in{same_data}. Only if you know that "
        f"the {noun} was deleted, {if_deleted}.",
    )
